#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: check.sh TOOL PEER CACHE RESULTS VERSION...
# Plays the scenarios on other kernels: boots each, two at a time, and judges here the captures that
# its guest leaves; then prints a line for each kernel and scenario, and a table of what each kernel
# supports. A kernel that cannot be downloaded is skipped with its reason; fewer than four kernels
# is a failure, unless fewer were requested.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tool=$1 peer=$2 cache=$3 results=$4
shift 4
# Each hook, on every kernel.
scenarios="input-drop probe-attempts rto reset synack-retransmit syn-retransmit owner-listener no-loss life-ends
	state-count"
# What else a capture does, and which packets are drops, which are not, and who owns them. With
# WHOLE, only these kernels play them.
whole_kernels=${WHOLE:-$*}
whole="listen-drops qdisc-queues no-socket reader-gone output-drop within-tcp loopback refused purged-queue expression bpf-symbols module-symbols
	life-before life-bytes life-short life-odd top top-orphan
	gro-read gro-drop no-route sniffer-copies timestamp-copies time-wait owner-never-wrong owner-reused answered-probes
	forwarded gso-drop tun-full odd-headers account chains tunnels fragments
	outside tcp-counters"
# Of these, the ones that meet what only old kernels have: no reasons, no socket in the tracepoint,
# tcp_drop() without one, no bpf_sock_from_file(), other structures. The kernels in DIFFERING play
# these alone.
differing="listen-drops qdisc-queues no-socket output-drop within-tcp loopback refused purged-queue expression
	life-before life-bytes life-short life-odd top sniffer-copies timestamp-copies time-wait
	owner-never-wrong owner-reused answered-probes forwarded gso-drop odd-headers chains fragments
	outside tcp-counters"
# The guest of this kernel has two CPUs, and plays these scenarios too. It is no part of `make
# check`: under emulation a connection takes so long that it is tried again, which the scenarios
# count.
two_cpus=${TWO_CPUS:-none}
cpus_scenarios="several-cpus stopped-capture"
# The guest of this kernel is suspended once, after its other scenarios.
suspended=${SUSPENDED:-6.12}
mkdir -p "$cache" "$results"

scenarios_of() { # VERSION
	of_version=$scenarios
	case " $whole_kernels " in
	*" $1 "*) of_version="$of_version $whole" ;;
	*) case " ${DIFFERING:-} " in *" $1 "*) of_version="$of_version $differing" ;; esac ;;
	esac
	[ "$1" != "$suspended" ] || of_version="$of_version suspend"
	[ "$1" != "$two_cpus" ] || of_version="$of_version $cpus_scenarios"
	echo "$of_version"
}

cpus_of() { [ "$1" = "$two_cpus" ] && echo 2 || echo 1; } # VERSION

# Leaves RESULTS/VERSION with VERSION.judged and .status, or the reason in RESULTS/VERSION.failed or
# .skipped. A guest may stall in its emulation for longer than any real kernel: the scenarios that
# failed are played again in a guest of their own, twice at most, and VERSION.again says so in a
# line for each.
boot() { # VERSION
	version=$1
	rm -rf "${results:?}/$version" "$results/$version".*
	log=$results/$version.log
	sh "$here/fetch.sh" "$cache" "$version" 2>"$log"
	status=$?
	if [ $status = 77 ]; then
		echo "Debian has no cloud kernel of it to download" >"$results/$version.skipped"
		return
	fi
	if [ $status != 0 ]; then
		tail -1 "$log" >"$results/$version.failed"
		return
	fi
	to_play=$(scenarios_of "$version")
	for next in second third no; do
		# shellcheck disable=SC2086 # a list of names
		attempt "$version" $to_play && break
		[ $next != no ] && set_aside "$version" $next || break
	done
	[ ! -e "$results/$version.judged" ] ||
		cat "$results/$version.aside" >>"$results/$version.judged" 2>/dev/null
}

# After an attempt that failed: sets $to_play to what is to be played again, and puts the results of
# the other scenarios aside. Returns 1 if there is nothing to be played.
set_aside() { # VERSION NEXT-TRY
	rm -rf "$results/$1.before-$2"
	mv "$results/$1" "$results/$1.before-$2"
	if [ -e "$results/$1.failed" ]; then
		echo "this is a $2 try; in the one before: $(cat "$results/$1.failed")" >>"$results/$1.again"
		return
	fi
	to_play=$(sed -n 's/^not ok \([a-z0-9-]*\):.*/\1/p' "$results/$1.judged" | sort -u)
	for name in $to_play; do
		grep -m1 "^not ok $name:" "$results/$1.judged" |
			sed "s/^not ok \([^:]*\):/\1: this is a $2 try; in the one before:/" >>"$results/$1.again"
		sed -i "/^[a-z ]* $name: /d" "$results/$1.judged"
	done
	cat "$results/$1.judged" >>"$results/$1.aside"
	[ -n "$to_play" ]
}

# Returns 0 if all checks of these scenarios passed.
attempt() { # VERSION SCENARIO...
	attempted=$1
	shift
	rm -f "$results/$attempted.judged" "$results/$attempted.status"
	if ! sh "$here/initrd.sh" "$cache" "$attempted" "$tool" "$peer" "$@" 2>>"$results/$attempted.log"; then
		tail -1 "$results/$attempted.log" >"$results/$attempted.failed"
		return 1
	fi
	GUEST_CPUS=$(cpus_of "$attempted") sh "$here/boot.sh" "$cache/$attempted" "$results/$attempted" \
		>"$results/$attempted.failed" || return 1
	rm "$results/$attempted.failed"
	sh "$here/../live/judge.sh" "$results/$attempted" dissector/tcpdropcap.lua "$@" >"$results/$attempted.judged"
	echo $? >"$results/$attempted.status"
	return "$(cat "$results/$attempted.status")"
}

# No kernel of a guest refuses a hook, except that 5.10 lacks a helper.
refusals() { # RELEASE PROBE
	refused=$(grep '^  refused ' "$2" | grep -v 'iter/task_file .* Operation not supported')
	if [ -z "$refused" ] && grep -q '^  attached ' "$2"; then
		echo "ok $1: --probe attaches each hook that is needed"
	else
		echo "not ok $1: --probe attaches each hook that is needed: $refused"
		return 1
	fi
}

# A line for each scenario: "| RELEASE SCENARIO: N passed, N failed".
summarize() { # RELEASE JUDGED
	sed -n 's/^\(ok\|not ok\|skip\) \([a-z-]*\)[: ].*/\2 \1/p' "$2" | awk -v release="$1" '
		!($1 in seen) { seen[$1] = 1; order[++n] = $1 }
		{ count[$1, $2]++ }
		END { for (i = 1; i <= n; i++) printf "| %s %s: %d passed, %d failed, %d skipped\n",
			release, order[i], count[order[i], "ok"], count[order[i], "not"], count[order[i], "skip"] }'
}

# Makes the cache of package lists once, before two workers need it.
sh "$here/fetch.sh" "$cache" "$1" >/dev/null 2>&1
# Two workers: each boots the next version that the other has not claimed, those that play the most
# scenarios first.
claims=$(mktemp -d)
longest_first() {
	for version in "$@"; do
		echo "$(scenarios_of "$version" | wc -w) $version"
	done | sort -s -k 1,1nr | cut -d ' ' -f 2
}
worker() { # VERSION...
	for worker_version in "$@"; do
		(set -C && : >"$claims/$worker_version") 2>/dev/null || continue
		boot "$worker_version"
	done
}
# shellcheck disable=SC2046 # a list
set -- $(longest_first "$@")
worker "$@" &
worker "$@" &
wait
rm -rf "$claims"

ran=0 status=0
for version in "$@"; do
	[ ! -e "$results/$version.again" ] || sed "s/^/skip kernel $version: /" "$results/$version.again"
	if [ -e "$results/$version.skipped" ]; then
		echo "skip kernel $version: $(cat "$results/$version.skipped")"
	elif [ -e "$results/$version.failed" ]; then
		echo "not ok kernel $version: $(cat "$results/$version.failed")"
		status=1
	else
		ran=$((ran + 1))
		release=$(cat "$results/$version/release")
		[ "$(cat "$results/$version.status")" = 0 ] || status=1
		sed "s/^\(ok\|not ok\|skip\) /\1 $release: /" "$results/$version.judged"
		refusals "$release" "$results/$version/probe" || status=1
		summarize "$release" "$results/$version.judged"
	fi
done
if [ $ran -lt 4 ] && [ $# -ge 4 ]; then
	echo "not ok kernels: only $ran of $# ran, too few to say anything"
	status=1
fi
sh "$here/table.sh" "$results" "$@"
exit $status
