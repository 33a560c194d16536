# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016,SC2153 # the words of lib.sh
# A token bucket holds each packet for up to a tenth of a second and drops what does not fit. There
# is one clock: the delay of the queue is no offset. Nothing is lost elsewhere, so this host caused
# each retransmission, but for those that the receiver had twice.
: "${queue_rate:=4mbit}" "${queue_limit:=50000}" "${queue_bytes:=120000}" "${queue_port:=7105}"

scenario() {
	# The queue must get full: a receiver on a busy machine opens its window too slowly.
	in_ns "$server" sysctl -q -w 'net.ipv4.tcp_rmem=4096 4194304 6291456'
	serve "$server" $server4 $queue_port read
	serve "$server" $server6 $queue_port read
	# HyStart would end the slow start when the queue delays.
	in_ns "$client" sysctl -q -w net.ipv4.tcp_congestion_control=reno net.ipv4.tcp_no_metrics_save=1
	without_icmpv6 "$client"
	in_ns "$client" tc qdisc add dev eth0 root tbf rate $queue_rate burst 3100 limit $queue_limit
	wire_start "$client"
	tool_start "$client"
	# TCP keeps the queue short (tcp_small_queue_check()) once it has measured its delay: on a
	# busy machine that may be before it is full.
	for _ in 1 2 3 4 5 6 7 8; do
		connect_both "$client" $server4 $server6 $queue_port 1 1 -d 200 -b $queue_bytes -h
		dropped=$(in_ns "$client" tc -s qdisc show dev eth0 | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p')
		[ "$dropped" -lt 10 ] || break
	done
	tool_stop
	wire_stop
	twice=$(duplicate_sacks)
	compare_wires
	at_least 'packets that tc dropped' "$dropped" 10
	data="tcp.dstport == $queue_port"
	found="tcpdropcap.event == \"drop\" && $data"
	verdict "$dropped" dropped-before-wire "$found"
	again="tcpdropcap.event == \"retransmit\" && $data"
	expect_some "$again && tcpdropcap.verdict == \"dropped-by-host\""
	expect 0 "$again && tcpdropcap.verdict && !(tcpdropcap.verdict in {\"dropped-by-host\", \"spurious\"})"
	expect_sum "$twice" "$again && tcpdropcap.verdict == \"spurious\""
	clock=$(sed -n 's/.*\("clock_offset_ns":[^}]*"clock_matches"\).*/\1/p' "$dir/compare.json")
	same 'the clock of one host' "$clock" '"clock_offset_ns":0,"clock_drift_ppm":0.000,"clock_matches"'
	queue_verdicts "$dir/wire.pcap" >"$dir/verdicts"
	for apart in 3600 -3600; do
		editcap -F pcap -t $apart "$dir/wire.pcap" "$dir/other.pcap"
		queue_verdicts "$dir/other.pcap" >"$dir/other"
		same "verdicts with a clock that is $apart s apart" "$(cksum <"$dir/other")" "$(cksum <"$dir/verdicts")"
	done
}

queue_verdicts() { # WIRE
	"$TOOL" compare --json "$dir/drops.pcapng" "$1" 2>>"$dir/compare" | sed -n 's/^{"time.*"verdict":"\([a-z-]*\)".*/\1/p'
}
