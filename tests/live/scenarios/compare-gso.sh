# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Frames on the sender's device are larger than the MTU (GSO), and none overtakes another. The
# sender's firewall drops some before the device and the receiver's firewall some after it, as many
# as each counts; both namespaces are this host, so that it caused each retransmission, but for
# those that the receiver had twice.
scenario() {
	rule "$client" output tcp dport 7110 meta length gt 3000 numgen inc mod 23 == 11 counter drop
	rule "$server" prerouting tcp dport 7110 meta length gt 3000 numgen inc mod 29 == 13 counter drop
	wire_start "$client"
	tool_start_everywhere "$client" tcp port 7110
	on_one_cpu
	serve "$server" $server4 7110 read
	serve "$server" $server6 7110 read
	mark_wire
	# One after the other: between a frame and its event, the CPU does not receive the other.
	connect "$client" $server4 7110 -d 200 -b 4000000 -h
	connect "$client" $server6 7110 -d 200 -b 4000000 -h
	mark_wire
	tool_stop
	wire_stop
	before=$(in_ns "$client" nft list ruleset | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p')
	after=$(in_ns "$server" nft list ruleset | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p')
	at_least 'packets that the sender dropped' "$before" 3
	at_least 'packets that the receiver dropped' "$after" 3
	at_least 'frames larger than the MTU' "$(tcpdump -nr "$dir/wire.pcap" 'greater 3000' 2>/dev/null | wc -l)" 20
	twice=$(duplicate_sacks)
	compare_wires
	data='tcp.dstport == 7110'
	verdict "$before" dropped-before-wire "tcpdropcap.event == \"drop\" && tcpdropcap.dir == \"out\" && $data"
	received="tcpdropcap.event == \"drop\" && tcpdropcap.dir == \"in\" && $data"
	expect "$after" "$received && tcpdropcap.verdict == \"dropped-after-wire\" && $(reason NETFILTER_DROP)"
	# Others may be what the receiver has twice.
	expect 0 "$received && tcpdropcap.verdict && !(tcpdropcap.verdict == \"dropped-after-wire\")"
	again="tcpdropcap.event == \"retransmit\" && $data"
	expect_some "$again && tcpdropcap.verdict == \"dropped-by-host\""
	expect 0 "$again && tcpdropcap.verdict && !(tcpdropcap.verdict in {\"dropped-by-host\", \"spurious\"})"
	# A duplicate SACK is for all segments of a frame.
	expect "$twice" "$again && tcpdropcap.verdict == \"spurious\" && !tcpdropcap.err"
}
