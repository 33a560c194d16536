# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The acknowledgement is lost in the peer's namespace, so the wire capture does not have it. The
# peer reports no duplicates, which would show that the data had arrived.
scenario() {
	serve "$server" $server4 7035 read
	serve "$server" $server6 7035 read
	in_ns "$server" sysctl -q -w net.ipv4.tcp_dsack=0
	rule "$server" output tcp sport 7035 'tcp flags & (syn | fin | rst) == 0' tcp dport != @seen \
		add @seen '{ tcp dport }' drop
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7035 3 7 -d 300 -b 100 -t 700
	tool_stop
	wire_stop
	compare_wires
	verdict_both 3 7 lost-beyond-host 'tcpdropcap.event == "retransmit"'
}
