# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034 # variables of tests/live/lib.sh ($server) and of bench.sh ($dir, $tests)
# Functions of the bench: floods, programs that watch them, and figures. Sourced by bench.sh after
# tests/live/lib.sh.
#
# A watcher NAME is a pair of functions: start_NAME FLOOD returns when it watches, or sets $why and
# fails; stop_NAME ends it and sets $kept to the number of events that it has, "" if that is
# unknown.

last_cpu=$(($(nproc) - 1)) why=''

# Adds a row to the table; without a measured value, the row says why.
row() { # WHAT TARGET MEASURED
	printf '| %s | %s | %s |\n' "$1" "$2" "${3:-not measured: ${why:-it failed}}" >>"$dir/table"
}

now_ns() { date +%s%N; }

calc() { awk "BEGIN { printf \"$1\", $(echo "$2" | tr '\n' ' ') }"; } # FORMAT EXPRESSION

# field NAME: prints the word after the name in a line of "name value name value".
field() { sed -n "s/.*\<$1 \([-0-9.]*\).*/\1/p"; }

median() {
	sort -n | awk '{ v[NR] = $1 } END { if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Prints "M (L to H)": the median of numbers, the lowest and the highest.
spread() { # FORMAT, of one number
	sort -n | awk -v f="$1" '{ v[NR] = $1 }
	END {
		if (!NR) exit
		m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
		printf f " (" f " to " f ")", m, v[1], v[NR]
	}'
}

# Prints the ratio of each run's two numbers.
ratios() { # FILE FILE
	[ -s "$1" ] && [ -s "$2" ] && paste "$1" "$2" | awk '$1 && $2 { print $1 / $2 }'
}

# flood NAME COUNT: prints the generator's line.
flood() { (flood_here "$@"); }

# The same in place of the shell that calls it.
flood_here() {
	flood_name=$1 flood_count=$2
	case $flood_name in
	dropped) set -- -r -p 7 ;;
	unanswered) set -- -r -p 8 ;;
	flows) set -- -r -p 7 -f 1000 ;;
	frames) set -- -p 7 ;;
	udp) set -- -r -u -p 7 ;;
	esac
	exec nsenter --net="/run/netns/$client" taskset -c "$last_cpu" "$tests/flood" eth0 "$client_mac" \
		"$server_mac" "$client4" "$server4" -n "$flood_count" "$@"
}

# One run: appends the generator's rate to FLOOD.WATCHER, and the share of packets kept to
# kept.FLOOD.WATCHER.
watch() { # FLOOD WATCHER COUNT
	kept='' why=''
	"start_$2" "$1" || return 1
	said=$(flood "$1" "$3") || why="the generator failed: $said"
	"stop_$2" || why="it failed"
	[ -z "$why" ] || return 1
	echo "$said" | field rate >>"$dir/$1.$2"
	[ -z "$kept" ] || calc '%.4f\n' "$kept / $3" >>"$dir/kept.$1.$2"
}

start_none() { :; }
stop_none() { :; }

# tcpdropcap writes $capture; its counts are in $dir/summary, those of the file in $dir/audit.
capture='' tool_options='' tool_under=''
start_tool() {
	capture=$dir/capture.pcapng${suffix-}
	rm -f "$dir/summary" # the one of the previous run has "capturing" too
	# shellcheck disable=SC2086 # lists
	$tool_under "$TOOL" -v --netns "$server" -w "$capture" $tool_options 2>"$dir/summary" &
	watcher=$!
	pids="$pids $watcher"
	wait_for "$dir/summary" capturing || { why=$(tail -1 "$dir/summary"); return 1; }
}

stop_tool() {
	tool_rss=$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$watcher/status")
	kill -INT "$watcher" && wait "$watcher" || return 1
	lost=$(sed -n 's/.* filtered, \([0-9]*\) lost$/\1/p' "$dir/summary")
	missed=$(sed -n 's/.*the kernel skipped a hook \([0-9]*\) times\{0,1\}.*/\1/p' "$dir/summary")
	bytes=$(stat -c %s "$capture")
	kept=
	[ -z "${suffix-}" ] || return 0
	"$tests/audit" "$capture" >"$dir/audit" || return 1
	kept=$(field packets <"$dir/audit")
	rm -f "$capture"
}
