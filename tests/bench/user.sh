# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2016 # $dir, $tests and $runs are of bench.sh
# The user side alone, by replay, on one core and a file system in memory.

# timed COMMAND...: its seconds.
timed() {
	timed_start=$(now_ns)
	taskset -c "$last_cpu" "$@" >/dev/null 2>"$dir/timed" || return 1
	calc '%.3f\n' "($(now_ns) - $timed_start) / 1e9"
}

bench_user() {
	memory=$(mktemp -d /dev/shm/bench-XXXXXX 2>/dev/null) || memory=$dir
	taskset -c "$last_cpu" "$tests/replay" "$memory/events.pcapng" -n "$replay_events" >"$dir/said" &&
		tcpdump -r "$memory/events.pcapng" -w "$memory/events.pcap" 2>/dev/null
	for _ in $(seq "$runs"); do
		taskset -c "$last_cpu" "$tests/replay" "$memory/events.pcapng" -n "$replay_events" >"$dir/said" || break
		field rate <"$dir/said" >>"$dir/replay.rate"
		field seconds <"$dir/said" >>"$dir/replay.seconds"
		timed tcpdump -r "$memory/events.pcap" -w "$memory/copy.pcap" >>"$dir/tcpdump.seconds"
		timed tcpdump -r "$memory/events.pcapng" -w "$memory/copy.pcap" >>"$dir/tcpdump-pcapng.seconds"
	done
	replay_bytes=$(($(stat -c %s "$memory/events.pcapng") / replay_events))
	rm -f "$memory"/events.* "$memory/copy.pcap"
	[ "$memory" = "$dir" ] || rmdir "$memory"
	row 'user side: recorded ring records to a file, events/s on one core' 'at least 1,000,000' \
		"$(spread '%d' <"$dir/replay.rate"); $replay_bytes bytes an event"
	row 'the same against `tcpdump -r X -w Y` of as many packets, time' 'at most 3 times' \
		"$(ratios "$dir/replay.seconds" "$dir/tcpdump.seconds" | spread '%.2f'); X as the tool writes it: $(
		ratios "$dir/replay.seconds" "$dir/tcpdump-pcapng.seconds" | spread '%.2f')"
}

# Beside it what the live tool had, with its ring but few stacks.
bench_memory() {
	"$tests/replay" /dev/null -n "$loss_packets" -s 10000 >"$dir/memory"
	row "resident memory after $(group "$loss_packets") events" 'under 64 MiB, flat' "$(
		calc '%.1f MiB live with its ring; ' "${live_rss:-0} / 1024")$(
		calc '%.1f MiB' "$(field rss-early <"$dir/memory") / 1024") after a tenth of them replayed with 10,000 stacks, $(
		calc '%.1f MiB' "$(field rss-late <"$dir/memory") / 1024") after all"
}
