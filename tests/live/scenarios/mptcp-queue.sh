# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# An MPTCP socket is closed unread: the frees of its queue are benign, and --all shows them without
# TCP's state, which an MPTCP socket does not have.
scenario() {
	serve "$server" $server4 7097 hold -m
	holder=${pids##* }
	serve "$server" $server6 7097 hold -m
	holder6=${pids##* }
	tool_start "$server"
	all_start --netns "$server"
	connect "$client" $server4 7097 -m -c 2 -d 200 -b 5000 -t 1500 &
	connect "$client" $server6 7097 -m -c 3 -d 200 -b 5000 -t 1500 &
	wait_for_lines 5 "$dir/owners"
	sleep 0.6
	same 'connections of MPTCP' "$(in_ns "$server" ss -HtMn | grep -c ':7097')" 10
	kill "$holder" "$holder6"
	wait $!
	sleep 0.2
	all_stop
	tool_stop
	expect 0 'tcpdropcap.event == "drop" && tcp.len > 0'
	echo "file all.pcapng" >>"$dir/expect"
	purged='tcpdropcap.event == "drop" && tcp.len > 0'
	expect_some "$purged"
	expect 0 "$purged && (tcpdropcap.cwnd || tcpdropcap.srtt_us || tcpdropcap.rto_us || tcpdropcap.cc)"
}
