#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: judge.sh RESULTS tcpdropcap.lua [SCENARIO...]
# Compares the captures that provoke.sh left with what their scenarios expect. The readers are
# tshark, capinfos and tcpdump; no code of ours but the dissector.
set -u
results=$1
# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"
tshark_setup "$2"
shift 2

# count_matching FILTER: packets of the file that match; what tshark says if it refuses the filter.
count_matching() {
	: >"$work/stderr"
	if dissect -Y "$1" -T fields -e frame.number >"$work/matching"; then
		wc -l <"$work/matching"
	else
		cat "$work/stderr"
	fi
}

judge_count() { # NAME COUNT FILTER...
	label=$1 wanted=$2
	shift 2
	same "$label: $*" "$(count_matching "$*")" "$wanted"
}

# Segments of the events that are retransmissions: one each, unless the event says more.
judge_segments() {
	got=$(dissect -Y 'tcpdropcap.event == "retransmit" || tcpdropcap.event == "synack"' \
		-T fields -e tcpdropcap.segs | awk '{ n += $1 ? $1 : 1 } END { print n + 0 }')
	same "$1: retransmitted segments are the kernel's own TcpRetransSegs" "$got" "$2"
}

# No control character but the newline.
judge_clean() {
	if [ -s "$2" ] && ! LC_ALL=C tr -d '\n' <"$2" | LC_ALL=C grep -q '[[:cntrl:]]'; then
		ok "$1: $(basename "$2") output has no control character"
	else
		not_ok "$1: $(basename "$2") output has no control character" "it has, or is empty"
	fi
}

# What holds for every capture.
judge_file() { # NAME DIR
	why=$(capinfos "$2/drops.pcapng" 2>&1 >"$work/capinfos") && [ -z "$why" ] &&
		ok "$1: capinfos has no warning" || not_ok "$1: capinfos has no warning" "$why"
	tcpdump -nr "$2/drops.pcapng" >"$work/tcpdump" 2>"$work/tcpdump-stderr"
	same "$1: tcpdump has no complaint" "$(grep -v '^reading from file' "$work/tcpdump-stderr")" ""
	packets=$(awk '/^Number of packets:/ { print $4 }' "$work/capinfos")
	same "$1: tcpdump prints each packet" "$(grep -c '^[0-9]' "$work/tcpdump")" "$packets"
	same "$1: no malformed packet or annotation" \
		"$(count_matching '_ws.malformed || tcpdropcap.malformed || !tcpdropcap')" 0
	same "$1: no Lua error" "$(grep -i lua "$work/stderr")" ""
	awk '/ written, / {
		split($0, n, /[^0-9]+/)
		exit !(n[1] + n[2] + n[3] == n[4] + n[5] + n[6] && n[4] == packets && n[6] == 0)
	}' packets="$packets" "$2/summary" &&
		ok "$1: seen = written + filtered, nothing lost" ||
		not_ok "$1: seen = written + filtered, nothing lost" "$(cat "$2/summary")"
}

# A filter may go on in the next line, indented.
one_line_each() { awk '/^[a-z]/ { if (NR > 1) print ""; printf "%s", $0; next } { sub(/^[\t ]+/, " "); printf "%s", $0 } END { print "" }' "$1"; }

judge() { # NAME DIR
	if ! [ -s "$2/drops.pcapng" ] || ! [ -s "$2/expect" ]; then
		not_ok "$1: the scenario left a capture" "$(cat "$2/summary" 2>&1)"
		return
	fi
	cp "$2/drops.pcapng" "$work/file.pcapng"
	chmod 644 "$work/file.pcapng"
	judge_file "$1" "$2"
	one_line_each "$2/expect" >"$work/expect"
	while read -r what first rest <&3; do
		case $what in
		count) judge_count "$1" "$first" "$rest" ;;
		segments) judge_segments "$1" "$first" ;;
		status) same "$1: the tool's exit status" "$first" 0 ;;
		clean) judge_clean "$1" "$2/$first" ;;
		*) not_ok "$1" "$first $rest" ;;
		esac
	done 3<"$work/expect"
}

[ $# -gt 0 ] || set -- "$results"/*/
for dir in "$@"; do
	dir=${dir%/}
	case $dir in
	*/*) ;;
	*) dir=$results/$dir ;;
	esac
	judge "$(basename "$dir")" "$dir"
done
exit $status
