# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2153,SC2016 # $name, $dir and $prefix are the sourcing script's
# The lab: two namespaces, one cable, and a capture on one side. Sourced by the scripts that play
# scenarios; a scenario file defines scenario(), which uses these functions and those of expect.sh.
# $prefix is unique to the run. Needs ip, nft and peer.
#
#   $dir                  the folder of the scenario's results
#   $server $client       the namespaces; $server4 $server6 $client4 $client6 their addresses

server4=10.99.0.1 client4=10.99.0.2 server6=fd99::1 client6=fd99::2
server_mac=02:00:00:00:99:01 client_mac=02:00:00:00:99:02
pids=

# No tshark (4.0 to 4.6) has a protocol of one of these ports, which ephemeral ports and the source
# ports of VXLAN are chosen from: it would dissect what follows as that protocol.
unknown_ports='60002 65535'

say() { printf '%s\n' "$*" >&2; }

# One ip does all: in a guest, each further process costs a tenth of a second. Neighbours are known
# from the start, so that no packet waits for its neighbour's answer.
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
	in_ns "$1" sysctl -q -w net.ipv4.tcp_early_retrans=0 net.ipv4.ip_local_port_range="$unknown_ports"
}

# Ends the processes that the scenario started, by pid, and removes its namespaces.
lab_down() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	ip netns del "$prefix-s" 2>/dev/null
	ip netns del "$prefix-c" 2>/dev/null
}

# What the scenario starts from now on runs on one CPU, as do the softirqs in which the other side
# receives its packets: on two CPUs, a packet may overtake another.
on_one_cpu() {
	# shellcheck disable=SC2016 # the inner shell's
	sh -c 'taskset -p 1 "$PPID"' >"$dir/taskset" 2>&1 || echo "false taskset failed: $(cat "$dir/taskset")" >>"$dir/expect"
}

# No multicast reports, solicitations and advertisements from NAMESPACE: a queue would drop and
# count them, too.
without_icmpv6() { rule "$1" output meta l4proto icmpv6 drop; } # NAMESPACE

in_ns() {
	lab_ns=$1
	shift
	ip netns exec "$lab_ns" "$@"
}

# holds FILE TEXT: starts no process, which would take long in a guest.
holds() {
	[ -e "$1" ] || return 1
	while read -r line; do
		case $line in *"$2"*) return 0 ;; esac
	done <"$1"
	return 1
}

# wait_until WHAT COMMAND...: until the command succeeds. After thirty seconds the scenario has
# failed, but continues, so that its captures are there to look at.
wait_until() {
	what=$1 tries=0
	shift
	until "$@"; do
		tries=$((tries + 1))
		if [ $tries -gt 150 ]; then
			say "$name: no $what after thirty seconds"
			echo "false no $what after thirty seconds" >>"$dir/expect"
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
	: >"$dir/serve-$2-$1" # an earlier server may have been ready there
	ip netns exec "$lab_ns" "$PEER" serve "$@" >"$dir/serve-$2-$1" 2>&1 &
	pids="$pids $!"
	wait_for "$dir/serve-$2-$1" ready
}

connect() { # NAMESPACE ADDRESS PORT [OPTIONS]
	lab_ns=$1
	shift
	ip netns exec "$lab_ns" "$PEER" connect "$@" >>"$dir/owners" 2>>"$dir/connect"
}

# Both families at once; returns when all connections have ended.
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

# The namespace's count of segments sent again.
retransmitted() { in_ns "$1" awk '/^Tcp:/ && !/Retrans/ { print $13 }' /proc/net/snmp; }

# sent_again COUNT: since the capture began, in its namespace.
sent_again() { [ $(($(retransmitted "$tool_ns") - retransmitted_before)) -ge "$1" ]; }

# Other programs of the lab: inject.c and tap.c. Their output goes into $dir/NAME.
inject() { # NAMESPACE ARGUMENTS of "inject send"
	lab_ns=$1
	shift
	ip netns exec "$lab_ns" "${PEER%/*}/inject" send "$@" || echo "false inject $* failed" >>"$dir/expect"
}

helper_start() { # NAMESPACE NAME PROGRAM [ARGUMENTS]; its pid is in $helper
	lab_ns=$1 helper_name=$2 helper_program=${PEER%/*}/$3
	shift 3
	: >"$dir/$helper_name"
	ip netns exec "$lab_ns" "$helper_program" "$@" >"$dir/$helper_name" 2>&1 &
	helper=$!
	pids="$pids $helper"
	wait_for "$dir/$helper_name" ready
}

helper_stop() { # PID
	kill "$1"
	wait "$1"
}

# A TAP device of the server and a hand-made TCP peer on its other side, at 10.96.NUMBER.2 or
# fd96:NUMBER::2, whose segments GRO joins: tap_talk NUMBER TO PORT [OPTIONS of tap.c]. tap_wait
# NUMBER waits until it has sent all.
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

# Connections of the loopback device with a known life, both ends in the server's namespace:
# lives.c. Their owner's pid is in $lives_pid.
lives() { # HOW ADDRESS PORT COUNT [SENT RECEIVED]
	ip netns exec "$server" "${PEER%/*}/lives" "$@" >"$dir/lives" 2>&1 &
	lives_pid=$!
	wait $lives_pid
	grep -q '^ended' "$dir/lives" || echo "false lives $*: $(cat "$dir/lives")" >>"$dir/expect"
}

# The connections that the namespace has opened, actively and passively.
opens_of() { echo $(($(mib "$1" Tcp ActiveOpens) + $(mib "$1" Tcp PassiveOpens))); } # NAMESPACE

has_established() { # NAMESPACE COUNT FILTER of ss
	[ "$(in_ns "$1" ss -Htn state established "$3" | wc -l)" -ge "$2" ]
}

no_connection() { # NAMESPACE FILTER of ss
	[ -z "$(in_ns "$1" ss -Htan state connected exclude time-wait exclude syn-recv "$2")" ]
}

# TIME_WAIT, also in the place of FIN_WAIT2, is after the end: a time-wait socket has no inode.
all_ended() { # NAMESPACE
	[ -z "$(in_ns "$1" ss -Htan state connected exclude time-wait exclude fin-wait-2)" ]
}

netns_number() { in_ns "$1" stat -L -c %i /proc/self/ns/net; }

# A counter of a device: device_count NAMESPACE DEVICE tx_dropped.
device_count() { in_ns "$1" cat "/sys/class/net/$2/statistics/$3"; }

# $denied: the calls that tests/live/deny.c refuses the program under test; "": none.
tool_start() { # NAMESPACE [OPTIONS]
	tool_ns=$1
	shift
	tool_start_everywhere "$tool_ns" --netns "$tool_ns" "$@"
}

# Captures in all namespaces: OPTIONS must choose the scenario's packets. NAMESPACE is the one whose
# retransmissions are compared with the events.
tool_start_everywhere() { # NAMESPACE OPTIONS
	tool_ns=$1
	shift
	retransmitted_before=$(retransmitted "$tool_ns")
	rm -f "$dir/summary"
	${denied:+"${PEER%/*}/deny" "$denied"} "$TOOL" -v -w "$dir/drops.pcapng" "$@" 2>"$dir/summary" &
	tool=$!
	wait_for "$dir/summary" capturing
}

tool_stop() {
	retransmitted_at_end=$(retransmitted "$tool_ns")
	kill -INT "$tool" 2>/dev/null
	wait "$tool"
	status=$?
	[ "$status" = 0 ] || say "$name: the capture ended with $status: $(cat "$dir/summary")"
	echo "status $status" >>"$dir/expect"
	expect_retransmitted
}

# Whether the capture has written so many events: SIGUSR1 prints its counts.
has_written() { # COUNT
	kill -USR1 "$tool"
	sleep 0.2
	[ "$(sed -n 's/.*; \([0-9]*\) written.*/\1/p' "$dir/summary" | tail -1)" -ge "$1" ]
}

# A second capture beside the first, with --all, into all.pcapng.
all_start() { # OPTIONS
	: >"$dir/all-summary"
	"$TOOL" -w "$dir/all.pcapng" --all "$@" 2>"$dir/all-summary" &
	all_tool=$!
	pids="$pids $all_tool"
	wait_for "$dir/all-summary" capturing
}

all_stop() {
	kill -INT "$all_tool"
	wait "$all_tool"
}

# The capture ends between two looks at the counter: connections go on meanwhile.
expect_retransmitted() {
	echo "segments $((retransmitted_at_end - retransmitted_before))" \
		"$(($(retransmitted "$tool_ns") - retransmitted_before))" >>"$dir/expect"
}

# mib NAMESPACE GROUP NAME: a counter of the kernel, from /proc/net/snmp or netstat.
mib() {
	in_ns "$1" awk -v group="$2:" -v name="$3" '
	$1 != group { next }
	!n { n = split($0, names); next }
	{ for (i = 2; i <= n; i++) if (names[i] == name) print $i; exit }' \
		/proc/net/snmp /proc/net/netstat
}

# tcpdump on the namespace's cable, or on $wire_device, into wire.pcap or another file; headers
# only.
wire_start() { # NAMESPACE [FILE]
	wire_file=${2:-wire.pcap}
	: >"$dir/tcpdump-$wire_file"
	ip netns exec "$1" tcpdump -i "${wire_device:-eth0}" -Z root -s 200 -B 8192 -w "$dir/$wire_file" \
		2>"$dir/tcpdump-$wire_file" &
	wire=$!
	pids="$pids $wire"
	wait_for "$dir/tcpdump-$wire_file" 'listening on'
}

# The kernel hands packets over in blocks, a partly filled one after a second. What tcpdump has not
# received when it ends is lost: it ends once it has captured what the kernel counts (SIGUSR1 prints
# both counts).
wire_stop() { # [PID FILE]; otherwise of the last wire_start
	wire=${1:-$wire} wire_file=${2:-$wire_file}
	wait_until "end of tcpdump's backlog" wire_has_all
	kill -INT "$wire" 2>/dev/null
	wait "$wire"
}

wire_has_all() {
	kill -USR1 "$wire" || return 1
	sleep 0.2
	tr ',' '\n' <"$dir/tcpdump-$wire_file" | awk '{ sub(/^tcpdump: /, "") }
	/captured/ { captured = $1 }
	/received by filter/ { received = $1 }
	/dropped by kernel/ { dropped = $1 }
	END { exit received == "" || captured + dropped < received }'
}

# Frames before and after all others, so that the wire capture covers the time of the others.
mark_wire() { connect "$client" "$server4" 9 -t 10; }
