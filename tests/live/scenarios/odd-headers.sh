# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Headers that are rare but complete: seven and eight IPv6 extension headers, an 802.1Q tag that the
# kernel stores outside the packet, and headers that are not in the linear part of a packet. Packets
# whose IP header is incomplete are counted, since they may or may not be TCP.
scenario() {
	ip -n "$server" link set eth0 mtu 9000
	ip -n "$client" link set eth0 mtu 9000
	rule "$server" prerouting tcp dport 7091-7093 counter drop
	in_ns "$server" nft 'add table netdev lab; add chain netdev lab in { type filter hook ingress device eth0 priority 0; };
		add rule netdev lab in vlan id 5 counter drop; add rule netdev lab in tcp dport 7096 counter drop'
	tool_start "$server"
	inject "$client" eth0 $server_mac $client6 $server6 24000 7091 -e 7 -c 3
	inject "$client" eth0 $server_mac $client6 $server6 24000 7092 -e 8 -c 5
	inject "$client" eth0 $server_mac $client4 $server4 24000 7094 -v 5 -c 3
	inject "$client" eth0 $server_mac $client6 $server6 24000 7094 -v 5 -c 5
	for port in 7093 7096; do
		inject "$client" eth0 $server_mac $client4 $server4 24000 $port -f 0x18 -b 5000 -c 3
		inject "$client" eth0 $server_mac $client6 $server6 24000 $port -f 0x18 -b 5000 -c 5
	done
	inject "$client" eth0 $server_mac $client4 $server4 24000 7097 -l 19 -c 7
	inject "$client" eth0 $server_mac $client6 $server6 24000 7097 -l 39 -c 5
	sleep 0.3
	in_ns "$server" nft list ruleset | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p' >"$dir/counters"
	tool_stop
	same 'packets that the firewall dropped' "$(paste -sd ' ' "$dir/counters")" "16 8 $(sed -n 3p "$dir/counters")"
	expect 3 'tcpdropcap.event == "drop" && tcp.dstport == 7091 && tcp.srcport in {24000 .. 24002}'
	expect 5 'tcpdropcap.event == "drop" && tcp.dstport == 7092 && tcp.srcport in {24000 .. 24004}'
	expect_both 3 5 'vlan.id == 5 && tcp.dstport == 7094 && eth.type == 0x8100 && tcpdropcap.vlan == "5"'
	whole='tcp.srcport in {24000 .. 24004} && tcp.flags == 0x18'
	# Since 6.12 a program may read nonlinear data; no name in the kernel's type information
	# shows that. Before, only on x86_64.
	case $(uname -r)$(grep -c ' vmemmap_base$' /proc/kallsyms) in
	5.*0 | 6.[0-9].*0 | 6.1[01].*0)
		unparsed=$((12 + $(sed -n 3p "$dir/counters")))
		echo 'skip nonlinear headers can be read only since 6.12' >>"$dir/expect"
		;;
	*)
		unparsed=12
		expect_both 3 5 "tcp.dstport == 7093 && $whole"
		# In the device's hook the firewall itself does not match all of them.
		! kernel_has SKB_DROP_REASON_NETFILTER_DROP ||
			expect "$(sed -n 3p "$dir/counters")" "tcp.dstport == 7096 && $whole && $(reason NETFILTER_DROP)"
		;;
	esac
	same 'packets that could not be parsed' \
		"$(sed -n 's/^.*: \([0-9]*\) freed .* could not be parsed.*/\1/p' "$dir/summary")" $unparsed
}
