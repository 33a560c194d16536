#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs scenarios in namespaces of their own and leaves their captures for judge.sh.
#   TOOL=... PEER=... provoke.sh RESULTS [SCENARIO...]
# Needs root, ip, nft. Prints nothing unless something is wrong.
set -u
here=$(cd "$(dirname "$0")" && pwd)
results=$1
shift
[ $# -gt 0 ] || set -- "$here"/scenarios/*.sh
: "${TOOL:?}" "${PEER:?}"
jobs=${JOBS:-4}
mkdir -p "$results"

run_scenario() {
	name=$(basename "$1" .sh)
	number=$2
	prefix=t$(($$ % 100000))x$number
	dir=$results/$name
	rm -rf "$dir"
	mkdir -p "$dir"
	# shellcheck source=tests/live/lib.sh
	. "$here/lib.sh"
	trap lab_down EXIT
	trap 'exit 1' INT TERM HUP
	lab_up || { say "$name: no namespaces"; exit 1; }
	# shellcheck disable=SC1090 # the scenario
	. "$1"
	scenario
}

# Enumerators of reasons and helpers, and the parameter rx_sk: a search of all names takes a second in a guest.
tr '\0' '\n' </sys/kernel/btf/vmlinux |
	grep -aE '^(SKB_DROP_REASON_|SK_RST_REASON_|BPF_FUNC_|skb_drop_reason$|rx_sk$)' >"$results/kernel-names"

number=0
for scenario in "$@"; do
	case $scenario in
	*/*) ;;
	*) scenario=$here/scenarios/$scenario.sh ;;
	esac
	number=$((number + 1))
	(run_scenario "$scenario" $number) &
	[ $((number % jobs)) != 0 ] || wait
done
wait
