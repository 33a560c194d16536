# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The owner of the socket of a retransmission: the lab knows its own processes.
scenario() {
	serve "$server" $server4 7013 read
	serve "$server" $server4 7025 read
	rule "$server" input tcp dport 7013 'tcp flags & psh == psh' drop
	rule "$server" input tcp dport 7025 'tcp flags & fin == fin' drop
	# Opened before the capture starts; the data is sent later.
	connect "$client" $server4 7013 -c 3 -n early -w -b 100 -t 600 &
	wait_for_lines 3 "$dir/owners"
	early=$(sed -n '1s/.* //p' "$dir/owners")
	tool_start "$client"
	connect "$client" $server4 7013 -c 5 -n late -d 300 -b 100 -t 600 &
	connect "$client" $server4 7013 -c 3 -n giver -o pass -d 300 -b 100 -t 600 &
	connect "$client" $server4 7013 -c 5 -n parent -o fork -d 300 -b 100 -t 600 &
	connect "$client" $server4 7013 -c 7 -n gone -d 300 -b 100 &
	connect "$client" $server4 7025 -c 3 -n keeper -o shutdown -t 2500 &
	kill -USR1 "$early"
	wait_until 'first timeout of each connection' all_have_timed_out
	tool_stop
	expect 0 'tcpdropcap.event == "retransmit" && !tcpdropcap.owner'
	while read -r _ port pid; do
		expect_owner "tcpdropcap.event == \"retransmit\" && tcp.srcport == $port" "$pid" exact
	done <"$dir/owners"
	# The first timeout of each connection.
	for count in 'early 3' 'late 5' 'heir 8' 'gone 7' 'keeper 3'; do
		expect "${count#* }" "tcpdropcap.event == \"retransmit\" && tcpdropcap.owner == \"${count% *}\" && tcpdropcap.retransmits == 1"
	done
}

# Of all connections; the kernel may not run a hook for each of them (suite.sh).
all_have_timed_out() {
	has_written 26 && [ "$("$TOOL" -r "$dir/drops.pcapng" --json 2>/dev/null | grep -c '"retransmits":1[,}]')" -ge 26 ]
}
