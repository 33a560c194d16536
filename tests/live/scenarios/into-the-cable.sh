# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The sender's kernel cuts GSO packets into more segments than the other end of a cable accepts at
# once. The others are dropped on entry to the server: in the CPU's backlog or, if the server has an
# XDP program, in a ring of 256. The sender's task is still running, and the packet still has its
# socket; but the event is the server's, and has no socket. Nor has a drop on ingress a socket if
# both ends have the same port number.
scenario() {
	# Segments of 48 bytes, up to 1,300 of them in a packet.
	in_ns "$server" sysctl -q -w net.ipv4.tcp_timestamps=0
	ip -n "$client" route change 10.99.0.0/24 dev eth0 initcwnd 3000
	ip -n "$server" route change 10.99.0.0/24 dev eth0 advmss 48 initrwnd 3000
	in_ns "$server" nft 'add table netdev lab; add chain netdev lab in { type filter hook ingress device eth0 priority 0; };
		add rule netdev lab in tcp dport 7079 counter drop'
	serve "$server" $server4 7077 late -q 100000
	late=${pids##* }
	serve "$server" $server4 7078 read
	tool_start "$server"
	connect "$client" $server4 7079 -p 7079 -t 300
	rm "$dir/owners"
	fill_backlog
	lost_backlog=$lost
	helper_start "$server" xdp inject xdp eth0
	fill_ring
	lost_ring=$lost
	sleep 0.3
	tool_stop
	at_least 'segments that the backlog dropped' $lost_backlog 1
	at_least 'segments that the ring dropped' $lost_ring 1
	all='tcpdropcap.event == "drop" && tcpdropcap.at matches "^(veth_|enqueue_to_backlog|nft_do_chain)"'
	expect $lost_backlog "$all && tcp.dstport == 7077"
	expect $lost_ring "$all && tcp.dstport == 7078"
	expect 1 "$all && tcp.dstport == 7079"
	entered="tcpdropcap.dir == \"in\" && tcpdropcap.netns == $(netns_number "$server") &&
		frame.interface_name == \"eth0\" && tcpdropcap.sock == \"none\" && !tcpdropcap.state &&
		!tcpdropcap.owner && !tcpdropcap.cwnd"
	expect $lost_backlog "$all && tcp.dstport == 7077 && $entered"
	expect $lost_ring "$all && tcp.dstport == 7078 && $entered"
	expect 1 "$all && tcp.dstport == 7079 && $entered"
}

# The backlog holds a thousand packets. The server does not read yet, its window is full, and as
# much data waits: once it reads, the client's softirq sends all of it. By then the device accepts
# no GSO packets any more, and the kernel cuts them.
fill_backlog() { # sets $lost, the packets that the cable lost
	connect "$client" $server4 7077 -b 400000 -r -t 1500 &
	wait_for_lines 1 "$dir/owners"
	sleep 0.5
	cut_from_now
	kill -USR1 "$late"
	wait $!
	count_lost
}

# The ring holds 256 packets.
fill_ring() {
	ip -n "$client" link set eth0 gso_max_segs 65535
	rm "$dir/owners"
	connect "$client" $server4 7078 -w -b 60000 -r &
	wait_for_lines 1 "$dir/owners"
	sleep 0.3
	cut_from_now
	while read -r _ _ pid; do
		kill -USR1 "$pid"
	done <"$dir/owners"
	wait $!
	count_lost
}

cut_from_now() {
	lost=$(device_count "$client" eth0 tx_dropped)
	ip -n "$client" link set eth0 gso_max_segs 1
}

count_lost() {
	sleep 0.3
	lost=$(($(device_count "$client" eth0 tx_dropped) - lost))
}
