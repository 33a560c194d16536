# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2153,SC2016 # $name, $dir and $prefix are the sourcing script's
# The lab: two namespaces, one cable, the tool on one side. Sourced by provoke.sh; a scenario file
# defines scenario() with these words; $prefix is unique to the run. Needs ip, nft and peer; what a scenario
# expects goes into a file that judge.sh reads, possibly on another machine.
#
#   $dir                  where the scenario's results go
#   $server $client       the namespaces; $server4 $server6 $client4 $client6 their addresses

server4=10.99.0.1 client4=10.99.0.2 server6=fd99::1 client6=fd99::2
server_mac=02:00:00:00:99:01 client_mac=02:00:00:00:99:02
pids=

say() { printf '%s\n' "$*" >&2; }

# One ip for all of it: in a guest, a process more costs a tenth of a second. Neighbours are known from
# the start, so that no packet waits for an answer.
lab_up() {
	server=$prefix-s client=$prefix-c
	ip -batch - <<-END || return 1
		netns add $server
		netns add $client
		link add $server address $server_mac netns $server type veth peer name $client address $client_mac netns $client
	END
	side_up "$server" $server4 $server6 $client4 $client6 $client_mac &&
		side_up "$client" $client4 $client6 $server4 $server6 $server_mac
}

side_up() { # NAMESPACE ADDRESS4 ADDRESS6 PEER4 PEER6 PEER-MAC
	ip -n "$1" -batch - <<-END || return 1
		link set lo up
		link set $1 name eth0
		link set eth0 up
		addr add $2/24 dev eth0
		addr add $3/64 dev eth0 nodad
		neigh replace $4 lladdr $6 dev eth0
		neigh replace $5 lladdr $6 dev eth0
	END
	in_ns "$1" sysctl -q -w net.ipv4.tcp_early_retrans=0
}

# Ends what the scenario started, by pid, and removes its namespaces.
lab_down() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	ip netns del "$prefix-s" 2>/dev/null
	ip netns del "$prefix-c" 2>/dev/null
}

in_ns() {
	lab_ns=$1
	shift
	ip netns exec "$lab_ns" "$@"
}

# holds FILE TEXT: without a process of its own, which takes long in a guest.
holds() {
	[ -e "$1" ] || return 1
	while read -r line; do
		case $line in *"$2"*) return 0 ;; esac
	done <"$1"
	return 1
}

# wait_until WHAT COMMAND...: until the command succeeds, thirty seconds at most.
wait_until() {
	what=$1 tries=0
	shift
	until "$@"; do
		tries=$((tries + 1))
		if [ $tries -gt 150 ]; then
			say "$name: no $what after thirty seconds"
			return 1
		fi
		sleep 0.2
	done
}

has_lines() { # COUNT FILE
	[ -e "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

wait_for() { # FILE TEXT
	wait_until "'$2' in $1" holds "$1" "$2"
}

wait_for_lines() { # COUNT FILE
	wait_until "$1 lines in $2" has_lines "$@"
}

serve() { # NAMESPACE ADDRESS PORT BEHAVIOUR [OPTIONS]
	lab_ns=$1
	shift
	ip netns exec "$lab_ns" "$PEER" serve "$@" >"$dir/serve-$2-$1" 2>&1 &
	pids="$pids $!"
	wait_for "$dir/serve-$2-$1" ready
}

connect() { # NAMESPACE ADDRESS PORT [OPTIONS]
	lab_ns=$1
	shift
	ip netns exec "$lab_ns" "$PEER" connect "$@" >>"$dir/owners" 2>>"$dir/connect"
}

# Both families at once, in the background; then settle.
connect_both() { # NAMESPACE ADDRESS4 ADDRESS6 PORT COUNT4 COUNT6 [OPTIONS]
	both_ns=$1 both4=$2 both6=$3 port=$4 count4=$5 count6=$6
	shift 6
	connect "$both_ns" "$both4" "$port" -c "$count4" "$@" &
	first=$!
	connect "$both_ns" "$both6" "$port" -c "$count6" "$@"
	wait "$first"
}

# A table of one chain per hook in the namespace; rules are added one by one.
rule() { # NAMESPACE HOOK RULE...
	lab_ns=$1 hook=$2
	shift 2
	ip netns exec "$lab_ns" nft "add table inet lab; add set inet lab seen { type inet_service; flags dynamic; size 65535; };
		add chain inet lab $hook { type filter hook $hook priority 0; }; add rule inet lab $hook $*"
}

retransmitted() { in_ns "$1" awk '/^Tcp:/ && !/Retrans/ { print $13 }' /proc/net/snmp; }

# Programs beside the peer: inject.c and tap.c. What they print goes into $dir/NAME.
inject() { # NAMESPACE ARGUMENTS of "inject send"
	lab_ns=$1
	shift
	ip netns exec "$lab_ns" "${PEER%/*}/inject" send "$@" || echo "false inject $* failed" >>"$dir/expect"
}

helper_start() { # NAMESPACE NAME PROGRAM [ARGUMENTS]; its pid is in $helper
	lab_ns=$1 helper_name=$2 helper_program=${PEER%/*}/$3
	shift 3
	ip netns exec "$lab_ns" "$helper_program" "$@" >"$dir/$helper_name" 2>&1 &
	helper=$!
	pids="$pids $helper"
	wait_for "$dir/$helper_name" ready
}

helper_stop() { # PID
	kill "$1"
	wait "$1"
}

# A TAP device of the server and a peer made by hand on its other side, at 10.96.NUMBER.2 or fd96:NUMBER::2, whose
# segments GRO joins: tap_talk NUMBER TO PORT [OPTIONS of tap.c]. tap_wait NUMBER waits until it has sent all.
tap_talk() {
	tap_number=$1 tap_from=10.96.$1.2
	case $2 in *:*) tap_from=fd96:$1::2 ;; esac
	shift
	helper_start "$server" "tap$tap_number" tap talk "tap$tap_number" "$tap_from" "$@"
	# GRO waits 200 ms for the rest of a burst: a guest is slow.
	in_ns "$server" sh -c "cd /sys/class/net/tap$tap_number && echo 200000000 >gro_flush_timeout && echo 1000 >napi_defer_hard_irqs"
	ip -n "$server" -batch - <<-END
		link set tap$tap_number address 02:00:00:00:96:01
		addr add 10.96.$tap_number.1/24 dev tap$tap_number
		addr add fd96:$tap_number::1/64 dev tap$tap_number nodad
		neigh replace 10.96.$tap_number.2 lladdr 02:00:00:00:96:02 dev tap$tap_number
		link set tap$tap_number up
		neigh replace fd96:$tap_number::2 lladdr 02:00:00:00:96:02 dev tap$tap_number
	END
}

tap_wait() { wait_for "$dir/tap$1" acked; }

# The scenario is wrong, not the tool, unless the two are the same.
same() { # WHAT GOT WANTED
	[ "$2" = "$3" ] || echo "false $1: $2, not $3" >>"$dir/expect"
}

at_least() { # WHAT GOT WANTED
	[ "$2" -ge "$3" ] || echo "false $1: $2, not $3 at least" >>"$dir/expect"
}

at_most() { # WHAT GOT WANTED
	[ "$2" -le "$3" ] || echo "false $1: $2, not $3 at most" >>"$dir/expect"
}

netns_number() { in_ns "$1" stat -L -c %i /proc/self/ns/net; }

# A counter of a device: device_count NAMESPACE DEVICE tx_dropped.
device_count() { in_ns "$1" cat "/sys/class/net/$2/statistics/$3"; }

# $denied: what tests/live/deny.c is to refuse the tool; "": nothing.
tool_start() { # NAMESPACE [OPTIONS]
	tool_ns=$1
	shift
	tool_start_everywhere "$tool_ns" --netns "$tool_ns" "$@"
}

# In all namespaces: an expression is to pick the scenario's packets. The namespace is the one whose retransmissions count.
tool_start_everywhere() { # NAMESPACE OPTIONS
	tool_ns=$1
	shift
	retransmitted_before=$(retransmitted "$tool_ns")
	${denied:+"${PEER%/*}/deny" "$denied"} "$TOOL" -w "$dir/drops.pcapng" "$@" 2>"$dir/summary" &
	tool=$!
	wait_for "$dir/summary" capturing
}

tool_stop() {
	kill -INT "$tool" 2>/dev/null
	wait "$tool"
	status=$?
	[ "$status" = 0 ] || say "$name: the tool ended with $status: $(cat "$dir/summary")"
	echo "status $status" >>"$dir/expect"
	expect_retransmitted
}

# A second capture beside the first, with --all, into all.pcapng.
all_start() { # OPTIONS
	"$TOOL" -w "$dir/all.pcapng" --all "$@" 2>"$dir/all-summary" &
	all_tool=$!
	pids="$pids $all_tool"
	wait_for "$dir/all-summary" capturing
}

all_stop() {
	kill -INT "$all_tool"
	wait "$all_tool"
}

expect_retransmitted() {
	echo "segments $(($(retransmitted "$tool_ns") - retransmitted_before))" >>"$dir/expect"
}

# A counter of the kernel, of /proc/net/snmp or netstat: mib NAMESPACE GROUP NAME.
mib() {
	in_ns "$1" awk -v group="$2:" -v name="$3" '
	$1 != group { next }
	!n { n = split($0, names); next }
	{ for (i = 2; i <= n; i++) if (names[i] == name) print $i; exit }' \
		/proc/net/snmp /proc/net/netstat
}

# tcpdump on the namespace's cable, into wire.pcap or another file; headers alone.
wire_start() { # NAMESPACE [FILE]
	wire_file=${2:-wire.pcap}
	ip netns exec "$1" tcpdump -i eth0 -Z root -s 200 -B 8192 -w "$dir/$wire_file" \
		2>"$dir/tcpdump-$wire_file" &
	wire=$!
	pids="$pids $wire"
	wait_for "$dir/tcpdump-$wire_file" 'listening on'
}

# The kernel hands over what it has at least once a second; what it then still has is lost.
wire_stop() {
	sleep 1.2
	kill -INT "$wire" 2>/dev/null
	wait "$wire"
}

# Compares the capture with wire captures, and goes on with the wire that has the verdicts on its frames
# and the events between: compare_wires [FILE...], wire.pcap alone by default. Each event is to have one.
compare_wires() {
	[ $# -gt 0 ] || set -- wire.pcap
	compare_drops=$dir/drops.pcapng
	for file in "$@"; do
		shift
		set -- "$@" "$dir/$file"
	done
	"$TOOL" compare --json "$compare_drops" "$@" >"$dir/compare.json" 2>"$dir/compare" ||
		echo "false compare failed: $(cat "$dir/compare")" >>"$dir/expect"
	[ $# = 1 ] || return 0
	"$TOOL" compare -v -w "$dir/compare.pcapng" "$compare_drops" "$@" >"$dir/compare" 2>&1
	echo "file compare.pcapng" >>"$dir/expect"
}

# COUNT events of compare's JSON have all these texts: in_json COUNT TEXT...
in_json() {
	in_json_count=$1 in_json_texts=$*
	shift
	cp "$dir/compare.json" "$dir/in_json"
	for wanted in "$@"; do
		grep -F '{"time":' "$dir/in_json" | grep -F "$wanted" >"$dir/in_json_next"
		mv "$dir/in_json_next" "$dir/in_json"
	done
	in_json_found=$(wc -l <"$dir/in_json")
	[ "$in_json_found" = "$in_json_count" ] ||
		echo "false compare.json has $in_json_found of $in_json_texts" >>"$dir/expect"
}

# COUNT events that match have this verdict, and no other: verdict COUNT VERDICT FILTER.
verdict() {
	verdict_count=$1 verdict_name=$2
	shift 2
	expect "$verdict_count" "tcpdropcap.verdict == \"$verdict_name\" && $*"
	expect 0 "tcpdropcap.verdict && !(tcpdropcap.verdict == \"$verdict_name\") && $*"
}

# The same of both families: verdict_both COUNT4 COUNT6 VERDICT FILTER.
verdict_both() {
	verdict4=$1 verdict6=$2
	shift 2
	verdict "$verdict4" "$1" "ip && $2"
	verdict "$verdict6" "$1" "ipv6 && $2"
}

# All events that match, and there are some, have this verdict: all_verdict VERDICT FILTER.
all_verdict() {
	echo "some tcpdropcap.verdict == \"$1\" && $2" >>"$dir/expect"
	expect 0 "tcpdropcap.verdict && !(tcpdropcap.verdict == \"$1\") && $2"
}

# Something on the wire before and behind all else, so that the capture covers the rest.
mark_wire() { connect "$client" "$server4" 9 -t 10; }

# What the running kernel can say, by the names in its own type information: no version is looked up.
# The names that scenarios may ask for are picked once (provoke.sh).
kernel_has() { grep -qx "$1" "$results/kernel-names"; }

# The filter for drops with that reason; on kernels without it, there must be none.
reason() {
	if kernel_has "SKB_DROP_REASON_$1"; then
		echo "tcpdropcap.reason == \"$1\""
	elif kernel_has skb_drop_reason; then
		echo tcpdropcap.reason
	else
		echo '!tcpdropcap.reason'
	fi
}

# lacks WHAT: the tool has said at its start that the kernel does not let it have that. Where nothing is
# denied ($PERMITTED, as in a guest) it must not.
lacks() {
	grep -q "$1 will be missing" "$dir/summary" || return 1
	[ -z "${PERMITTED:-}" ] || [ -n "${denied:-}" ] ||
		echo "false the kernel permits it, yet $1 is said to be missing" >>"$dir/expect"
}

# The filter for the receiving socket's state: the kernel tells the socket of a receive drop, or the
# hooks on its way do, or the tool has said that it will be missing.
receiver() {
	if kernel_has rx_sk; then
		echo "tcpdropcap.sock == \"rx_sk\" && tcpdropcap.state == \"$1\""
	elif ! lacks 'socket and state of drops on receipt'; then
		echo "tcpdropcap.sock == \"fentry\" && tcpdropcap.state == \"$1\""
	else
		echo 'tcpdropcap.sock == "none" && !tcpdropcap.state'
	fi
}

# COUNT packets of the capture match the display filter.
expect() { # COUNT FILTER
	echo "count $*" >>"$dir/expect"
}

# At least one does.
expect_some() { # FILTER
	echo "some $*" >>"$dir/expect"
}

# The segments of those that match, one each unless the event says more, are so many.
expect_sum() { # COUNT FILTER
	echo "sum $*" >>"$dir/expect"
}

# expect_both COUNT4 COUNT6 FILTER
expect_both() {
	expect4=$1 expect6=$2
	shift 2
	expect "$expect4" "ip && $*"
	expect "$expect6" "ipv6 && $*"
}

# expect_owner FILTER PID SOURCE: the owner is right in all events, and sure where a scan was possible.
expect_owner() {
	found="$1 && tcpdropcap.state"
	expect 0 "$found && tcpdropcap.owner && !(tcpdropcap.owner_pid == $2)"
	if kernel_has BPF_FUNC_sock_from_file; then
		echo "some $found && tcpdropcap.owner_src == \"$3\"" >>"$dir/expect"
	else
		expect 0 "$found && tcpdropcap.owner_src == \"$3\""
	fi
}

# ss of the namespace's connections on a port, a value a line, what moves by itself left out.
ss_of() { # NAMESPACE FILTER
	in_ns "$1" ss -Htinm state established "$2" | tr ' ()' '\n,,' | tr ',' '\n' |
		grep -vE '^(lastrcv|lastsnd|lastack|busy|rwnd_limited|timer|pacing_rate|delivery_rate|send|rcv_rtt|[0-9.]+[KMG]?bps)'
}

# ss_value FILE NAME: a value of it in the units of tcp_info; "" if ss does not show it.
ss_value() {
	case $2 in
	rtt) awk -F'[:/]' '/^rtt:/ { printf "%.0f", $2 * 1000; exit }' "$1" ;;
	rttvar) awk -F'[:/]' '/^rtt:/ { printf "%.0f", $3 * 1000; exit }' "$1" ;;
	rto) awk -F: '/^rto:/ { printf "%.0f", $2 * 1000; exit }' "$1" ;;
	retrans) awk -F'[:/]' '/^retrans:/ { print $2; exit }' "$1" ;;
	total_retrans) awk -F'[:/]' '/^retrans:/ { print $3; exit }' "$1" ;;
	r | rb | w | tb | bl) sed -n "s/^$2\([0-9][0-9]*\)\$/\1/p" "$1" | head -1 ;;
	cc) sed -n 's/^\(cubic\|bbr\|reno\|dctcp\)$/\1/p' "$1" | head -1 ;;
	*) sed -n "s/^$2:\([0-9][0-9]*\)\$/\1/p" "$1" | head -1 ;;
	esac
}

# expect_ss FILE FILTER KEY=NAME...: events match, and each has for each key what ss shows.
expect_ss() {
	ss_file=$1 ss_filter=$2
	shift 2
	echo "some $ss_filter" >>"$dir/expect"
	for pair in "$@"; do
		wanted=$(ss_value "$ss_file" "${pair#*=}")
		if [ -z "$wanted" ]; then
			echo "false ss does not show ${pair#*=}" >>"$dir/expect"
		elif [ "${pair#*=}" = cc ]; then
			expect 0 "$ss_filter && !(tcpdropcap.cc == \"$wanted\")"
		else
			expect 0 "$ss_filter && !(tcpdropcap.${pair%=*} == $wanted)"
		fi
	done
}
