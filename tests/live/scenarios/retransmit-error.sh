# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The sender's own firewall refuses retransmissions: the event has the kernel's error.
scenario() {
	serve "$server" $server4 7027 read
	serve "$server" $server6 7027 read
	rule "$server" input tcp dport 7027 'tcp flags & psh == psh' drop
	rule "$client" output tcp dport 7027 'tcp flags & psh == psh' tcp sport @seen drop
	rule "$client" output tcp dport 7027 'tcp flags & psh == psh' add @seen '{ tcp sport }'
	tool_start "$client"
	connect_both "$client" $server4 $server6 7027 3 5 -d 300 -b 100 -t 400
	tool_stop
	expect_both 3 5 'tcpdropcap.event == "retransmit" && tcpdropcap.kind == "rto" &&
		tcpdropcap.err == "EPERM" && tcpdropcap.hdr == "synthesized" && tcp.len == 100 &&
		tcpdropcap.state == "ESTABLISHED"'
	expect 0 'tcpdropcap.event == "retransmit" && !tcpdropcap.err'
}
