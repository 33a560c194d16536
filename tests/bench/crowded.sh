#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: crowded.sh BUILD [CGROUPS [FILES [PACKETS [RUNS]]]]
# Measures what a flood loses on a host with 5,000 cgroups and 1,000,000 open files, and on one
# without them; with root's capabilities, and without CAP_DAC_READ_SEARCH. During the flood, packets
# of all the cgroups are dropped as well: their events need names. Takes a minute or two, 2 GiB, and
# root; removes what it has made.
# shellcheck disable=SC2154,SC2034 # variables of the sourced parts
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 tests=$1/tests name=crowded prefix=b$$
cgroups=${2:-5000} files=${3:-1000000} packets=${4:-1000000} runs=${5:-3}
TOOL=${TOOL:-$build/tcpdropcap} PEER=$build/tests/peer
dir=$(mktemp -d)
group=

# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"

clean_up() {
	trap "" INT TERM HUP
	[ -z "$crowd" ] || kill "$crowd" 2>/dev/null
	lab_down
	if [ -n "$group" ]; then
		# A process that was killed leaves its cgroup a moment later.
		wait_until 'empty cgroups' remove_cgroups
	fi
	rm -rf "$dir"
}

remove_cgroups() { find "$group" -depth -type d -delete 2>/dev/null || ! [ -e "$group" ]; }

make_cgroups() {
	unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$unified" ] || return 1
	group=$unified/$prefix
	seq -f "$group/%.0f" 0 $((cgroups - 1)) | xargs mkdir -p
}

# crowd_start FILES CGROUPS: its sockets are in the server's namespace, which drops the packets that
# they send.
crowd=
crowd_start() {
	nsenter --net="/run/netns/$server" "$tests/crowd" "$1" "$2" "$group" "$client4" 9 5000 >"$dir/crowd" &
	crowd=$!
	wait_for "$dir/crowd" ready
}

crowd_stop() {
	kill "$crowd"
	wait "$crowd" 2>/dev/null
	crowd=
}

# One row: measure WHAT, with $tool_under before tcpdropcap.
measure() {
	rm -f "$dir/lost" "$dir/rates" "$dir/named"
	for _ in $(seq "$runs"); do
		start_tool || return 1
		kill -USR1 "$crowd"
		flood dropped "$packets" | field rate >>"$dir/rates"
		sleep 1 # until the connections have been tried again
		kill -INT "$watcher" && wait "$watcher"
		sed -n 's/.* filtered, \([0-9]*\) lost$/\1/p' "$dir/summary" >>"$dir/lost"
		"$TOOL" -r "$capture" --json 2>/dev/null | awk '/"owner_pid"/ { owners++ } /"cgroup"/ { cgroups++ } /"uid"/ { all++ }
			END { print all + 0, owners + 0, cgroups + 0 }' >>"$dir/named"
		rm -f "$capture"
	done
	awk -v what="$1" -v rate="$(median <"$dir/rates")" -v lost="$(sort -n "$dir/lost" | paste -sd' ')" '
	{ all += $1; owners += $2; cgroups += $3 }
	END { printf "| %s | %d | %s | %d | %.1f%% | %.1f%% |\n", what, rate, lost, all / NR,
		100 * owners / (all + !all), 100 * cgroups / (all + !all) }' "$dir/named"
}

trap clean_up EXIT
trap 'exit 1' INT TERM HUP
if ! lab_up || ! rule "$server" input tcp dport 7 drop || ! rule "$server" output tcp dport 9 drop; then
	say 'crowded: cannot make namespaces: run as root'
	exit 1
fi
without='setpriv --bounding-set=-dac_read_search --inh-caps=-dac_read_search'
echo "| host | packets/s of the flood | lost, each run | events of sockets | with an owner | with a cgroup |"
echo "|---|---|---|---|---|---|"
crowd_start 0 0
measure 'ordinary'
tool_under=$without
measure 'ordinary, without CAP_DAC_READ_SEARCH'
tool_under=
crowd_stop
make_cgroups || { say 'crowded: cannot make cgroups'; exit 1; }
crowd_start "$files" "$cgroups"
measure "$cgroups cgroups, $files open files"
tool_under=$without
measure 'the same, without CAP_DAC_READ_SEARCH'
tool_under=
crowd_stop
