# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# The first data segment of each connection is lost, its retransmission arrives.
scenario() {
	serve "$server" $server4 7005 read
	serve "$server" $server6 7005 read
	rule "$server" input tcp dport 7005 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7005 3 7 -d 300 -b 100 -t 900
	tool_stop
	wire_stop
	echo wire >>"$dir/expect"
	expect 10 tcpdropcap
	expect_both 3 7 'tcpdropcap.kind == "rto" && tcpdropcap.retransmits == 1 && tcpdropcap.state == "ESTABLISHED" &&
		tcp.len == 100 && tcpdropcap.hdr == "wire" && tcp.options.timestamp.tsval &&
		tcpdropcap.dir == "out" && tcpdropcap.sock == "hook" && frame.interface_name == "eth0"'
}
