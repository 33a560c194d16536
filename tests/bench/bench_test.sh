#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: bench_test.sh BUILD
# shellcheck disable=SC2016 # backquotes of Markdown
# The bench with small counts: each row is there and holds what can be true. No time is judged.
dir=$1/bench-smoke status=0
if ! BENCH_DIR=$dir BENCH_RUNS=1 BENCH_PACKETS=20000 BENCH_LOSS=50000 BENCH_REPLAY=20000 BENCH_IDLE=1 BENCH_SETTLE=1 \
	sh "$TESTS/bench/bench.sh" "$1" >"$1/logs/bench-smoke" 2>&1; then
	echo "not ok bench: it failed: $(tail -1 "$1/logs/bench-smoke")"
	exit 1
fi

# expect WHAT PATTERN: a row that begins with WHAT has a measured value that matches; a peer may be missing.
expect() {
	measured=$(awk -F' [|] ' -v what="| $1" 'index($0, what) == 1 { sub(/ [|]$/, "", $3); print $3 }' "$dir/table")
	case $1=$measured in
	*"of that with"*"=not measured: "*) echo "skip bench: $1: ${measured#*: }" ;;
	*)
		if echo "$measured" | grep -qE "^($2)"; then
			echo "ok bench: $1"
		else
			echo "not ok bench: $1: '$measured'"
			status=1
		fi
		;;
	esac
}

# More than 0.
some='[0-9]*\.?[0-9]*[1-9][0-9.]*'
kept=' .* ns more a packet of [0-9]+; [0-9.]+% of events kept'

expect "generator's rate with the tool, of that without" "$some$kept"
expect 'the same, SYNs that nobody listens for' "$some$kept"
expect 'the same, 1,000 flows' "$some$kept"
expect 'the same, one flow, frames' "$some$kept"
for peer in tcpdump bpftrace 'perf record' xdpdump; do
	expect "generator's rate with the tool, of that with \`$peer" "$some .*leaves the generator $some .*keeps [0-9.]+%"
done
expect 'events lost' '[0-9]+'
missing=$(echo "$measured" | tr -cs '0-9' '\n' | awk '{ sum += $1 } END { print sum + 0 }')
expect 'every event in the file' '[0-9,]+ of 50,000: .* 0 without'
written=$(echo "${measured%% *}" | tr -d ,)
if [ $((written + missing)) -ge 50000 ] && [ "$written" -le 50000 ]; then
	echo "ok bench: each event is in the file or said to be missing"
else
	echo "not ok bench: $written events in the file and $missing said to be missing, of 50,000"
	status=1
fi
expect 'file bytes per event' "$some"
expect 'the same with .zst' "$some, of [0-9,]+ events; [0-9]+ lost"
expect 'idle cost' "$some .* an empty program counts $some"
expect 'BPF run time for a dropped SYN ' "$some"
expect 'BPF run time for a dropped SYN that the expression rejects' "$some"
expect 'user side: ring records to a file, as a flood' "$some .* bytes an event"
expect 'user side: ring records to a file, each with' "$some .* bytes an event"
for replayed in 'as a flood leaves them' 'each with its stack'; do
	expect "$replayed: its time over that of \`tcpdump -r" "$some .*X without the annotation: $some"
done
expect 'start to first' "$some .*stands in the file after $some"
expect 'the same with 200,000 kernel symbols' "$some .*stands in the file after $some"
expect 'resident memory' "$some MiB live.* $some MiB after a tenth.* $some MiB after all"
expect 'CPU when idle' '[0-9.]+%'
exit $status
