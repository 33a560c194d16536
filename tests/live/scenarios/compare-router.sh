# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016,SC2153 # the words of lib.sh
# tcpdump -i any on a router, the server, has each forwarded packet twice. Its firewall drops
# forwarded packets in forward (port 7107) and after routing (7108): they had reached it. It also
# drops packets of its own on output (7109): they were on no wire, and TCP, which is told, sends
# them without counting a retransmission. All retransmissions are due to the others.
scenario() {
	end=$prefix-e
	trap 'ip netns del "$end" 2>/dev/null; lab_down' EXIT
	router_up || return 1
	for port in 7107 7108 7109; do
		serve "$end" 10.98.0.2 $port read
		serve "$end" fd98::2 $port read
	done
	once='tcp flags & psh == psh' first='tcp sport != @seen add @seen { tcp sport }'
	rule "$server" forward tcp dport 7107 $once $first counter drop
	rule "$server" postrouting tcp dport 7108 $once $first counter drop
	rule "$server" output tcp dport 7109 $once $first counter drop
	again_before=$(($(retransmitted "$client") + $(retransmitted "$server")))
	wire_device=any wire_start "$server"
	"$TOOL" -v -w "$dir/drops.pcapng" tcp portrange 7107-7109 2>"$dir/summary" &
	tool=$!
	wait_for "$dir/summary" capturing
	twice=$(mib "$end" TcpExt TCPDSACKOldSent)
	connect_both "$client" 10.98.0.2 fd98::2 7107 5 7 -d 300 -b 100 -h
	connect_both "$client" 10.98.0.2 fd98::2 7108 3 5 -d 300 -b 100 -h
	connect_both "$server" 10.98.0.2 fd98::2 7109 2 3 -d 300 -b 100 -h
	twice=$(($(mib "$end" TcpExt TCPDSACKOldSent) - twice))
	kill -INT "$tool"
	wait "$tool"
	echo "status $?" >>"$dir/expect"
	wire_stop
	echo "segments $(($(retransmitted "$client") + $(retransmitted "$server") - again_before))" >>"$dir/expect"
	compare_wires
	dropped='tcpdropcap.event == "drop"'
	verdict "$(router_dropped 7107)" dropped-after-wire "$dropped && tcp.dstport == 7107"
	verdict "$(router_dropped 7108)" dropped-after-wire "$dropped && tcp.dstport == 7108"
	verdict "$(router_dropped 7109)" dropped-before-wire "$dropped && tcp.dstport == 7109"
	again='tcpdropcap.event == "retransmit"'
	for port in 7107 7108; do
		expect_some "$again && tcp.dstport == $port && tcpdropcap.verdict == \"dropped-by-host\""
	done
	expect 0 "$again && tcpdropcap.verdict && !(tcpdropcap.verdict in {\"dropped-by-host\", \"spurious\"})"
	expect_sum "$twice" "$again && tcpdropcap.verdict == \"spurious\""
}

router_dropped() { # PORT
	in_ns "$server" nft list ruleset | sed -n "s/.*dport $1 .*counter packets \([0-9]*\) .*/\1/p"
}

# The end is another namespace on the server's second device, eth1.
router_up() {
	ip -batch - <<-END || return 1
		netns add $end
		link add eth1 address 02:00:00:00:98:01 netns $server type veth peer name eth0 address 02:00:00:00:98:02 netns $end
	END
	ip -n "$server" -batch - <<-END || return 1
		link set eth1 up
		addr add 10.98.0.1/24 dev eth1
		addr add fd98::1/64 dev eth1 nodad
		neigh replace 10.98.0.2 lladdr 02:00:00:00:98:02 dev eth1
		neigh replace fd98::2 lladdr 02:00:00:00:98:02 dev eth1
	END
	ip -n "$end" -batch - <<-END || return 1
		link set lo up
		link set eth0 up
		addr add 10.98.0.2/24 dev eth0
		addr add fd98::2/64 dev eth0 nodad
		neigh replace 10.98.0.1 lladdr 02:00:00:00:98:01 dev eth0
		neigh replace fd98::1 lladdr 02:00:00:00:98:01 dev eth0
		route add default via 10.98.0.1
		route add default via fd98::1
	END
	ip -n "$client" -batch - <<-END || return 1
		route add 10.98.0.0/24 via $server4
		route add fd98::/64 via $server6
	END
	in_ns "$server" sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.tcp_early_retrans=0
}
