# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Listeners that throw SYNs away, beside one that serves its own at the same time: their accept
# queue is full (on two CPUs at once), or their queue of requests; with SYN cookies, the segment
# that ends the handshake finds the accept queue full. The events are as many as the kernel's
# counters say, by the tracepoint of consume_skb, and, where fentry is permitted, by that, too.
scenario() {
	in_ns "$server" sysctl -q -w net.ipv4.tcp_syncookies=0
	for port in 7121 7122 7123; do
		serve "$server" $server4 $port full
		serve "$server" $server6 $port full
		full=$!
	done
	serve "$server" $server4 7124 close
	# The SYN-ACKs of 7122 are lost; of 7123, the segment that ends the handshake, until the
	# first data, which end it as well.
	rule "$client" input tcp sport 7122 drop
	rule "$client" output tcp dport 7123 'tcp flags & (syn|psh|rst) == 0' drop
	tool_start "$server" -e drop,synack --listen-drops consume
	other_start
	before
	clients=
	# The accept queues of 7121 first: a full queue of requests counts before them.
	background $server4 7121 -c 2
	background $server6 7121 -c 2
	wait_until 'full accept queues' accept_queues_are_full
	background $server4 7122 -c 5
	background $server6 7122 -c 3
	background $server6 7121 -c 7
	for mask in 1 2; do
		in_ns "$client" taskset $mask "$PEER" connect $server4 7121 -c 53 -t 300 -r >>"$dir/owners" 2>/dev/null &
		clients="$clients $!"
	done
	connect "$client" $server4 7124 -c 31 -t 300
	wait $clients
	in_ns "$server" sysctl -q -w net.ipv4.tcp_syncookies=2
	connect_both "$client" $server4 $server6 7123 5 4 -d 100 -b 100 -t 600 -r
	drops=$(($(mib "$server" TcpExt ListenDrops) - drops))
	overflows=$(($(mib "$server" TcpExt ListenOverflows) - overflows))
	queue_full=$(($(mib "$server" TcpExt TCPReqQFullDrop) - queue_full))
	tool_stop
	at_least 'overflows' $overflows 50
	at_least 'full queues of requests' $queue_full 4
	same 'drops of listeners' $drops $((overflows + queue_full))
	by_counters stack
	! other_stop || by_counters hook
}

accept_queues_are_full() {
	[ "$(in_ns "$server" ss -Htln 'sport = :7121' | awk '$2 == 2' | wc -l)" = 2 ]
}

background() { # ADDRESS PORT OPTIONS
	connect "$client" "$@" -t 600 -r &
	clients="$clients $!"
}

before() {
	drops=$(mib "$server" TcpExt ListenDrops)
	overflows=$(mib "$server" TcpExt ListenOverflows)
	queue_full=$(mib "$server" TcpExt TCPReqQFullDrop)
}

by_counters() { # HOW-THE-SOCKET-WAS-FOUND
	syn='tcpdropcap.event == "drop" && tcp.flags.syn == 1 && tcp.flags.ack == 0'
	expect $overflows 'tcpdropcap.event == "drop" && tcpdropcap.cause == "listen-overflow"'
	expect $queue_full "$syn"' && tcpdropcap.cause == "syn-queue-full" && tcpdropcap.syn_queue in {1, 2} &&
		tcpdropcap.accept_queue == 0 && tcpdropcap.accept_queue_max == 1 && tcp.dstport == 7122'
	expect $drops 'tcpdropcap.event == "drop" && tcpdropcap.cause'
	expect 0 'tcpdropcap.event == "drop" && tcp.dstport == 7124'
	expect_some "ip && $syn && tcp.dstport == 7121"
	expect_some "ipv6 && $syn && tcp.dstport == 7121"
	expect 0 "$syn && tcp.dstport == 7121"' && !(tcpdropcap.cause == "listen-overflow" && tcpdropcap.accept_queue == 2 &&
		tcpdropcap.accept_queue_max == 1)'
	expect 0 "$syn && tcpdropcap.cause && !(tcpdropcap.sock == \"$1\""' && tcpdropcap.state == "LISTEN" && tcpdropcap.dir == "in" &&
		!tcpdropcap.reason && tcpdropcap.ifindex)'
	expect_some 'tcpdropcap.cause == "listen-overflow" && tcp.dstport == 7123 && tcp.flags.push == 1'
	expect_owner 'ipv6 && tcpdropcap.cause && tcp.dstport == 7123' $full exact
}

# A second capture, by fentry.
other_start() {
	other=
	[ -n "${PERMITTED:-}" ] || return
	"$TOOL" -w "$dir/fentry.pcapng" --netns "$server" -e drop --listen-drops fentry 2>"$dir/fentry-summary" &
	other=$!
	pids="$pids $other"
	wait_for "$dir/fentry-summary" capturing
}

other_stop() {
	[ -n "$other" ] || return 1
	kill -INT $other
	wait $other
	! grep -q 'listeners drop will be missing' "$dir/fentry-summary" ||
		echo 'false the kernel permits fentry, yet a message says that SYNs are missing' >>"$dir/expect"
	echo "file fentry.pcapng" >>"$dir/expect"
}
