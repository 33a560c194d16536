# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# The SYN-ACK is lost and the client no longer exists: the listener retransmits it.
scenario() {
	serve "$server" $server4 7007 read
	listener4=$!
	serve "$server" $server6 7007 read
	listener6=$!
	rule "$client" input tcp sport 7007 drop
	for side in server client; do
		eval "in_ns \"\$$side\" sysctl -q -w net.ipv4.tcp_ecn=1"
	done
	wire_start "$server"
	tool_start "$server"
	connect_both "$client" $server4 $server6 7007 7 11 -t 300
	wait_until '18 SYN-ACKs sent again' sent_again 18
	kill $listener4 $listener6 # and with them the next retransmission, two seconds later
	tool_stop
	wire_stop
	echo synacks >>"$dir/expect"
	expect 18 tcpdropcap
	expect_both 7 11 'tcpdropcap.kind == "synack" && tcpdropcap.retransmits == 1 && tcpdropcap.state == "NEW_SYN_RECV" &&
		tcp.flags == 0x52 && tcp.srcport == 7007 && tcpdropcap.hdr == "synthesized" &&
		tcpdropcap.dir == "out"'
	expect 18 'tcpdropcap.uid == 0' # that of the listener
}
