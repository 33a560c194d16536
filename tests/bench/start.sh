# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034 # variables of tests/live/lib.sh ($server) and of bench.sh ($dir)
# Measures the time from exec to the first event, while a flood runs.

# Writes a list of that many symbols: the kernel's own, and copies of it at addresses outside the
# kernel's text.
longer_kallsyms() { # SYMBOLS FILE
	awk -v count="$1" '{ print; line[NR] = $0 }
	END {
		for (n = NR; n < count; n++)
			printf "%08x%s\n", 4026531840 + int(n / NR), substr(line[n % NR + 1], 9)
	}' /proc/kallsyms >"$2"
}

start_runs() { # RESULT COMMAND...
	result=$1
	shift
	for _ in $(seq "$runs"); do
		"$tests/first_event" "$dir/first.pcapng" "$@" --netns "$server" -w "$dir/first.pcapng" \
			>>"$dir/$result" 2>"$dir/first" || why=$(tail -1 "$dir/first")
	done
	rm -f "$dir/first.pcapng"
}

start_spread() { # RESULT
	[ -s "$dir/$1" ] || return
	printf '%s ms; in the file after %s ms' "$(field captured <"$dir/$1" | spread '%.0f')" \
		"$(field written <"$dir/$1" | spread '%.0f')"
}

bench_start() {
	why=
	flood_here dropped 0 >/dev/null &
	flooder=$!
	pids="$pids $flooder"
	start_runs start.own "$TOOL"
	row 'start to first captured event' 'under 150 ms' "$(start_spread start.own)"
	have=$(wc -l </proc/kallsyms)
	longer_kallsyms "$symbols" "$dir/kallsyms"
	# shellcheck disable=SC2016 # for the inner shell
	start_runs start.symbols unshare -m sh -c 'mount --bind "$0" /proc/kallsyms && exec "$@"' "$dir/kallsyms" "$TOOL"
	kill -TERM $flooder
	wait $flooder
	start_ns=$(now_ns)
	cat /proc/kallsyms >/dev/null
	own_ms=$(calc '%.0f' "($(now_ns) - $start_ns) / 1e6")
	row "the same with $(group "$symbols") kernel symbols" 'under 300 ms' "$(start_spread start.symbols
		)${own_ms:+ (a file replaces the list of this kernel, of $(group "$have"), which takes $own_ms ms to read)}"
	rm -f "$dir/kallsyms"
}
