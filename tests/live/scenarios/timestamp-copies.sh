# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A program requests timestamps of the packets that it sends (SO_TIMESTAMPING) and never reads them:
# the copies of its packets wait in the error queue until it closes, or do not fit there. All data
# has arrived.
scenario() {
	serve "$server" $server4 7070 read
	serve "$server" $server6 7070 read
	tool_start "$client"
	all_start --netns "$client"
	connect_both "$client" $server4 $server6 7070 3 5 -x -b 100 -s 5 -t 200
	connect_both "$client" $server4 $server6 7070 2 3 -x -q 0 -b 100 -s 60 -t 200
	sleep 0.2
	same 'packets that the device dropped' "$(device_count "$client" eth0 tx_dropped)" 0
	same 'packets that IP dropped' "$(mib "$client" Ip OutDiscards)" 0
	all_stop
	tool_stop
	expect 0 'tcpdropcap.event == "drop"'
	echo "file all.pcapng" >>"$dir/expect"
	expect_some 'tcpdropcap.event == "drop" && ip && tcp.len > 0'
	expect_some 'tcpdropcap.event == "drop" && ipv6 && tcp.len > 0'
	expect 0 'tcpdropcap.event == "drop" && tcp.len > 0 && !(tcpdropcap.dir == "out")'
}
