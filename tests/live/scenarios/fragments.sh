# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Fragments of which one is missing, until the kernel gives up; fragments that a firewall drops; and
# a later fragment whose first one was never seen. Later ones have no TCP header: they get the ports
# of the first one. A packet that was reassembled has its TCP header in two fragments.
scenario() {
	in_ns "$server" sysctl -q -w net.ipv4.ipfrag_time=4 net.ipv6.ip6frag_time=4
	in_ns "$server" nft 'add table netdev lab; add chain netdev lab in { type filter hook ingress device eth0 priority 0; };
		add rule netdev lab in ip id { 98, 99 } counter drop; add rule netdev lab in frag id { 98, 99 } counter drop'
	rule "$server" input ip id 96 drop
	tool_start "$server"
	for number in 77 99; do
		fragments $client4 $server4 71$number $number
		fragments $client6 $server6 71$number $number
	done
	inject "$client" eth0 $server_mac $client4 $server4 24000 7198 -b 996 -i 98 -g 800
	inject "$client" eth0 $server_mac $client6 $server6 24000 7198 -b 996 -i 98 -g 800
	inject "$client" eth0 $server_mac $client4 $server4 24000 7196 -b 100 -i 96 -L 8 -G
	inject "$client" eth0 $server_mac $client4 $server4 24000 7196 -b 100 -i 96 -g 8
	wait_until 'end of the time for reassembly' timed_out
	tool_stop
	same 'fragments that the firewall dropped' \
		"$(in_ns "$server" nft list ruleset | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p' | paste -sd ' ')" '4 4'
	later='!tcp.srcport && tcpdropcap.dir == "in" && tcpdropcap.ifindex && frame.interface_name == "eth0"'
	# tshark waits for the rest of an IPv6 packet, and does not dissect the first fragment: its
	# ports are after 62 bytes.
	expect 1 "ip && tcp.dstport == 7177 && tcp.srcport == 24000 && !tcpdropcap.frag_dport && $(reason FRAG_REASM_TIMEOUT)"
	expect 1 "frame[62:4] == 5d:c0:1c:09 && ipv6.fraghdr.offset == 0 && !tcpdropcap.frag_dport && $(reason FRAG_REASM_TIMEOUT)"
	expect_both 2 2 "tcpdropcap.frag_dport == 7177 && tcpdropcap.frag_sport == 24000 && $later && $(reason FRAG_REASM_TIMEOUT)"
	expect 1 "ip && tcp.dstport == 7199 && !tcpdropcap.frag_dport && $(reason NETFILTER_DROP)"
	expect 1 "frame[62:4] == 5d:c0:1c:1f && ipv6.fraghdr.offset == 0 && !tcpdropcap.frag_dport && $(reason NETFILTER_DROP)"
	expect_both 2 2 "tcpdropcap.frag_dport == 7199 && $later && $(reason NETFILTER_DROP)"
	expect 2 "(ip.id == 98 || ipv6.fraghdr.ident == 98) && !tcpdropcap.frag_dport && $later"
	expect 1 "ip && tcp.dstport == 7196 && tcp.srcport == 24000 && !tcpdropcap.frag_dport && tcp.len == 100 && $(reason NETFILTER_DROP)"
	expect 15 tcpdropcap
}

# fragments FROM TO PORT ID: three of four, the first one at once and the others together, since a
# guest is slow and the kernel does not wait for them.
fragments() {
	inject "$client" eth0 $server_mac $1 $2 24000 $3 -i $4 -b 780 -G
	inject "$client" eth0 $server_mac $1 $2 24000 $3 -i $4 -b 996 -g 904 -G &
	fragment=$!
	inject "$client" eth0 $server_mac $1 $2 24000 $3 -i $4 -b 1600 -g 1200
	wait $fragment
}

timed_out() {
	[ "$(mib "$server" Ip ReasmTimeout)" = 1 ] &&
		[ "$(in_ns "$server" awk '$1 == "Ip6ReasmTimeout" { print $2 }' /proc/net/snmp6)" = 1 ]
}
