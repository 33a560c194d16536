#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: bench.sh BUILD
# Measures what tcpdropcap costs and keeps, and writes a table (docs/PERFORMANCE.md explains its
# rows) to BUILD/bench/table.md and to standard output. Needs root; figures to quote need a machine
# that runs nothing else.
# shellcheck disable=SC2154,SC2034,SC2016 # words and names of the parts; backquotes of Markdown
#   BENCH_RUNS    runs of each figure, in turn with the runs to which it is compared (5)
#   BENCH_PACKETS packets of a flood (400,000); for bpftrace and perf, which are slower, a quarter
#   BENCH_LOSS    packets of the long flood, and events for resident memory (5,000,000)
#   BENCH_REPLAY  events of a replay (1,000,000)
#   BENCH_IDLE    seconds of idleness (20)
#   BENCH_SYMBOLS kernel symbols for the slow start (200,000)
#   BENCH_PEERS   programs to compare with (tcpdump bpftrace perf xdpdump)
#   BENCH_DIR     folder for files (BUILD/bench); the file of the long flood is large
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 tests=$1/tests dir=${BENCH_DIR:-$1/bench} name=bench
runs=${BENCH_RUNS:-5} packets=${BENCH_PACKETS:-400000} loss_packets=${BENCH_LOSS:-5000000}
replay_events=${BENCH_REPLAY:-1000000} idle_s=${BENCH_IDLE:-20} symbols=${BENCH_SYMBOLS:-200000}
peers=${BENCH_PEERS-tcpdump bpftrace perf xdpdump}
TOOL=$build/tcpdropcap PEER=$build/tests/peer prefix=b$$

# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/bench/peers.sh
. "$here/peers.sh"
# shellcheck source=tests/bench/user.sh
. "$here/user.sh"
# shellcheck source=tests/bench/start.sh
. "$here/start.sh"

clean_up() {
	lab_down
	[ -z "${memory-}" ] || [ "$memory" = "$dir" ] || rm -rf "$memory"
}

group() { echo "$1" | sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta'; }

say() { printf 'bench: %s\n' "$*" >&2; }

share() { # FLOOD WATCHER: the share of the packets that it kept, over all runs
	[ -s "$dir/kept.$1.$2" ] && awk '{ sum += $1 } END { printf "%.4g%%", 100 * sum / NR }' "$dir/kept.$1.$2"
}

# The cost of a packet with the watcher minus its cost without, from medians; independent of the
# generator's rate.
added_ns() { # FLOOD WATCHER
	calc '%.0f' "1e9 / $(median <"$dir/$1.$2") - 1e9 / $(median <"$dir/$1.none")"
}

row_rate() { # FLOOD WHAT TARGET
	measured=
	if [ -s "$dir/$1.tool" ]; then
		measured="$(ratios "$dir/$1.tool" "$dir/$1.none" | spread '%.2f'); $(
			added_ns "$1" tool) ns added to $(
			calc '%.0f' "1e9 / $(median <"$dir/$1.none")") ns per packet; $(
			share "$1" tool) of events kept"
	fi
	row "$2" "$3" "$measured"
}

# Events per second in tcpdropcap's output, divided by those in the peer's; "?" if the peer's number
# is unknown.
delivered() { # WATCHER
	if [ -s "$dir/kept.dropped.$1" ]; then
		calc '%.1f' "$(ratios "$dir/dropped.tool" "$dir/dropped.$1" | median) * $(median <"$dir/kept.dropped.tool") /
			($(median <"$dir/kept.dropped.$1") + 1e-9)"
	else
		echo '?'
	fi
}

row_peer() { # WATCHER LABEL TARGET
	measured='' why=$(cat "$dir/why.$1" 2>/dev/null)
	if [ -s "$dir/dropped.$1" ]; then
		measured="$(ratios "$dir/dropped.tool" "$dir/dropped.$1" | spread '%.2f'); it leaves the generator $(
			ratios "$dir/dropped.$1" "$dir/dropped.none" | spread '%.2f') and keeps $(
			share dropped "$1") of events: tcpdropcap records $(delivered "$1") times as many per second"
	fi
	row "generator's rate with tcpdropcap / with $2" "$3" "$measured"
}

# Each round runs each watcher once, so that other load on the machine affects all of them.
bench_floods() {
	watchers='none tool'
	for peer in $peers; do
		watchers="$watchers $peer"
	done
	for round in $(seq "$runs"); do
		say "floods, round $round of $runs"
		for watcher_name in $watchers; do
			[ ! -s "$dir/why.$watcher_name" ] || continue
			case $watcher_name in
			bpftrace | perf) count=$((packets / 4)) ;;
			*) count=$packets ;;
			esac
			watch dropped "$watcher_name" "$count" || echo "$why" >"$dir/why.$watcher_name"
		done
		for flood_of_round in unanswered flows frames; do
			watch $flood_of_round none "$packets" && watch $flood_of_round tool "$packets" || say "$why"
		done
	done
	row_rate dropped "generator's rate with tcpdropcap / without: SYNs that nftables drops" 'at least 0.85'
	row_rate unanswered 'the same, SYNs to a port without a listener' 'at least 0.85'
	row_rate flows 'the same, 1,000 flows, dropped' 'at least 0.85'
	row_rate frames 'the same, one flow, 64 frames per system call' '-'
	row_peer tcpdump '`tcpdump -s 128 -w`' '- (the floor)'
	row_peer bpftrace '`bpftrace` printing the same with its stack' 'at least 9'
	row_peer perf '`perf record -e skb:kfree_skb -a -g`' '-'
	row_peer xdpdump '`xdpdump -w`' '-'
}

bench_loss() {
	say 'the long flood'
	lost='' live_rss=
	if watch dropped tool "$loss_packets"; then
		live_rss=$tool_rss
		row "events lost in a flood of $(group "$loss_packets"), default ring" 0 \
			"${lost:-?}${missed:+, and $missed times a hook was skipped}"
		row 'every event in the file, with its own stack or the id of an earlier one' yes "$(
			group "$kept") of $(group "$loss_packets"): $(group "$(field own <"$dir/audit")") with their own stack, $(
			group "$(field sampled <"$dir/audit")") with an id, $(field without <"$dir/audit") without"
		row 'file bytes per event in a flood' 'at most 450' "$(calc '%.1f' "$bytes / ($kept + !$kept)")"
	else
		for what in 'events lost' 'every event in the file' 'file bytes per event'; do
			row "$what" '' ''
		done
	fi
	suffix=.zst
	measured=
	watch dropped tool "$packets" &&
		written=$(sed -n 's/.*; \([0-9]*\) written, .*/\1/p' "$dir/summary") &&
		measured="$(calc '%.1f' "$bytes / ($written + !$written)"), of $(group "$written") events; $lost lost"
	row 'the same with .zst' 'at most 60' "$measured"
	rm -f "$capture"
	suffix=
}

# program_ns RESULT FLOOD [OPTION...]: run time of both programs of the tracepoint, which run for
# each freed packet.
program_ns() {
	result=$1 flood_of_result=$2
	shift 2
	tool_under=$tests/bpf_stats tool_options="-v $*" why=''
	: >"$dir/$result.bpf"
	for _ in $(seq "$runs"); do
		watch "$flood_of_result" tool "$packets" && grep 'tp_btf/kfree_skb: [0-9]* runs' "$dir/summary" |
			awk '{ for (i = 2; i <= NF; i++) if ($i == "ns") sum += $(i - 1) } END { if (NR) print sum }' \
				>>"$dir/$result.bpf"
	done
	[ -s "$dir/$result.bpf" ] || why="${why:-the kernel counted no run: $(tail -1 "$dir/summary")}"
	tool_under='' tool_options=''
}

# The run time of a program that does nothing, by the same count.
empty_program_ns() {
	"$tests/bpf_stats" -e 1 >"$dir/empty" 2>/dev/null &
	empty=$!
	sleep 0.2
	flood udp "$((packets / 4))" >/dev/null
	wait $empty
	field ns <"$dir/empty"
}

bench_programs() {
	say 'the cost of the programs'
	program_ns idle udp
	nothing=$(empty_program_ns)
	row 'idle cost: BPF run time for a freed packet that is not TCP' 'under 100 ns' \
		"$(spread '%.0f' <"$dir/idle.bpf"), for two programs; an empty program takes ${nothing:-?}"
	program_ns kept dropped
	row 'BPF run time for a dropped SYN' '-' "$(spread '%.0f' <"$dir/kept.bpf")"
	program_ns rejected dropped tcp port 9
	row 'BPF run time for a dropped SYN that the expression rejects' '-' "$(spread '%.0f' <"$dir/rejected.bpf")"
}

bench_idle_cpu() {
	say 'idleness'
	measured=
	if start_tool; then
		sleep 1
		before=$(run_ns "$watcher")
		sleep "$idle_s"
		measured=$(calc '%.3f%%' "($(run_ns "$watcher") - $before) / ($idle_s * 1e7)")
		stop_tool
	fi
	row "CPU when idle, over $idle_s s" 'under 0.1% of one core' "$measured"
}

# CPU time of all threads, by the scheduler's count.
run_ns() { cat "/proc/$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

heading() {
	commit=$(git -C "$here" rev-parse --short HEAD 2>/dev/null)
	printf '%s, Linux %s, %s (%s cores), %s%s; medians of %s runs (lowest to highest)\n\n' "$(date +%F)" "$(uname -r)" \
		"$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$("$TOOL" -V)" \
		"${commit:+ at $commit}" "$runs"
	printf '| what | target | measured |\n|---|---|---|\n'
}

mkdir -p "$dir"
rm -f "$dir"/*.* "$dir/table"
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
if ! lab_up || ! rule "$server" input meta l4proto '{ tcp, udp }' th dport 7 drop; then
	say 'no namespaces: run as root'
	exit 1
fi
heading >"$dir/table"
load=$(cut -d' ' -f1 /proc/loadavg)
bench_floods
bench_loss
bench_programs
say 'user space'
bench_user
say 'starts'
bench_start
say 'memory'
bench_memory
bench_idle_cpu
printf '\nLoad before the first run: %s.\n' "$load" >>"$dir/table"
cp "$dir/table" "$dir/table.md"
cat "$dir/table.md"
