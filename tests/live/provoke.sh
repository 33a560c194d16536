#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: TOOL=... PEER=... provoke.sh RESULTS [SCENARIO...]
# Plays scenarios in namespaces of their own and leaves their captures for judge.sh, and the exit
# status of each in RESULTS/SCENARIO.status. Needs root, ip, nft. Prints nothing unless something is
# wrong.
set -u
here=$(cd "$(dirname "$0")" && pwd)
results=$1
shift
# The one that takes longest goes first.
# shellcheck disable=SC2012,SC2046 # names without spaces
[ $# -gt 0 ] || set -- timestamps $(cd "$here/scenarios" && ls | sed 's/\.sh$//; /^timestamps$/d')
: "${TOOL:?}" "${PEER:?}"
jobs=${JOBS:-4}
mkdir -p "$results"

run_scenario() {
	name=$(basename "$1" .sh)
	number=$2
	prefix=t$(($$ % 100000))x$number
	dir=$results/$name
	rm -rf "$dir" "$dir.status"
	mkdir -p "$dir"
	# shellcheck source=tests/live/lib.sh
	. "$here/lib.sh"
	# shellcheck source=tests/live/expect.sh
	. "$here/expect.sh"
	trap lab_down EXIT
	trap 'exit 1' INT TERM HUP
	lab_up || { say "$name: no namespaces"; exit 1; }
	# shellcheck disable=SC1090 # the scenario
	. "$1"
	scenario
	expect_no_more
}

# Enumerators of reasons and helpers, and the parameter rx_sk: a search of all names takes a second
# in a guest.
tr '\0' '\n' </sys/kernel/btf/vmlinux |
	grep -aE '^(SKB_DROP_REASON_|SK_RST_REASON_|BPF_FUNC_|skb_drop_reason$|qdisc_drop_reason$|rx_sk$)' >"$results/kernel-names"

# A player plays one scenario after the other: those that no other player has claimed.
claims=$results/claims
rm -rf "$claims"
mkdir "$claims"
play() { # SCENARIO...
	number=0
	for scenario in "$@"; do
		case $scenario in
		*/*) ;;
		*) scenario=$here/scenarios/$scenario.sh ;;
		esac
		number=$((number + 1))
		(set -C && : >"$claims/$number") 2>/dev/null || continue
		(run_scenario "$scenario" $number)
		echo $? >"$results/$(basename "$scenario" .sh).status"
	done
}

for _ in $(seq "$jobs"); do
	play "$@" &
done
wait
rm -rf "$claims"
