# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# Over loopback, so that one namespace has both ends: the first data segment of each connection is
# dropped on input and retransmitted; for other connections, the SYN is dropped on output. Each
# retransmission links to its drop.
scenario() {
	serve "$server" $server4 7049 read
	serve "$server" $server6 7049 read
	rule "$server" input tcp dport 7049 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	in_ns "$server" nft 'add set inet lab first { type inet_service; flags dynamic; size 65535; }'
	rule "$server" output tcp dport 7050 'tcp flags & (syn|ack) == syn' tcp sport != @first \
		add @first '{ tcp sport }' drop
	serve "$server" $server4 7050 read
	serve "$server" $server6 7050 read
	tool_start "$server"
	connect_both "$server" $server4 $server6 7049 3 5 -d 300 -b 100 -t 900
	connect_both "$server" $server4 $server6 7050 2 3 -t 1500
	tool_stop
	expect 26 tcpdropcap
	expect_both 3 5 "tcpdropcap.event == \"drop\" && $(reason NETFILTER_DROP)"' && tcp.len == 100'
	expect_both 3 5 'tcpdropcap.kind == "rto" && tcp.len == 100 && tcpdropcap.dropped_in'
	expect_both 2 3 "tcpdropcap.event == \"drop\" && $(reason NETFILTER_DROP)"' && tcp.flags == 2 &&
		tcpdropcap.state == "SYN_SENT"'
	expect_both 2 3 'tcpdropcap.kind == "syn" && tcp.flags == 2 && tcpdropcap.dropped_in'
}
