#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: top.sh BUILD [SECONDS [RUNS]]
# Measures what top costs: the rate of a bulk transfer by iperf3 with top, and with bcc's tcptop if
# it is installed, beside that without, in turn; and the CPU time of a round with 0, 100 and 10,000
# connections (20,000 sockets). bcc needs the headers of the kernel. Needs root.
# shellcheck disable=SC2154,SC2034 # variables of the sourced parts
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 seconds=${2:-5} runs=${3:-7} name=top prefix=b$$
TOOL=${TOOL:-$build/tcpdropcap} PEER=$build/tests/peer
dir=$(mktemp -d)
started='' port=5299

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

# One transfer on the loopback device: its rate, and the bytes for a percent of CPU time of both
# ends.
transfer() { # NAME
	iperf3 -s -1 -p $port >"$dir/server" 2>&1 &
	server=$!
	started="$started $server"
	wait_until 'the server to listen' listens
	iperf3 -c 127.0.0.1 -p $port -t "$seconds" -J >"$dir/line"
	wait "$server"
	awk -F '[:,]' -v name="$dir/$1" '
		/"sum_received"/ { received = 1 }
		received && /"bits_per_second"/ { rate = $2 / 8; received = 0 }
		/"host_total"|"remote_total"/ { cpu += $2 }
		END { printf "%.0f\n", rate >>name; printf "%.0f\n", rate / cpu >>(name ".cpu") }' "$dir/line"
}

listens() { [ -n "$(ss -Htln "sport = :$port")" ]; }

start_top() {
	start "$TOOL" top --json
	wait_for "$dir/out" 'counting from now on'
}

start_tcptop() {
	start env PYTHONUNBUFFERED=1 tcptop-bpfcc -C 1
	until grep -q 'Tracing' "$dir/out"; do
		[ -e "/proc/$last" ] || return 1
		sleep 0.2
	done
}

# A shell's background command ignores SIGINT, and Python leaves it so.
stop() {
	kill "$last"
	wait "$last" || :
}

report() { # WATCHER TITLE
	printf '| %s | %s |\n' "bulk transfer with $2, share of the rate without" \
		"$(ratios "$dir/$1" "$dir/none" | spread '%.3f') of $(calc '%.2f' "$(median <"$dir/none") / 1e9") GB/s"
	printf '| %s | %s |\n' 'the same by CPU time' "$(ratios "$dir/$1.cpu" "$dir/none.cpu" | spread '%.3f')"
}

watchers=top
start_tcptop && stop && watchers='top tcptop'
why=$(tail -1 "$dir/out")
for run in $(seq "$runs"); do
	say "bulk transfer, round $run of $runs"
	transfer none
	for watcher in $watchers; do
		start_"$watcher"
		transfer "$watcher"
		stop
	done
done
report top top
if [ "$watchers" = top ]; then
	printf '| %s | %s |\n' "bcc's tcptop" "not measured: $why"
else
	report tcptop "bcc's tcptop"
fi
for count in 0 100 10000; do
	say "$count connections"
	start "$build/tests/hold" $count
	wait_for "$dir/out" ready
	printf '| %s | %s ms |\n' "CPU time of a round with $count connections" "$(round_ms)"
	kill "$last"
	wait "$last" 2>/dev/null
done
