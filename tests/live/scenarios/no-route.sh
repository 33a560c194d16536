# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Established connections lose their route: it is deleted, or becomes unreachable, a blackhole or
# prohibited, the device goes down, or an XFRM policy blocks it. The buffer that the kernel then
# frees has no IP header yet; each is a drop, and its addresses and ports come from the socket. ss
# shows the number of tries.
scenario() {
	in_ns "$client" sysctl -q -w net.ipv4.tcp_timestamps=0
	ip -batch - <<-END
		link add eth1 netns $server type veth peer name eth1 netns $client
	END
	ip -n "$server" -batch - <<-END
		addr add 10.98.0.1/24 dev eth1
		addr add fd98::1/64 dev eth1 nodad
		addr add 10.97.0.1/32 dev lo
		addr add 10.97.0.2/32 dev lo
		addr add 10.97.0.3/32 dev lo
		addr add 10.97.0.4/32 dev lo
		addr add 10.97.0.5/32 dev lo
		addr add fd97::1/128 dev lo
		addr add fd97::2/128 dev lo
		addr add fd97::3/128 dev lo
		addr add fd97::4/128 dev lo
		addr add fd97::5/128 dev lo
		link set eth1 up
	END
	ip -n "$client" -batch - <<-END
		addr add 10.98.0.2/24 dev eth1
		addr add fd98::2/64 dev eth1 nodad
		link set eth1 up
		route add 10.97.0.1 via $server4
		route add 10.97.0.0/24 via $server4
		route add fd97::1 via $server6
		route add fd97::/64 via $server6
	END
	serve "$server" 0.0.0.0 7067 read
	serve "$server" :: 7068 read
	tool_start "$client"
	no_routes=$(mib "$client" Ip OutNoRoutes)
	for host in 10.97.0.1 10.97.0.2 10.97.0.3 10.97.0.4 10.97.0.5 10.98.0.1; do
		connect "$client" $host 7067 -i 1000000 -w -b 100 -t 100000 &
	done
	for host in fd97::1 fd97::2 fd97::3 fd97::4 fd97::5 fd98::1; do
		connect "$client" $host 7068 -i 1000000 -w -b 100 -t 100000 &
	done
	wait_for_lines 12 "$dir/owners"
	wait_until 'established connections' has_established "$client" 12 '( dport = :7067 or dport = :7068 )'
	ip -n "$client" -batch - <<-END
		route del 10.97.0.1
		route del 10.97.0.0/24
		route del fd97::1
		route del fd97::/64
		route add unreachable 10.97.0.2
		route add unreachable fd97::2
		route add blackhole 10.97.0.3
		route add blackhole fd97::3
		route add prohibit 10.97.0.4
		route add prohibit fd97::4
		route add 10.97.0.5 via $server4
		route add fd97::5 via $server6
		xfrm policy add src 0.0.0.0/0 dst 10.97.0.5 dir out action block
		xfrm policy add src ::/0 dst fd97::5 dir out action block
		link set eth1 down
	END
	while read -r _ _ pid; do
		kill -USR1 "$pid"
		sleep 0.02 # one at a time: the kernel skips a hook that interrupts itself
		pids="$pids $pid"
	done <"$dir/owners"
	sleep 0.3
	count_tries
	tool_stop
	same connections "$(wc -l <"$dir/tries")" 12
	same 'tries over IPv4' "$(awk '/^10/ { n += $2 } END { print n }' "$dir/tries")" "$no_routes"
	# Without a route, TCP may assume the smallest MTU, and a try has only the first 48 bytes.
	lost="tcpdropcap.event == \"drop\" && tcpdropcap.dir == \"out\" && tcp.len > 0 && frame.time_epoch < $until"
	expect_both $no_routes "$(awk '/^fd/ { n += $2 } END { print n }' "$dir/tries")" "$lost"
	expect 0 "$lost"' && !(tcpdropcap.sock == "skb" && tcpdropcap.state == "ESTABLISHED" &&
		tcpdropcap.hdr == "synthesized" && tcp.seq_raw == 1000001 && tcp.len <= 100)'
	! kernel_has SKB_DROP_REASON_IP_OUTNOROUTES || expect $no_routes "$lost && ip && $(reason IP_OUTNOROUTES)"
	while read -r host count; do
		case $host in *:*) ip=ipv6 ;; *) ip=ip ;; esac
		expect "$count" "$lost && $ip.dst == $host && $ip.src == $(source_of $host)"
	done <"$dir/tries"
	while read -r _ port pid; do
		expect 0 "$lost && tcp.srcport == $port && tcpdropcap.owner && !(tcpdropcap.owner_pid == $pid)"
	done <"$dir/owners"
	! kernel_has BPF_FUNC_sock_from_file || expect_some "$lost && tcpdropcap.owner_src == \"exact\""
}

# Writes into $dir/tries how often each connection has tried, and IpOutNoRoutes, in a second in
# which no connection tries; sets $until. The tries are at 0.2, 0.6, 1.4, 3, 6.2 and 12.6 s.
count_tries() {
	for _ in 1 2 3 4 5 6; do
		tries >"$dir/tries"
		counted=$(($(mib "$client" Ip OutNoRoutes) - no_routes))
		second=$(date +%s)
		until=$second
		while [ "$until" = "$second" ]; do
			sleep 0.1
			until=$(date +%s)
		done
		tries >"$dir/tries-after"
		cmp -s "$dir/tries" "$dir/tries-after" && break
	done
	no_routes=$counted
}

# Each connection's host and number of tries: the first one, and the probes since (ss:
# "timer:(persist,200ms,3)").
tries() {
	in_ns "$client" ss -Htno state established '( dport = :7067 or dport = :7068 )' |
		sed -n 's/.* \[*\([0-9a-f.:]*\)\]*:706[78] *timer:(persist,[^,]*,\([0-9]*\)).*/\1 \2/p' |
		awk '{ print $1, $2 + 1 }' | sort
}

source_of() {
	case $1 in
	10.98*) echo 10.98.0.2 ;;
	fd98*) echo fd98::2 ;;
	*:*) echo $client6 ;;
	*) echo $client4 ;;
	esac
}
