#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: TOOL=... PEER=... suite.sh RESULTS tcpdropcap.lua [SCENARIO...]
# Plays and judges the scenarios (names or files), all by default. A scenario that fails while the
# kernel ran no hook in process 1 (process_1.sh) is played again, twice at most, and the output says
# so. Where it did not happen, the first failure counts.
set -u
here=$(cd "$(dirname "$0")" && pwd)
results=$1 dissector=$2
shift 2
mkdir -p "$results"

# shellcheck source=tests/live/process_1.sh
. "$here/process_1.sh"
trap process_1_unwatch EXIT
trap 'exit 1' INT TERM HUP

judge() {
	sh "$here/judge.sh" "$results" "$dissector" "$@"
	judge_status=$?
	[ $judge_status -le 1 ] || echo "not ok the judge: it died with exit status $judge_status"
}

failing() { sed -n 's/^not ok \([a-z0-9-]*\):.*/\1/p' "$results/judged" | sort -u; }

process_1_watch 2>/dev/null
sh "$here/provoke.sh" "$results" "$@"
judge "$@" >"$results/judged"
for attempt in second third; do
	again=$(failing)
	if [ -z "$again" ] || ! process_1_has_missed; then
		break
	fi
	for name in $again; do
		grep -m1 "^not ok $name:" "$results/judged" |
			sed "s/^not ok [^:]*/skip $name: this is a $attempt try; in the one before/"
		grep -v "^[a-z ]* $name: " "$results/judged" >"$results/others"
		mv "$results/others" "$results/judged"
	done
	# shellcheck disable=SC2086 # a list of names
	sh "$here/provoke.sh" "$results" $again
	# shellcheck disable=SC2086 # a list of names
	judge $again >>"$results/judged"
done
cat "$results/judged"
! grep -q '^not ok' "$results/judged"
