# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A token bucket that cuts packets of GSO and has no room for all of their segments: one event for each that tc
# counts as dropped, and none for the packet that they were cut from.
scenario() {
	serve "$server" $server4 7084 read
	serve "$server" $server6 7084 read
	in_ns "$client" tc qdisc add dev eth0 root tbf rate 8mbit burst 3000 limit 6000
	tool_start "$client"
	connect_both "$client" $server4 $server6 7084 1 1 -b 200000 -h
	in_ns "$client" tc -s qdisc show dev eth0 >"$dir/tc"
	tool_stop
	dropped=$(sed -n 's/.*(dropped \([0-9]*\),.*/\1/p' "$dir/tc")
	at_least 'packets that tc dropped' "$dropped" 50
	expect_sum $dropped "tcpdropcap.event == \"drop\""
	expect 0 'tcpdropcap.event == "drop" && !(tcpdropcap.dir == "out" && tcpdropcap.sock == "skb" && tcpdropcap.state)'
}
