#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: run.sh RESULTS [SEED...]
# Rounds of the live generator: each is made from its seed (plan.lua) and played in its own
# namespaces (actors.c) while two captures run, one of all events and one with a filter; judge.lua
# compares them with the kernel's counters and the actors' reports. Without seeds, plays random ones
# for TORTURE_SECONDS. Needs root. TOOL and ACTORS are the programs, OPTIONS are further options for
# the captures (such as --all). The files of a failed round stay in RESULTS/SEED; with KEEP=1, those
# of the other rounds as well. AGAIN=0: no round is played again.
set -u
here=$(cd "$(dirname "$0")" && pwd)
results=$1
shift
: "${TOOL:?}" "${ACTORS:?}"
mkdir -p "$results"
results=$(cd "$results" && pwd)
prefix=q$(($$ % 100000)) round=0 failed=0 actors='' tools=''

# shellcheck source=tests/live/process_1.sh
. "$here/../live/process_1.sh"

say() { printf '%s\n' "$*" >&2; }

# Finds the features of this kernel and machine, by trying each in a namespace.
probe() {
	try=${prefix}probe
	ip netns add "$try" || return 1
	has() { # FEATURE COMMAND...
		feature=$1
		shift
		ip netns exec "$try" "$@" >/dev/null 2>&1 && features="$features $feature"
	}
	features=''
	ip -n "$try" link add v0 type veth peer name v1
	has macvlan ip link add m0 link v0 type macvlan
	has vxlan ip link add x0 type vxlan id 7 dstport 4789 dev v0
	has vlan ip link add link v0 name v0.7 type vlan id 7
	has tap ip tuntap add dev t0 mode tap
	has netem tc qdisc add dev v0 root netem loss 1%
	has ethtool ethtool -k v0
	has ingress nft 'add table netdev t; add chain netdev t i { type filter hook ingress device v0 priority 0; }'
	has egress nft 'add table netdev t; add chain netdev t e { type filter hook egress device v0 priority 0; }'
	has tproxy nft 'add table ip t; add chain ip t p { type filter hook prerouting priority 0; };
		add rule ip t p tcp dport 1 tproxy to :2 accept'
	[ -e /proc/sys/net/mptcp/enabled ] && features="$features mptcp"
	ip netns del "$try"
}

# Ends the processes that the round started, by pid, and removes its namespaces.
clean_up() {
	for pid in $actors $tools; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	actors='' tools=''
	if [ -e "$dir/names" ]; then
		while read -r _ ns; do
			# Otherwise a socket that retransmits keeps the namespace for minutes,
			# without a name.
			ip netns exec "$ns" ss -K >/dev/null 2>&1
			ip netns del "$ns" 2>/dev/null
		done <"$dir/names"
	fi
}

# until_holds FILE TEXT [PID]: waits for twenty seconds at most, and only while that process lives.
until_holds() {
	tries=0
	until grep -q "$2" "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -le 400 ] && kill -0 "${3:-$$}" 2>/dev/null || return 1
		sleep 0.05
	done
}

tool_start() { # NAME [OPTIONS]
	tool_name=$1
	shift
	# shellcheck disable=SC2086 # a list
	"$TOOL" -v -w "$dir/$tool_name.pcapng" -e drop,retransmit,synack,reset ${OPTIONS:-} "$@" \
		2>"$dir/$tool_name.summary" &
	tools="$tools $!"
}

# The second capture has a filter; the judge reads which one.
filtered_start() {
	one=$(sed -n "$((seed / 5 % $(wc -l <"$dir/names") + 1))p" "$dir/names")
	port=$((7000 + seed / 5 % 4 * 10 + 10))
	case $((seed % 6)) in
	0 | 1) filter="netns ${one% *}" && tool_start one --netns "${one#* }" ;;
	2) filter="port $port" && tool_start one tcp port $port ;;
	3) filter="family 6" && tool_start one --ipv6 ;;
	4) filter="state ESTABLISHED" && tool_start one --state ESTABLISHED ;;
	5) filter="reason NETFILTER_DROP" && tool_start one --reason NETFILTER_DROP ;;
	esac
	echo "$filter" >"$dir/one"
}

# All counters of the round's namespaces, in a section each; the backlogs' counters are the
# machine's.
count() { # FILE
	while read -r role ns; do
		ip netns exec "$ns" sh -c "echo '# role $role'; cat /proc/net/snmp /proc/net/netstat
			echo '# snmp6'; cat /proc/net/snmp6
			echo '# nft'; nft list counters; echo '# tc'; tc -s qdisc; echo '# link'; ip -s -o link"
	done <"$dir/names" >"$1" 2>/dev/null
	{
		echo '# softnet'
		cat /proc/net/softnet_stat
	} >>"$1"
}

# Waits until no counter changes, for a second at most, so that counters and captures end at the
# same point.
settle() {
	for _ in 1 2 3 4 5; do
		date +%s.%N >"$dir/until"
		count "$dir/counters"
		sleep 0.15
		count "$dir/counters2"
		cmp -s "$dir/counters" "$dir/counters2" && return
	done
}

# The actors that still run are cables: if they ended before the capture, their devices would drop
# packets.
actors_stop() {
	kill "$actors" 2>/dev/null
	wait "$actors"
	actors=''
}

tools_stop() {
	for pid in $tools; do
		kill -INT "$pid"
	done
	for pid in $tools; do
		wait "$pid"
		echo $?
	done >"$dir/status"
	tools=''
}

# Plays a round; a round that cannot be played is a failure, too.
play() {
	# shellcheck disable=SC2086 # a list
	lua5.4 "$here/plan.lua" "$seed" "$prefix-$round" $((($$ + round) % 2048)) "$dir" $features || return 1
	sh "$dir/setup" >"$dir/setup.log" 2>&1 || {
		say "seed $seed: setup: $(head -2 "$dir/setup.log")"
		return 1
	}
	while read -r role ns; do
		echo "$role $(stat -L -c %i "/run/netns/$ns")"
	done <"$dir/names" >"$dir/inodes"
	head -1 /proc/net/softnet_stat >/dev/null
	{
		echo '# softnet'
		cat /proc/net/softnet_stat
	} >"$dir/softnet"
	tool_start all
	filtered_start
	until_holds "$dir/all.summary" capturing && until_holds "$dir/one.summary" capturing || {
		say "seed $seed: tcpdropcap does not start: $(cat "$dir/all.summary" "$dir/one.summary")"
		return 1
	}
	"$ACTORS" "$dir/plan" >"$dir/actors" 2>"$dir/actors.log" &
	actors=$!
	until_holds "$dir/actors" '^done' "$actors" || {
		say "seed $seed: actors: $(head -3 "$dir/actors.log")"
		return 1
	}
	settle
	tools_stop
	actors_stop
	count "$dir/counters2"
	for name in all one; do
		"$TOOL" -q -r "$dir/$name.pcapng" --json >"$dir/$name.json" 2>"$dir/$name.read" ||
			say "seed $seed: $name.pcapng cannot be read"
		tcpdump -Z root -enr "$dir/$name.pcapng" >"$dir/$name.macs" 2>/dev/null
	done
}

judged_round() {
	process_1_forget
	round=$((round + 1))
	rm -rf "$dir"
	mkdir -p "$dir"
	if play; then
		clean_up
		lua5.4 "$here/judge.lua" "$dir" >"$dir/verdict" 2>&1
	else
		clean_up
		echo "not ok torture $seed: the round could not be played" >"$dir/verdict"
		return 1
	fi
}

# Whether the kernel may have run no hook in process 1. Without a trace, that is not known.
has_missed() { ! process_1_is_watched || process_1_has_missed; }

# A round that fails while that happened is played again, twice at most. A failure that does not
# occur again is reported as skipped, and its files are kept.
one_round() { # SEED
	seed=$1 dir=$results/$1
	if judged_round; then
		cat "$dir/verdict"
		[ "${KEEP:-0}" != 0 ] || rm -rf "$dir"
		return
	fi
	for _ in 1 2; do
		[ "${AGAIN:-1}" != 0 ] && has_missed || break
		rm -rf "$dir.first"
		mv "$dir" "$dir.first"
		judged_round || continue
		grep -v '^|' "$dir/verdict"
		sed -n 's/^not ok \(torture [0-9]*\): /skip \1: did not occur again: /p' "$dir.first/verdict"
		return
	done
	cat "$dir/verdict"
	failed=1
}

dir=/nonexistent
trap 'clean_up; process_1_unwatch' EXIT
trap 'exit 1' INT TERM HUP
probe || exit 1
process_1_watch 2>/dev/null
if [ $# -gt 0 ]; then
	for seed in "$@"; do
		one_round "$seed"
	done
else
	end=$(($(date +%s) + ${TORTURE_SECONDS:-1800}))
	while [ "$(date +%s)" -lt "$end" ]; do
		one_round "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')"
	done
fi
exit $failed
