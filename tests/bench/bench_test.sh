#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: bench_test.sh BUILD
# shellcheck disable=SC2016 # backquotes of Markdown
# Runs the bench with small counts: each row exists and has a possible value. No time is judged.
dir=$1/bench-smoke status=0
if ! BENCH_DIR=$dir BENCH_RUNS=1 BENCH_PACKETS=20000 BENCH_LOSS=50000 BENCH_REPLAY=20000 BENCH_IDLE=1 BENCH_SETTLE=1 \
	sh "$TESTS/bench/bench.sh" "$1" >"$1/logs/bench-smoke" 2>&1; then
	echo "not ok bench: it failed: $(tail -1 "$1/logs/bench-smoke")"
	exit 1
fi

# expect WHAT PATTERN: the row that begins with WHAT has a measured value that matches; a peer may
# be missing.
expect() {
	measured=$(awk -F' [|] ' -v what="| $1" 'index($0, what) == 1 { sub(/ [|]$/, "", $3); print $3 }' "$dir/table")
	case $1=$measured in
	*"/ with "*"=not measured: "*) echo "skip bench: $1: ${measured#*: }" ;;
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
kept=' .* ns added to [0-9]+ ns per packet; [0-9.]+% of events kept'

expect "generator's rate with tcpdropcap / without" "$some$kept"
expect 'the same, SYNs to a port without a listener' "$some$kept"
expect 'the same, 1,000 flows' "$some$kept"
expect 'the same, one flow, 64 frames' "$some$kept"
for peer in tcpdump bpftrace 'perf record' xdpdump; do
	expect "generator's rate with tcpdropcap / with \`$peer" "$some .*leaves the generator $some .*keeps [0-9.]+%"
done
expect 'events lost' '[0-9]+'
missing=$(echo "$measured" | tr -cs '0-9' '\n' | awk '{ sum += $1 } END { print sum + 0 }')
expect 'every event in the file' '[0-9,]+ of 50,000: .* 0 without'
written=$(echo "${measured%% *}" | tr -d ,)
if [ $((written + missing)) -ge 50000 ] && [ "$written" -le 50000 ]; then
	echo "ok bench: each event is in the file or reported as missing"
else
	echo "not ok bench: $written events in the file and $missing reported as missing, of 50,000"
	status=1
fi
expect 'file bytes per event' "$some"
expect 'the same with .zst' "$some, of [0-9,]+ events; [0-9]+ lost"
expect 'idle cost' "$some .* an empty program takes $some"
expect 'BPF run time for a dropped SYN ' "$some"
expect 'BPF run time for a dropped SYN that the expression rejects' "$some"
expect 'user space: ring records to a file, as in a flood' "$some .* bytes per event"
expect 'user space: ring records to a file, a stack for each' "$some .* bytes per event"
for replayed in 'as in a flood' 'a stack for each event'; do
	expect "$replayed: time / time of \`tcpdump -r" "$some .*X without the annotation: $some"
done
expect 'start to first' "$some .*in the file after $some"
expect 'the same with 200,000 kernel symbols' "$some .*in the file after $some"
expect 'resident memory' "$some MiB live.* $some MiB after a tenth.* $some MiB after all"
expect 'CPU when idle' '[0-9.]+%'
exit $status
