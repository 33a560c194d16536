# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2016 # variables of bench.sh ($dir, $tests, $runs)
# Measures user space alone, by replay, on one core and a file system in memory.

# timed COMMAND...: prints the command's seconds.
timed() {
	timed_start=$(now_ns)
	taskset -c "$last_cpu" "$@" >/dev/null 2>"$dir/timed" || { echo 0 && return; } # ratios() ignores it
	calc '%.3f\n' "($(now_ns) - $timed_start) / 1e9"
}

replay() { # FILE OPTION...: writes its line to $dir/said
	taskset -c "$last_cpu" "$tests/replay" "$@" -n "$replay_events" >"$dir/said"
}

# Writes the same events with tcpdropcap and with tcpdump, in turn; X is tcpdropcap's file.
bench_replay() { # NAME OPTION...
	name_of_replay=$1
	shift
	replay "$memory/x.pcapng" "$@"
	replay_bytes=$(($(stat -c %s "$memory/x.pcapng") / replay_events))
	for _ in $(seq "$runs"); do
		replay "$memory/events.pcapng" "$@" || break
		field rate <"$dir/said" >>"$dir/$name_of_replay.rate"
		field seconds <"$dir/said" >>"$dir/$name_of_replay.seconds"
		rm -f "$memory/events.pcapng"
		replay /dev/null "$@" && field rate <"$dir/said" >>"$dir/$name_of_replay.null"
		timed tcpdump -r "$memory/x.pcapng" -w "$memory/copy.pcap" >>"$dir/$name_of_replay.tcpdump"
		timed tcpdump -r "$memory/copy.pcap" -w "$memory/copy2.pcap" >>"$dir/$name_of_replay.classic"
		rm -f "$memory/copy2.pcap"
	done
	rm -f "$memory/x.pcapng" "$memory/copy.pcap"
	row "user space: ring records to a file, $name_of_replay, events/s on one core" 'at least 1,000,000' \
		"$(spread '%d' <"$dir/$name_of_replay.rate"); $replay_bytes bytes per event; to /dev/null $(
		spread '%d' <"$dir/$name_of_replay.null")"
	row "$name_of_replay: time / time of \`tcpdump -r X -w Y\` for as many packets" 'at most 3 times' "$(
		ratios "$dir/$name_of_replay.seconds" "$dir/$name_of_replay.tcpdump" |
			spread '%.2f'); X without the annotation: $(
		ratios "$dir/$name_of_replay.seconds" "$dir/$name_of_replay.classic" | spread '%.2f')"
}

bench_user() {
	memory=$(mktemp -d /dev/shm/bench-XXXXXX 2>/dev/null) || memory=$dir
	bench_replay 'as in a flood' -g
	bench_replay 'a stack for each event'
	[ "$memory" = "$dir" ] || rmdir "$memory"
}

# The row also has the live capture's memory, with its ring but few stacks.
bench_memory() {
	"$tests/replay" /dev/null -n "$loss_packets" -s 10000 >"$dir/memory"
	row "resident memory after $(group "$loss_packets") events" 'under 64 MiB, flat' "$(
		calc '%.1f MiB live with its ring; ' "${live_rss:-0} / 1024")$(
		calc '%.1f MiB' "$(field rss-early <"$dir/memory") / 1024") after a tenth of them replayed with 10,000 stacks, $(
		calc '%.1f MiB' "$(field rss-late <"$dir/memory") / 1024") after all"
}
