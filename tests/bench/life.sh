#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: life.sh BUILD [CONNECTIONS [ROUNDS]]
# Measures what following the lives of connections costs: the rate of short connections over the
# loopback device, without a capture, with one that has no event to report (owners alone) and with
# -e life, in alternating rounds. Needs root; removes what it has made.
# shellcheck disable=SC2154,SC2034 # variables of the sourced parts
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 tests=$1/tests name=life prefix=b$$
connections=${2:-20000} rounds=${3:-9}
TOOL=${TOOL:-$build/tcpdropcap} PEER=$build/tests/peer
dir=$(mktemp -d)

# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"

clean_up() {
	trap "" INT TERM HUP
	lab_down
	rm -rf "$dir"
}

# measure NAME: appends the line of the generator to the rows of NAME.
measure() {
	nsenter --net="/run/netns/$server" taskset -c "$last_cpu" "$tests/connections" "$connections" >>"$dir/$1.rows"
}

# with NAME OPTIONS: the same during a capture.
with() {
	with_name=$1
	shift
	tool_options=$*
	start_tool || return 1
	measure "$with_name"
	kill -INT "$watcher" && wait "$watcher"
	rm -f "$capture"
}

column() { awk -v column="$2" '{ print $column }' "$dir/$1.rows"; } # NAME COLUMN

# The fastest round is the one that other programs have disturbed least.
best() { column "$1" 2 | sort -n | tail -1; }

report() { # NAME TITLE
	printf '| %s | %s | %s | %s |\n' "$2" "$(column "$1" 2 | spread '%.0f')" \
		"$(column "$1" 6 | spread '%.0f')" "$(calc '%.3f' "$(best "$1") / $(best none)")"
}

trap clean_up EXIT
trap 'exit 1' INT TERM HUP
lab_up || { say 'life: cannot make namespaces: run as root'; exit 1; }
measure none && rm "$dir/none.rows" # warms up
for _ in $(seq "$rounds"); do
	measure none
	with owners -e reset
	with life -e life
done
echo "| capture | connections a second | CPU time of a connection (ns) | best round : best without a capture |"
echo "|---|---|---|---|"
report none none
report owners 'owners alone (-e reset)'
report life '-e life'
