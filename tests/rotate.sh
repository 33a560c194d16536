# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2016,SC2034,SC2153,SC2154 # the words of rotate_test.sh
# Captures of several files and what is in them; sourced by rotate_test.sh, with $work, its working
# directory, and $ns, a namespace with a loopback device.

# Each SYN to a closed port is dropped, and answered by a reset, which the kernel counts.
knock() { ip netns exec "$ns" "$PEER" connect 127.0.0.1 9 -c "$1" -e -t 30000 >/dev/null; }
resets() { ip netns exec "$ns" awk '/^Tcp:/ && !/OutRsts/ { print $15 }' /proc/net/snmp; }

run() { # ARGUMENTS: into stdout, stderr, $got
	timeout 60 "$TOOL" "$@" >stdout 2>stderr </dev/null
	got=$?
}

# start FOLDER ARGUMENTS...: a capture in a new folder; its pid is in $tool.
start() {
	dir=$1
	shift
	mkdir -p "$dir"
	forget "$work/log"
	(cd "$dir" && exec "$TOOL" -v --netns "$ns" -e drop "$@") >"$work/out" 2>"$work/log" &
	tool=$!
	captures "$work/log"
	before=$(resets)
}
stop() { # into $got and $provoked
	kill -INT "$tool" 2>/dev/null
	finish
}
has_ended() {
	case $(cut -d ' ' -f 3 "/proc/$tool/stat" 2>/dev/null) in
	Z | '') return 0 ;;
	*) return 1 ;;
	esac
}
finish() {
	until_true has_ended || kill -KILL "$tool"
	wait "$tool"
	got=$?
	tool=
	provoked=$(($(resets) - before))
	written=$(sed -n 's/.*; \([0-9]*\) written.*/\1/p' log | tail -1)
	lost=$(sed -n 's/.* filtered, \([0-9]*\) lost$/\1/p' log | tail -1)
}
packets() { capinfos -Tmrc "$1" 2>/dev/null | sed 's/.*,//'; }

# readable FILE: each program reads all of it, without complaint. $found: the packets in it.
readable() {
	found=0
	if ! capinfos -c "$1" >capinfos-out 2>why || ! tshark -r "$1" >tshark-out 2>>why; then
		return 1
	fi
	found=$(wc -l <tshark-out)
	case $1 in
	*.gz) gzip -dc "$1" | tcpdump -nr - >/dev/null 2>tcpdump-err || return 1 ;;
	*.zst) zstd -dqc "$1" | tcpdump -nr - >/dev/null 2>tcpdump-err || return 1 ;;
	*) tcpdump -nr "$1" >/dev/null 2>tcpdump-err || return 1 ;;
	esac
	grep -v '^Running as user' why >complaints
	grep -v '^reading from file' tcpdump-err >>complaints
	! [ -s complaints ] && "$TOOL" -r "$1" -q >/dev/null 2>>complaints
}

# sums_up NAME FOLDER: all files are whole and add up to the events that were provoked.
sums_up() {
	sum=0 bad=
	for file in "$2"/*; do
		readable "$file" || bad="$bad $file: $(head -3 complaints)"
		sum=$((sum + found))
		case $file in *.part) bad="$bad $file is left" ;; esac
	done
	run count -r "$2" --by event --json
	counted=$(sed -n 's/^{"count":\([0-9]*\),"event":"drop"}$/\1/p' stdout)
	if [ -z "$bad" ] && [ "$sum" = "$provoked" ] && [ "$written" = "$provoked" ] && [ "$counted" = "$provoked" ]; then
		ok "$1"
	else
		not_ok "$1" "$sum in the files, $written written, $counted counted, $provoked provoked;$bad $(cat log)"
	fi
}

# finished FOLDER COUNT: it has that many whole files.
finished() { [ "$(find "$1" -type f ! -name '*.part' | wc -l)" -ge "$2" ]; }

# The events that the file, or the folder, reports as lost.
losses_of() { "$TOOL" -r "$1" -q 2>/dev/null | awk '/^# [0-9]* events lost/ { n += $2 } END { print n + 0 }'; }
