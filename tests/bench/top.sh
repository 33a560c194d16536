#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: top.sh BUILD [SECONDS [RUNS]]
# Measures what top costs: the rate of a bulk transfer with top beside that without it, in turn; and
# the CPU time of a round with 0, 100 and 10,000 connections (20,000 sockets). Needs root.
# shellcheck disable=SC2154,SC2034 # variables of the sourced parts
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 seconds=${2:-5} runs=${3:-7} name=top prefix=b$$
TOOL=${TOOL:-$build/tcpdropcap} PEER=$build/tests/peer
dir=$(mktemp -d)
started=

# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"

clean_up() {
	for pid in $started; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

start() { # COMMAND...: its stderr and stdout go into $dir/out
	"$@" >"$dir/out" 2>&1 &
	last=$!
	started="$started $last"
}

# The CPU time in ms that top has taken for so many rounds.
cpu_ms() { # ROUNDS
	(
		"$TOOL" top --json 1 "$1" >/dev/null 2>&1
		times
	) | tail -1 | sed 's/[ms]/ /g' | awk '{ print ($1 * 60 + $2 + $3 * 60 + $4) * 1000 }'
}

round_ms() { # a round, without the start
	first=$(cpu_ms 1)
	all=$(cpu_ms 11)
	calc '%.1f' "($all - $first) / 10"
}

transfer() { # NAME
	"$build/tests/bulk" send "$seconds" >"$dir/line"
	field rate <"$dir/line" >>"$dir/$1"
	field cpu <"$dir/line" >>"$dir/$1.cpu"
}

for run in $(seq "$runs"); do
	say "bulk transfer, round $run of $runs"
	transfer without
	start "$TOOL" top --json
	wait_for "$dir/out" 'counting from now on'
	transfer with
	kill -INT "$last"
	wait "$last"
done
printf '| %s | %s |\n' 'bulk transfer with top, share of the rate without' \
	"$(ratios "$dir/with" "$dir/without" | spread '%.3f') of $(calc '%.2f' "$(median <"$dir/without") / 1e9") GB/s"
printf '| %s | %s |\n' 'the same by CPU time' "$(ratios "$dir/with.cpu" "$dir/without.cpu" | spread '%.3f')"
for count in 0 100 10000; do
	say "$count connections"
	start "$build/tests/bulk" hold $count
	wait_for "$dir/out" ready
	printf '| %s | %s ms |\n' "CPU time of a round with $count connections" "$(round_ms)"
	kill "$last"
	wait "$last" 2>/dev/null
done
