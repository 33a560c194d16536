# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Drops and losses that TCP counts and that no other scenario provokes: data for a receive window of
# zero, data out of order for which the receive buffer has no room, an acknowledgement with an old
# timestamp, a SYN-ACK that echoes a timestamp which was never sent, and retransmissions that are
# lost again. The events are as many as the counters say.
scenario() {
	names='TCPZeroWindowDrop TCPOFODrop TCPRcvQDrop PAWSOldAck PAWSEstab PAWSActive TCPLostRetransmit'
	in_ns "$client" sysctl -q -w net.ipv4.tcp_timestamps=2
	read -r uptime _ </proc/uptime
	old=$(((${uptime%.*} * 1000 - 3600000) & 0xffffffff))
	serve "$server" $server4 7160 shut
	serve "$server" $server6 7160 shut
	serve "$server" $server4 7161 tell -q 1
	serve "$server" $server6 7161 tell -q 1
	serve "$server" $server4 7162 tell
	serve "$server" $server6 7162 tell
	serve "$client" $client4 7163 read
	serve "$client" $client6 7163 read
	rule "$client" input tcp dport 7163 'tcp flags & psh == psh' drop
	rule "$client" input tcp dport 7164 drop
	tool_start "$server"
	count_all >"$dir/before"
	for to in $server4 $server6; do
		connect "$client" $to 7160 -p 23100 -i 1000000 -c 3 -w &
		connect "$client" $to 7161 -p 23200 -i 1000000 -w &
		connect "$client" $to 7162 -p 23300 -i 1000000 -w &
	done
	connect_both "$server" $client4 $client6 7163 2 1 -d 100 -b 100 -t 1500 -r &
	lost_again=$!
	for to in $server4 $server6; do
		wait_for_lines 4 "$dir/serve-7160-$to"
		wait_for_lines 2 "$dir/serve-7161-$to"
		wait_for_lines 2 "$dir/serve-7162-$to"
	done
	segments $client4 $server4
	segments $client6 $server6
	wait $lost_again
	count_all >"$dir/after"
	lost=$(counted TCPLostRetransmit)
	echo_wrong_timestamps
	wait_until 'drops for a window of zero' has_counted TCPZeroWindowDrop 6
	tool_stop
	count_all >"$dir/after"
	while read -r _ port pid; do
		[ ${port%??} -gt 233 ] || kill -USR1 "$pid" # a client that waits
	done <"$dir/owners"
	same 'data for a window of zero' "$(counted TCPZeroWindowDrop)" 6
	at_least 'retransmissions that are lost again' "$lost" 3
	at_least 'old acknowledgements and data' $(($(counted PAWSOldAck) + $(counted PAWSEstab))) 4
	same 'SYN-ACKs with a wrong timestamp' "$(counted PAWSActive)" 2
	expect_both 1 1 'tcpdropcap.event == "drop" && tcp.srcport == 7164 && tcp.flags == 0x12'
	! kernel_has SKB_DROP_REASON_TCP_RFC7323_PAWS_ACK || # it came later than the reason of these
		expect 2 'tcpdropcap.reason == "TCP_RFC7323_PAWS" && tcp.srcport == 7164'
	expect_drops "$(counted TCPZeroWindowDrop)" 7160 TCP_ZEROWINDOW
	expect_drops $(($(counted TCPOFODrop) + $(counted TCPRcvQDrop))) 7161 PROTO_MEM
	expect $((lost + 3)) \
		'tcpdropcap.event == "retransmit" && tcpdropcap.kind == "rto" && tcp.dstport == 7163'
	! kernel_has SKB_DROP_REASON_TCP_RFC7323_PAWS_ACK ||
		expect_drops "$(counted PAWSOldAck)" 7162 TCP_RFC7323_PAWS_ACK
}

# FROM TO: segments of each of the connections.
segments() {
	while read -r _ port next; do
		inject "$client" eth0 $server_mac $1 $2 $port 7160 -s 1000001 -a $next -f 0x18 -b 10
	done <<-END
		$(grep tell "$dir/serve-7160-$2")
	END
	next=$(sed -n 's/^tell 23200 //p' "$dir/serve-7161-$2")
	for at in $(seq 1000011 20 1000411); do
		inject "$client" eth0 $server_mac $1 $2 23200 7161 -s $at -a $next -f 0x18 -b 1
	done
	inject "$client" eth0 $server_mac $1 $2 23300 7162 -s 1000000 -f 0x10 -t $old
	inject "$client" eth0 $server_mac $1 $2 23300 7162 -s 1000001 -f 0x18 -b 10 -t $old
}

# A SYN-ACK for each SYN that has no answer.
echo_wrong_timestamps() {
	connect "$server" $client4 7164 -p 23400 -i 1000000 -t 30000 &
	unanswered=$!
	connect "$server" $client6 7164 -p 23400 -i 1000000 -t 30000 &
	unanswered="$unanswered $!"
	wait_until 'SYNs without an answer' are_sent 2
	inject "$client" eth0 $server_mac $client4 $server4 7164 23400 -f 0x12 -a 1000001 -t $old -T $old
	inject "$client" eth0 $server_mac $client6 $server6 7164 23400 -f 0x12 -a 1000001 -t $old -T $old
	wait_until 'wrong timestamps' has_counted PAWSActive 2
	# shellcheck disable=SC2046 # two numbers
	kill $(awk '$2 == 23400 { print $3 }' "$dir/owners")
	wait $unanswered
}

are_sent() { # COUNT
	[ "$(in_ns "$server" ss -Htn state syn-sent 'dport = :7164' | wc -l)" = $1 ]
}

has_counted() { # NAME COUNT
	count_all >"$dir/now"
	[ "$(awk -v name=$1 '$1 == name { n = $2 - n } END { print n }' "$dir/before" "$dir/now")" -ge $2 ]
}

expect_drops() { # COUNT PORT REASON
	! kernel_has SKB_DROP_REASON_$3 ||
		expect $1 "tcpdropcap.event == \"drop\" && tcpdropcap.reason == \"$3\" && tcp.dstport == $2"
}

count_all() {
	for counter in $names; do
		echo "$counter $(mib "$server" TcpExt $counter)"
	done
}

counted() { # NAME
	awk -v name="$1" '$1 == name { n = $2 - n } END { print n + 0 }' "$dir/before" "$dir/after"
}
