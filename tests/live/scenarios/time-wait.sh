# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Losses in TIME_WAIT. A new connection from the same port is refused, and its SYN is dropped: the
# client has to retransmit it. And an acknowledgement from TIME_WAIT cannot be sent, because the
# neighbour no longer exists.
scenario() {
	in_ns "$server" sysctl -q -w net.ipv4.tcp_timestamps=0
	in_ns "$server" sysctl -q -w net.ipv4.neigh.eth0.mcast_solicit=1 net.ipv6.neigh.eth0.mcast_solicit=1
	serve "$server" $server4 7074 close
	serve "$server" $server6 7074 close
	serve "$server" $server4 7075 close
	serve "$server" $server6 7075 close
	connect "$client" $server4 7074 -p 21000 -i 1000000 -c 3 -t 300 &
	connect "$client" $server6 7074 -p 21000 -i 1000000 -c 5 -t 300 &
	connect "$client" $server4 7075 -p 22000 -i 1000000 -c 2 -t 300 &
	connect "$client" $server6 7075 -p 22000 -i 1000000 -c 3 -t 300
	wait_for_lines 13 "$dir/owners"
	sleep 0.7
	time_waits=$(in_ns "$server" ss -Htan state time-wait | wc -l)
	same 'sockets in TIME_WAIT' "$time_waits" 13
	# The client no longer has a socket, and its resets would end TIME_WAIT.
	rule "$client" output 'tcp flags & rst == rst' drop
	tool_start "$server"
	passive=$(mib "$server" Tcp PassiveOpens)
	inject "$client" eth0 $server_mac $client4 $server4 21000 7074 -s 5000 -c 3
	inject "$client" eth0 $server_mac $client6 $server6 21000 7074 -s 5000 -c 5
	ip -n "$client" addr del $client4/24 dev eth0
	ip -n "$client" addr del $client6/64 dev eth0
	ip -n "$server" neigh del $client4 dev eth0
	ip -n "$server" neigh del $client6 dev eth0
	inject "$client" eth0 $server_mac $client4 $server4 22000 7075 -s 5000 -f 0x18 -b 10 -c 2
	inject "$client" eth0 $server_mac $client6 $server6 22000 7075 -s 5000 -f 0x18 -b 10 -c 3
	sleep 2.5
	same 'connections that were accepted' "$(mib "$server" Tcp PassiveOpens)" "$passive"
	same 'sockets that are still in TIME_WAIT' "$(in_ns "$server" ss -Htan state time-wait | wc -l)" 13
	tool_stop
	refused='tcpdropcap.event == "drop" && tcp.dstport == 7074'
	expect_both 3 5 "$refused"
	expect 0 "$refused && !(tcp.flags == 2 && tcpdropcap.dir == \"in\")"
	! kernel_has rx_sk || expect_both 3 5 "$refused && $(receiver TIME_WAIT)"
	unsent='tcpdropcap.event == "drop" && tcpdropcap.dir == "out" && tcp.srcport == 7075'
	expect_both 2 3 "$unsent"
	expect_both 2 3 "$unsent && tcp.flags == 0x10 && tcp.ack_raw == 1000002"
}
