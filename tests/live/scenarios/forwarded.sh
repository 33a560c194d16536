# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The server forwards packets and drops them on output, by another device or by the one that
# received them. Until the new Ethernet header exists the event has none; the old one belongs to
# another cable. A reset that the firewall sends has no socket, and still is outgoing. A frame that
# a bridge of the server drops on its way up to the server is incoming, although it has a device
# other than the one that received it, and from br_netfilter, a route.
bridge_up() {
	ip -n "$server" -batch - 2>/dev/null <<-END || return 1
		link add br0 address 02:00:00:00:95:01 type bridge
		link add eth2 type veth peer name eth2 netns $client
		link set eth2 master br0 up
		link set br0 up
		addr add 10.95.0.1/24 dev br0
		addr add fd95::1/64 dev br0 nodad
	END
	ip -n "$client" -batch - <<-END
		link set eth2 address 02:00:00:00:95:02 up
		addr add 10.95.0.2/24 dev eth2
		addr add fd95::2/64 dev eth2 nodad
		neigh replace 10.95.0.1 lladdr 02:00:00:00:95:01 dev eth2
		neigh replace fd95::1 lladdr 02:00:00:00:95:01 dev eth2
	END
	in_ns "$server" sysctl -q -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1 2>/dev/null
	in_ns "$server" nft 'add table bridge lab;
		add chain bridge lab input { type filter hook input priority 0; };
		add rule bridge lab input tcp dport 7084 drop' 2>/dev/null
}

scenario() {
	ip -batch - <<-END
		link add eth1 address 02:00:00:00:98:01 netns $server type veth peer name eth1 address 02:00:00:00:98:02 netns $client
	END
	ip -n "$server" -batch - <<-END
		link set eth1 up
		addr add 10.98.0.1/24 dev eth1
		addr add fd98::1/64 dev eth1 nodad
		neigh replace 10.98.0.2 lladdr 02:00:00:00:98:02 dev eth1
		neigh replace fd98::2 lladdr 02:00:00:00:98:02 dev eth1
		route add 10.97.0.0/24 via $client4
		route add fd97::/64 via $client6
		route add 10.97.1.0/24 dev eth0
		route add fd97:1::/64 dev eth0
	END
	ip -n "$client" -batch - <<-END
		link set eth1 up
		route add 10.98.0.0/24 via $server4
		route add fd98::/64 via $server6
		route add 10.97.0.0/16 via $server4
		route add fd97::/16 via $server6
	END
	in_ns "$server" sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0 \
		net.ipv4.neigh.eth0.mcast_solicit=1 net.ipv6.neigh.eth0.mcast_solicit=1
	rule "$server" postrouting tcp dport 7080 counter drop
	rule "$server" forward tcp dport 7083 counter
	rule "$server" input tcp dport 7082 reject with tcp reset
	rule "$server" output tcp sport 7082 'tcp flags & rst == rst' drop
	egress=no
	if in_ns "$server" nft 'add table netdev lab;
		add chain netdev lab out0 { type filter hook egress device eth0 priority 0; };
		add chain netdev lab out1 { type filter hook egress device eth1 priority 0; };
		add rule netdev lab out0 tcp dport 7081 drop; add rule netdev lab out1 tcp dport 7081 drop' 2>/dev/null; then
		egress=yes
	fi
	bridged=no
	! bridge_up || bridged=yes
	tool_start "$server"
	# The client's MAC address is in none of these packets: neither in the file, nor for the
	# filter in the kernel.
	"$TOOL" -w "$dir/chosen.pcapng" --netns "$server" "tcp port 7080 and not ether src $client_mac" 2>"$dir/chosen" &
	chosen=$!
	pids="$pids $chosen"
	wait_for "$dir/chosen" capturing
	connect_both "$client" 10.98.0.2 fd98::2 7080 2 3 -t 100
	connect_both "$client" 10.97.0.2 fd97::2 7080 3 5 -t 100
	[ $egress = no ] || connect_both "$client" 10.98.0.2 fd98::2 7081 2 3 -t 100
	[ $egress = no ] || connect_both "$client" 10.97.0.2 fd97::2 7081 3 5 -t 100
	# Neighbours that do not answer the request for their MAC address.
	connect_both "$client" 10.97.1.2 fd97:1::2 7083 2 3 -t 100
	connect_both "$client" $server4 $server6 7082 3 5 -t 100
	[ $bridged = no ] || connect_both "$client" 10.95.0.1 fd95::1 7084 2 3 -t 100
	sleep 2.2
	kill -INT $chosen
	wait $chosen
	tool_stop
	unanswered=$(in_ns "$server" nft list chain inet lab forward | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p')
	at_least 'packets to neighbours that do not answer' "$unanswered" 5
	out='tcpdropcap.event == "drop" && tcpdropcap.dir == "out" && tcpdropcap.sock == "none" && !tcpdropcap.owner'
	bare='tcpdropcap.l2 == "absent" && eth.dst == 00:00:00:00:00:00 && eth.src == 00:00:00:00:00:00'
	where='frame.interface_name == "eth1"'
	expect 5 'tcp.dstport == 7080 && frame.interface_name == "eth1"'
	expect 8 'tcp.dstport == 7080 && frame.interface_name == "eth0"'
	expect_both 2 3 "$out && $bare && $where && tcp.dstport == 7080"
	expect_both 3 5 "$out && $bare && !($where) && tcp.dstport == 7080"
	expect "$unanswered" "$out && $bare && !($where) && tcp.dstport == 7083"
	expect_some 'ip && tcp.dstport == 7083'
	expect_some 'ipv6 && tcp.dstport == 7083'
	expect_both 3 5 "$out && $bare && tcp.srcport == 7082 && tcp.flags.reset == 1"
	if [ $egress = yes ]; then
		expect_both 2 3 "$out && $where && tcp.dstport == 7081 && !tcpdropcap.l2 &&
			eth.src == 02:00:00:00:98:01 && eth.dst == 02:00:00:00:98:02"
		expect_both 3 5 "$out && !($where) && tcp.dstport == 7081 && !tcpdropcap.l2 &&
			eth.src == $server_mac && eth.dst == $client_mac"
	fi
	[ $bridged = no ] ||
		expect_both 2 3 'tcpdropcap.event == "drop" && tcpdropcap.dir == "in" && tcp.dstport == 7084 &&
			frame.interface_name == "br0" && !tcpdropcap.l2 && eth.dst == 02:00:00:00:95:01 &&
			eth.src == 02:00:00:00:95:02'
	echo 'file chosen.pcapng' >>"$dir/expect"
	expect 13 'tcpdropcap.event == "drop" && tcp.dstport == 7080'
}
