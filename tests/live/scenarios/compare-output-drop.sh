# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A packet that the firewall drops on output never was on the wire. The first transmission was, and
# is lost beyond the host; the next ones were not, so that this host caused each further
# retransmission.
scenario() {
	serve "$server" $server4 7031 read
	serve "$server" $server6 7031 read
	rule "$server" input tcp dport 7031 'tcp flags & psh == psh' drop
	rule "$client" output tcp dport 7031 'tcp flags & psh == psh' tcp sport @seen drop
	rule "$client" output tcp dport 7031 'tcp flags & psh == psh' add @seen '{ tcp sport }'
	wire_start "$client"
	tool_start "$client"
	mark_wire
	connect_both "$client" $server4 $server6 7031 3 5 -d 300 -b 100 -t 2000
	mark_wire
	tool_stop
	wire_stop
	compare_wires
	data='tcp.dstport == 7031 && tcp.len == 100'
	all_verdict dropped-before-wire "tcpdropcap.event == \"drop\" && $data"
	expect_both 3 5 "tcpdropcap.event == \"retransmit\" && tcpdropcap.verdict == \"lost-beyond-host\" && $data"
	expect 0 "tcpdropcap.event == \"retransmit\" && tcpdropcap.verdict in {\"unknown\", \"spurious\"}"
	echo "some tcpdropcap.event == \"retransmit\" && tcpdropcap.verdict == \"dropped-by-host\"" >>"$dir/expect"
}
