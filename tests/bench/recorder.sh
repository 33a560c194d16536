#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: recorder.sh BUILD [PACKETS [ROUNDS]]
# Measures a recorder (--recorder 64M) against writing (-w), side by side: the CPU time of an event
# in replays, which alternate, and in two captures of one flood; its memory in that flood; and a
# dump of a full memory while the flood goes on. Needs root; removes what it has made.
# shellcheck disable=SC2154,SC2034,SC2016 # variables of the sourced parts
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 tests=$1/tests name=recorder prefix=b$$
packets=${2:-1000000} rounds=${3:-5} mib=64
TOOL=$(readlink -f "$1/tcpdropcap") PEER=$build/tests/peer
dir=$(mktemp -d /dev/shm/recorder-XXXXXX)

# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"

clean_up() {
	trap "" INT TERM HUP
	lab_down
	rm -rf "$dir"
}

replay() { # NAME FILE OPTION...: appends the CPU time of an event to NAME
	replayed=$1
	shift
	"$tests/replay" "$@" -n "$packets" 2>"$dir/errors" | field cpu >>"$dir/$replayed"
	rm -f "$dir/x"
}

compare_replays() { # TITLE OPTION...
	title=$1
	shift
	rm -f "$dir/file" "$dir/null" "$dir/recorder"
	for _ in $(seq "$rounds"); do
		replay file "$dir/x" "$@"
		replay recorder "$dir/x" -R $mib "$@"
		replay null /dev/null "$@"
	done
	echo "| replay, $title | $(spread '%.0f' <"$dir/file") | $(spread '%.0f' <"$dir/null") | $(
		spread '%.0f' <"$dir/recorder") | $(ratios "$dir/recorder" "$dir/file" | spread '%.2f') | $(
		ratios "$dir/recorder" "$dir/null" | spread '%.2f') |"
}

start() { # NAME OPTION...; the pid is in $started
	rm -f "$dir/$1.log"
	log=$dir/$1.log
	shift
	"$TOOL" -v --netns "$server" -e drop "$@" 2>"$log" &
	started=$!
	pids="$pids $started"
	wait_for "$log" capturing
}

# Nanoseconds of CPU of all threads, and KiB of memory.
cpu() { cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }
rss() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"; }
events() { sed -n 's/^\([0-9]*\) drops.*; \([0-9]*\) \(written\|recorded\).*/\2/p' "$1" | tail -1; }
lost() { sed -n 's/^[0-9]* drops.* \([0-9]*\) lost$/\1/p' "$1" | tail -1; }
finish() { # PID: ends it
	kill -INT "$1"
	wait "$1"
}

live() {
	start file -w "$dir/x.pcapng"
	file=$started file_before=$(cpu "$file") file_rss=$(rss "$file")
	start recorder -w "$dir/dump.pcapng" --recorder ${mib}M --after 0
	recorder=$started recorder_before=$(cpu "$recorder") rss_before=$(rss "$recorder")
	flood dropped "$packets" >"$dir/said"
	flood dropped "$packets" >"$dir/said" # its memory is full twice
	sleep 1
	file_cpu=$(calc '%.0f' "$(cpu "$file") - $file_before") recorder_cpu=$(calc '%.0f' "$(cpu "$recorder") - $recorder_before")
	file_after=$(rss "$file") rss_after=$(rss "$recorder")
	finish "$file"
	echo "| two captures of one flood | $(calc '%.0f' "$file_cpu / $(events "$dir/file.log")") | - | $(
		kill -USR1 "$recorder"
		wait_for "$dir/recorder.log" 'events recorded' >&2
		calc '%.0f' "$recorder_cpu / (2 * $packets - $(lost "$dir/recorder.log"))") | $(calc '%.2f' "$recorder_cpu / $file_cpu") | - |"
	echo
	echo "Resident memory, MiB: $(calc '%.1f' "$rss_before / 1024") before, $(calc '%.1f' "$rss_after / 1024") after the flood: $(
		calc '%.1f' "($rss_after - $rss_before) / 1024") more; with -w $(calc '%.1f' "$file_rss / 1024") before, $(calc '%.1f' "$file_after / 1024") after."
	echo "$(sed -n 's/.*recorder: \([0-9]* events recorded.*\)/\1/p' "$dir/recorder.log" | tail -1); lost $(lost "$dir/recorder.log") of $((2 * packets))."
	# The dump while the flood goes on. The recorder was asked for its counts before.
	flood dropped "$((packets / 2))" >"$dir/said" &
	begun=$(now_ns)
	kill -USR2 "$recorder"
	until [ -e "$dir/dump.pcapng" ]; do sleep 0.02; done
	echo "Dump in a flood: $(calc '%.2f' "($(now_ns) - $begun) / 1e9") s, $(calc '%.1f' "$(stat -c %s "$dir/dump.pcapng") / 1048576") MiB, $(capinfos -Tmrc "$dir/dump.pcapng" | sed 's/.*,//') events, resident $(calc '%.1f' "$(rss "$recorder") / 1024") MiB."
	wait $!
	finish "$recorder"
	echo "At the end: $(sed -n 's/.*recorder: \([0-9]* events recorded.*\)/\1/p' "$dir/recorder.log" | tail -1); lost $(lost "$dir/recorder.log")."
}

trap clean_up EXIT
trap 'exit 1' INT TERM HUP
lab_up && rule "$server" input tcp dport 7 drop || { say 'recorder: cannot make namespaces: run as root'; exit 1; }
echo "| CPU time of an event, ns | \`-w\` | to /dev/null | \`--recorder ${mib}M\` | recorder / \`-w\` | recorder / to /dev/null |"
echo "|---|---|---|---|---|---|"
compare_replays 'as in a flood' -g
compare_replays 'a stack for each event'
live
