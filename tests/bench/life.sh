#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: life.sh BUILD [CONNECTIONS [ROUNDS]]
# Measures what following the lives of connections costs: short connections of two processes over a
# cable, as fast as they can, and 10,000 a second; without a capture, with one that has no event to
# report (owners alone), with the lines of `life`, and with the tools that print the same, if they
# are installed: tcplife.bt of bpftrace and tcplife of bcc. The rounds alternate. Each connection
# ends twice: both processes are on this host. Needs root; removes what it has made.
#
# tcplife.bt has a kprobe, and names from the headers of the kernel. Where there are none, the same
# program is measured at the tracepoint of the same event. bcc does not work without these headers.
#
#   LIFE_PEERS   programs to compare with (bpftrace bcc)
# shellcheck disable=SC2154,SC2034,SC2016 # variables of the sourced parts
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 tests=$1/tests name=life prefix=b$$
connections=${2:-10000} rounds=${3:-9} rate=10000 port=7999
peers=${LIFE_PEERS-bpftrace bcc}
TOOL=${TOOL:-$build/tcpdropcap} PEER=$build/tests/peer
dir=$(mktemp -d)

# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/bench/peers.sh
. "$here/peers.sh"

clean_up() {
	trap "" INT TERM HUP
	lab_down
	rm -rf "$dir"
}

# The server has 250 addresses (connections.c). TIME_WAIT has room for all connections of a minute.
addresses_up() {
	ip -n "$server" route add local 198.18.0.0/24 dev lo &&
		ip -n "$client" route add 198.18.0.0/24 via "$server4" &&
		in_ns "$client" sysctl -q -w net.ipv4.tcp_max_tw_buckets=4000000
}

have_ended() {
	[ -z "$(in_ns "$server" ss -Htan state connected exclude time-wait)$(in_ns "$client" ss -Htan state connected exclude time-wait)" ]
}

# run ROWS [RATE]: appends "rate R cpu NS" to the rows; cpu has both processes.
run() {
	rm -f "$dir/server" # the one of the previous run has "ready" too
	nsenter --net="/run/netns/$server" "$tests/connections" serve $port "$connections" >"$dir/server" &
	accepting=$!
	wait_for "$dir/server" ready || return 1
	said=$(nsenter --net="/run/netns/$client" "$tests/connections" connect 198.18.0.1 $port "$connections" ${2:+"$2"}) &&
		wait "$accepting" && wait_until 'end of the last connection' have_ended || return 1
	echo "rate $(echo "$said" | field rate) cpu $(calc '%.0f' "$(echo "$said" | field cpu) + $(field cpu <"$dir/server")")" >>"$dir/$1"
}

# start_NAME begins a capture, stop_NAME ends it and sets $lines to the ends that it has of ours, or
# says that it has missed.
start_none() { :; }
stop_none() { lines=; }

start_ours() { # OPTION...
	rm -f "$dir/summary"
	"$TOOL" "$@" >"$dir/lines" 2>"$dir/summary" &
	watcher=$!
	pids="$pids $watcher"
	wait_for "$dir/summary" capturing
}

stop_ours() {
	kill -INT "$watcher" && wait "$watcher" || return 1
	lines=$(grep -cw $port "$dir/lines")
	unseen=$(sed -n 's/.*: \([0-9]*\) connections\{0,1\} ended while the kernel ran no hook.*/\1/p' "$dir/summary")
	lines=$((lines + ${unseen:-0}))
}

start_owners() { start_ours -e reset; }
stop_owners() { stop_ours && lines=; }
start_life() { start_ours life; }
stop_life() { stop_ours; }

# start_printer READY COMMAND...: a program that prints lines.
start_printer() {
	rm -f "$dir/lines"
	ready=$1
	shift
	(with_tracefs "$@") >"$dir/lines" 2>"$dir/errors" &
	watcher=$!
	pids="$pids $watcher"
	until holds "$dir/lines" "$ready"; do
		[ -e "/proc/$watcher" ] || return 1
		sleep 0.2
	done
	sleep 1 # bpftrace prints its title before its probe is attached
}

stop_printer() {
	end_peer
	lines=$(grep -c " 198\.18\.0\." "$dir/lines") || lines=0
}

tcplife=
start_bpftrace() {
	if [ -z "$tcplife" ]; then
		tcplife=$(command -v tcplife.bt) || { echo 'not installed' >"$dir/errors"; return 1; }
		start_printer PID bpftrace "$tcplife" && return
		sed '/^#ifndef BPFTRACE_HAVE_BTF/,/^#else/d; /^#/d
			s/^kprobe:tcp_set_state/tracepoint:sock:inet_sock_set_state/
			s/\<arg0\>/args->skaddr/; s/\<arg1\>/args->newstate/
			s/\<TCP_SYN_SENT\>/2/g; s/\<TCP_FIN_WAIT1\>/4/g; s/\<TCP_CLOSE\>/7/g
			s/\<TCP_LAST_ACK\>/9/g; s/\<AF_INET\>/2/g; s/\<AF_INET6\>/10/g' "$tcplife" >"$dir/tcplife.bt"
		tcplife=$dir/tcplife.bt
		moved=', at a tracepoint'
	fi
	start_printer PID bpftrace "$tcplife"
}

moved=
stop_bpftrace() { stop_printer; }
start_bcc() { start_printer PID env PYTHONUNBUFFERED=1 tcplife-bpfcc; }
stop_bcc() { stop_printer; }

# round WATCHER: both loads during that capture.
round() {
	for load in full "$rate"; do
		"start_$1" && run "$1.$load" ${load##full} && "stop_$1" || return 1
		[ -z "$lines" ] || echo "$lines" >>"$dir/$1.$load.lines"
	done
}

# Prints why a watcher cannot be measured.
try() {
	"start_$1" && "stop_$1" && return
	echo "| $2 | not measured: $(tail -1 "$dir/errors" 2>/dev/null) |"
	return 1
}

values() { field "$2" <"$dir/$1"; } # ROWS NAME

# The ratio of each round to the round without a capture beside it.
ratio() { # WATCHER LOAD NAME
	values "none.$2" "$3" >"$dir/base"
	values "$1.$2" "$3" >"$dir/with"
	ratios "$dir/with" "$dir/base" | spread '%.3f'
}

# The fastest round is the one that other programs have disturbed least.
best() { values "$1.$2" rate | sort -n | tail -1; } # WATCHER LOAD

report() { # WATCHER LOAD TITLE
	missing=-
	[ ! -s "$dir/$1.$2.lines" ] ||
		missing=$(awk -v all=$((2 * connections)) '{ print all - $1 }' "$dir/$1.$2.lines" | spread '%.0f')
	echo "| $3 | $(values "$1.$2" rate | spread '%.0f') | $(best "$1" "$2"): $(calc '%.3f' "$(best "$1" "$2") / $(best none "$2")") | $(values "$1.$2" cpu | spread '%.0f') | $(ratio "$1" "$2" cpu) | $missing |"
}

table() { # LOAD TITLE
	echo
	echo "| $2 | connections a second | best round: that without = 1 | CPU time of a connection (ns) | : without | of $((2 * connections)) ends, missing without a word |"
	echo "|---|---|---|---|---|---|"
	report none "$1" none
	report owners "$1" 'owners alone (`-e reset`)'
	report life "$1" '`life`'
	for peer in $watched; do
		case $peer in
		bpftrace) report bpftrace "$1" "\`tcplife.bt\` of bpftrace$moved" ;;
		bcc) report bcc "$1" '`tcplife` of bcc' ;;
		esac
	done
}

trap clean_up EXIT
trap 'exit 1' INT TERM HUP
lab_up && addresses_up || { say 'life: cannot make namespaces: run as root'; exit 1; }
run warm-up
watched=
for peer in $peers; do
	try "$peer" "$peer" && watched="$watched $peer"
done
for _ in $(seq "$rounds"); do
	for watcher in none owners life $watched; do
		round "$watcher" || say "life: a round of $watcher failed"
	done
done
table full 'as fast as they can'
table "$rate" "$rate a second"
