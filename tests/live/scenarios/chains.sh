# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# TCP in hand-made chains of headers, dropped by the device's hook: the file has all of them, from
# the outermost, tshark finds TCP at their end, and the keys name what is before it. Three more
# captures have an expression: about the outer packet, as in tcpdump, and about the inner one. The
# judge counts a filter with a comma by itself, which takes longer: a dot is in its place.
scenario() {
	in_ns "$server" nft 'add table netdev lab; add chain netdev lab in { type filter hook ingress device eth0 priority 0; };
		add rule netdev lab in ether saddr 02:00:00:00:99:ff counter drop'
	chains=0
	expressions='outer inner narrow'
	expression_start outer udp port 4789
	expression_start inner --inner 'tcp dst port 7111 or 7102'
	expression_start narrow tcp dst port 7111
	tool_start "$server"
	outer4=ip4=$client4/$server4 outer6=ip6=$client6/$server6
	chain 7101 vlan=5 'vlan.id == 5' 'tcpdropcap.vlan == "5" && !tcpdropcap.tunnel'
	chain 7102 qinq=6,vlan=7 'vlan.id == 7 && ieee8021ad.id == 6' 'tcpdropcap.vlan matches "^6.7$"'
	chain 7103 mpls=17,mpls=18 'mpls.label == 18 && mpls.bottom == 1' 'tcpdropcap.tunnel == "mpls" && !tcpdropcap.vlan'
	chain 7104 pppoe pppoes 'tcpdropcap.tunnel == "pppoe"'
	chain 7105 $outer4 'ip.proto == 4 || ip.proto == 41' 'tcpdropcap.tunnel matches "^(ipip|sit)$"'
	chain 7106 $outer6 'ipv6.nxt == 4 || ipv6.nxt == 41' 'tcpdropcap.tunnel matches "^(ipip6|ip6ip6)$"'
	chain 7107 $outer4,gre=7 'gre.key == 7' 'tcpdropcap.tunnel == "gre" && !tcpdropcap.vni'
	chain 7108 $outer6,gre,eth,vlan=8 'gre && vlan.id == 8' 'tcpdropcap.tunnel == "gre" && !tcpdropcap.vlan'
	chain 7109 $outer6,opt=3,geneve=78,eth 'geneve.vni == 78' 'tcpdropcap.tunnel == "geneve" && tcpdropcap.vni == 78'
	chain 7110 vlan=9,$outer4,vxlan=79,eth,ip4=192.0.2.1/192.0.2.2 'vxlan.vni == 79' \
		'tcpdropcap.tunnel matches "^vxlan.(ipip|sit)$" && tcpdropcap.vni == 79 && tcpdropcap.vlan == "9"'
	chain 7111 $outer4,vxlan=77,eth 'vxlan.vni == 77' 'tcpdropcap.tunnel == "vxlan" && tcpdropcap.vni == 77'
	# Neither TCP nor to be taken for it.
	inject "$client" eth0 $server_mac 10.1.1.2 10.1.1.1 17 7112 -w $outer4,geneve=1,mpls=0,eth -l 60
	# More headers than are examined.
	deep=$(printf 'mpls=1,%.0s' $(seq 40))
	inject "$client" eth0 $server_mac 10.1.1.2 10.1.1.1 17 7113 -w ${deep%,}
	sleep 0.3
	same 'packets that the firewall dropped' \
		"$(in_ns "$server" nft list ruleset | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p')" $((chains + 2))
	tool_stop
	for it in $expressions; do
		expression_stop $it
	done
	expect $chains "tcp.flags == 2 && frame.cap_len == frame.len && !tcpdropcap.l2 && $(reason NETFILTER_DROP)"
	expect 0 'tcp.dstport in {7112 .. 7113}'
	unparsed=$(sed -n 's/.*: \([0-9]*\) freed IPv4 or IPv6 packets\{0,1\} could not be parsed.*/\1/p' "$dir/summary" | tail -1)
	at_least 'packets that could not be parsed' "${unparsed:-0}" 1
	echo 'file outer.pcapng' >>"$dir/expect"
	expect 5 'vxlan.vni == 77 && tcp.dstport == 7111'
	expect 5 tcpdropcap
	echo 'file inner.pcapng' >>"$dir/expect"
	expect 5 'tcp.dstport == 7111 && vxlan'
	expect 5 'tcp.dstport == 7102 && vlan'
	expect 10 tcpdropcap
	echo 'file narrow.pcapng' >>"$dir/expect"
	expect 0 tcpdropcap
}

# chain PORT HEADERS FILTER OF-KEYS: two IPv4 and three IPv6 packets in these headers.
chain() {
	inject "$client" eth0 $server_mac 10.1.1.2 10.1.1.1 24000 "$1" -w "$2" -c 2
	inject "$client" eth0 $server_mac fd01::2 fd01::1 24000 "$1" -w "$2" -c 3
	chains=$((chains + 5))
	expect 2 "tcp.dstport == $1 && ($3) && ($4) && ip.addr == 10.1.1.2"
	expect 3 "tcp.dstport == $1 && ($3) && ($4) && ipv6.addr == fd01::2"
}

expression_start() { # NAME OPTIONS
	expression=$1
	shift
	"$TOOL" --netns "$server" -w "$dir/$expression.pcapng" "$@" 2>"$dir/$expression-summary" &
	pids="$pids $!"
	eval "pid_$expression=$!"
	wait_for "$dir/$expression-summary" capturing
}

expression_stop() {
	eval "kill -INT \$pid_$1; wait \$pid_$1"
}
