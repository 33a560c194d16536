#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: judge.sh RESULTS tcpdropcap.lua [SCENARIO...]
# Compares the captures that provoke.sh left with the expectations of their scenarios; without
# names, all that were played. The readers are tshark, capinfos and tcpdump; of our own code, only
# the dissector. Exits 1 if a check failed, with another status only if the judge itself has died.
set -u
results=$1

# in_halves RESULTS LUA SCENARIO...: judges half of the scenarios each in two processes, and exits
# with the greater status.
in_halves() {
	halves=$(mktemp -d) lua=$2
	trap 'rm -rf "$halves"' EXIT
	trap 'exit 1' HUP INT TERM
	shift 2
	one='' other=''
	for name in "$@"; do
		next="$other $name"
		other=$one one=$next
	done
	# shellcheck disable=SC2086 # a list of names
	HALF=1 sh "$0" "$results" "$lua" $one >"$halves/one" 2>&1 &
	# shellcheck disable=SC2086 # a list of names
	HALF=1 sh "$0" "$results" "$lua" $other >"$halves/other" 2>&1
	half=$?
	wait $!
	whole=$?
	cat "$halves/one" "$halves/other"
	exit $((half > whole ? half : whole))
}

# A scenario that died before it made its folder has a status all the same.
[ $# -gt 2 ] || set -- "$1" "$2" "$results"/*.status
[ $# = 3 ] || [ -n "${HALF:-}" ] || in_halves "$@"
# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"
tshark_setup "$2"
shift 2

no_damage='_ws.malformed || tcpdropcap.malformed || !tcpdropcap'

# Counts in one pass all filters of the expectations from that line on. A comma would end a filter
# there: those with one are counted one by one.
count_ahead() { # LINE
	{
		echo "$no_damage"
		sed -n "$1,\$p" "$work/expect" | awk '/^file / { exit }
			/^count / { sub(/^count [^ ]* /, ""); print }
			/^some / { sub(/^some /, ""); print }'
	} | grep -v , | sort -u >"$work/filters"
	dissect -q -z "io,stat,0,$(paste -sd, "$work/filters")" 2>/dev/null |
		awk -F'|' '/<>/ { for (i = 3; i < NF; i += 2) print $i + 0 }' >"$work/numbers"
	paste "$work/numbers" "$work/filters" >"$work/counts"
}

# count_matching FILTER: prints the number of packets that match, or tshark's message if it refuses
# the filter.
count_matching() {
	counted=$(awk -F'\t' -v filter="$1" '$2 == filter && $1 != "" { print $1; exit }' "$work/counts")
	if [ -n "$counted" ]; then
		echo "$counted"
		return
	fi
	: >"$work/stderr"
	if dissect -Y "$1" -T fields -e frame.number >"$work/matching"; then
		wc -l <"$work/matching"
	else
		cat "$work/stderr"
	fi
}

judge_count() { # NAME COUNT FILTER...
	label=$1 expected=$2
	shift 2
	counted=$(count_matching "$*")
	[ "$counted" = "$expected" ] && ok "$label: $*" ||
		not_ok "$label: $*" "got '$counted', expected '$expected'; the first of them: $(describe_first "$*")"
}

judge_some() { # NAME FILTER
	counted=$(count_matching "$2")
	case $counted in
	0) not_ok "$1: some $2" "none" ;;
	*[!0-9]* | '') not_ok "$1: some $2" "$counted" ;;
	*) ok "$1: some $2" ;;
	esac
}

# One line about the first packet that matches, for a failure that nobody can repeat.
describe_first() { # FILTER
	dissect -c 100000 -Y "$1" -T fields -E separator=' ' -e frame.number -e tcpdropcap.event -e tcpdropcap.reason -e tcpdropcap.at \
		-e tcpdropcap.dir -e tcpdropcap.state -e tcp.flags.str -e tcp.len -e tcp.seq_raw -e tcp.ack_raw -e tcp.window_size_value 2>/dev/null |
		head -1
}

# fields_of FILTER FIELDS...: the fields of the packets that match, for a sum of 0 must not mean
# that tshark has refused the filter.
fields_of() {
	fields_filter=$1
	shift
	dissect -Y "$fields_filter" -T fields "$@" || echo 'tshark refuses the filter'
}

# segments_of FILTER: the segments of the events that match; one each, unless the event says more.
segments_of() {
	fields_of "$1" -e tcpdropcap.segs | awk '/tshark/ { print; exit failed = 1 }
		{ n += $1 ? $1 : 1 }
		END { if (!failed) print n + 0 }'
}

# An attempt that the kernel gave up before it counted the segment is an event, too.
judge_segments() { # NAME AT-LEAST [AT-MOST]
	segments=$(segments_of '(tcpdropcap.event == "retransmit" || tcpdropcap.event == "synack") &&
		!(tcpdropcap.err in {"EBUSY", "EAGAIN", "EHOSTUNREACH", "ENOMEM", "EINVAL"})')
	# The counter is one of those between, and so is the number of events. A number may be
	# missing, or a message of tshark in its place.
	counted="$2${3:+ to $3}"
	if [ "$segments" -ge "$2" ] && [ "$segments" -le "${3:-$2}" ]; then
		counted=$segments
	fi 2>/dev/null
	same "$1: retransmitted segments are the kernel's own TcpRetransSegs" "$segments" "$counted"
}

judge_sum() { # NAME SEGMENTS FILTER
	same "$1: segments of $3 are the kernel's own count" "$(segments_of "$3")" "$2"
}

# The bytes of the IP packets of the events that match.
judge_bytes() { # NAME BYTES FILTER
	same "$1: bytes of $3 are the kernel's own count" "$(fields_of "$3" -E occurrence=f -e ip.len -e ipv6.plen |
		awk '/tshark/ { print; exit failed = 1 }
		{ n += $1 + (NF && /^\t/ ? 40 : 0) }
		END { if (!failed) print n + 0 }')" "$2"
}

# Prints each packet of stdin's "tcpdump -x" as a line of hex from the IP header on; TCP's checksum
# is set to 0.
hex_lines() {
	awk 'function flush() {
		if (hex == "") return
		at = substr(hex, 1, 1) == "4" ? substr(hex, 2, 1) * 8 : 80
		print substr(hex, 1, at + 32) "0000" substr(hex, at + 37)
		hex = ""
	}
	/^\t0x/ { for (i = 2; i <= NF; i++) hex = hex $i; next }
	{ flush() }
	END { flush() }'
}

# Each retransmission has bytes from the wire (hdr), and the wire capture has the same bytes.
judge_wire() { # NAME DIR
	run_tshark -r file.pcapng -X lua_script:dissector.lua -w - -F pcapng \
		-Y 'tcpdropcap.event == "retransmit"' >"$work/retransmits.pcapng"
	tcpdump -xnr "$work/retransmits.pcapng" 2>/dev/null | hex_lines >"$work/events"
	tcpdump -xnr "$2/wire.pcap" 2>/dev/null | hex_lines >"$work/wire"
	found=$(awk 'NR == FNR { event[NR] = $0; n = NR; next }
	{ for (i = 1; i <= n; i++) if (index($0, event[i]) == 1) seen[i] = 1 }
	END { for (i = 1; i <= n; i++) found += seen[i]; print found + 0 }' \
		"$work/events" "$work/wire")
	expected=$(grep -c . "$work/events")
	[ "$expected" -gt 0 ] || expected="at least one"
	same "$1: each retransmission's bytes are on the wire" "$found" "$expected"
	same "$1: no retransmission is synthesized" \
		"$(count_matching 'tcpdropcap.event == "retransmit" && tcpdropcap.hdr != "wire"')" 0
}

# SYN-ACKs are made from the request: the wire has the same addresses, ports, numbers, flags and
# windows.
judge_synacks() { # NAME DIR
	fields='-T fields -E separator=, -e ip.src -e ip.dst -e ipv6.src -e ipv6.dst -e tcp.srcport
		-e tcp.dstport -e tcp.seq_raw -e tcp.ack_raw -e tcp.flags -e tcp.window_size_value'
	# shellcheck disable=SC2086 # a list
	{
		dissect -Y 'tcpdropcap.event == "synack"' $fields | sort -u >"$work/events"
		cp "$2/wire.pcap" "$work/wire.pcap" && chmod 644 "$work/wire.pcap"
		run_tshark -r wire.pcap -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 1' $fields |
			sort -u >"$work/wire"
	}
	expected=$(grep -c . "$work/events")
	[ "$expected" -gt 0 ] || expected="at least one"
	same "$1: each SYN-ACK is on the wire" "$(comm -12 "$work/events" "$work/wire" | wc -l)" "$expected"
}

# Drops of SYNs and the same packets in the wire capture, matched by port and sequence number: how
# far apart, in us. tcpdropcap's wall clock may have been set meanwhile, AHEAD seconds before
# tcpdump's: at FIRST, by tcpdump's, and each PERIOD seconds to the next. It is not known to the
# millisecond when, so the packets around the instant are left out.
judge_times() { # NAME DIR COUNT [FIRST PERIOD AHEAD...]
	times_name=$1 times_count=$3
	dissect -Y 'tcpdropcap.event == "drop"' -T fields -e tcp.srcport -e tcp.seq_raw -e frame.time_epoch \
		>"$work/events"
	cp "$2/wire.pcap" "$work/wire.pcap" && chmod 644 "$work/wire.pcap"
	run_tshark -r wire.pcap -Y 'tcp.flags == 2' -T fields -e tcp.srcport -e tcp.seq_raw -e frame.time_epoch \
		>"$work/wire"
	shift 3
	awk -v steps="$*" 'function us(time) { split(time, part, "."); return (part[1] - base) * 1e6 + substr(part[2], 1, 6) + substr(part[2], 7) / 1e3 }
	function ahead_us(time, step) {
		step = n ? int((time - first) / period) : 0
		return !n || time < first ? 0 : aheads[step + 3 > n ? n : step + 3] * 1e6
	}
	function is_near(time, since) {
		since = n && time > first - 0.04 ? (time - first + 0.04) % period : 1
		return since < 0.08
	}
	NR == 1 { base = int($3); n = split(steps, aheads, " "); if (n) { first = us(aheads[1]) / 1e6; period = aheads[2] } }
	NR == FNR { event[$1, $2] = us($3); next }
	($1, $2) in event {
		wire = us($3)
		d = event[$1, $2] - wire - ahead_us(wire / 1e6)
		printf "%.3f\n", is_near(wire / 1e6) ? 0 : d < 0 ? -d : d
	}' "$work/events" "$work/wire" | sort -n >"$work/apart"
	n=$(wc -l <"$work/apart")
	same "$times_name: all $times_count packets are in both captures" "$n" "$times_count"
	median=$(sed -n "$((n / 2 + 1))p" "$work/apart")
	most=$(tail -1 "$work/apart")
	awk -v median="$median" -v most="$most" 'BEGIN { exit !(median < 50 && most < 1000) }' &&
		ok "$times_name: timestamps are tcpdump's: median $median us, at most $most us apart" ||
		not_ok "$times_name: timestamps are tcpdump's" "median $median us, at most $most us apart"
	same "$times_name: time runs backwards, by more than 10 ms, where the clock was set back" \
		"$(dissect -T fields -e frame.time_delta | awk '$1 < -0.01 { back++ } END { print back + 0 }')" \
		"$(echo "$*" | awk '{ $2 = 0; for (i = 3; i <= NF; i++) back += $i < $(i - 1); print back + 0 }')"
}

# What two CPUs do at the same time may be in any order, for as long as the ring is read once.
judge_order() { # NAME
	dissect -T fields -e frame.time_delta | awk '$1 < -0.01 { back++ } END { exit back > 0 || NR == 0 }' &&
		ok "$1: time does not run backwards" ||
		not_ok "$1: time does not run backwards" "it does, by more than 10 ms"
}

# The drops on each of COUNT devices have the device's name, which is PREFIX and a number: the
# source port is BASE plus that number.
judge_names() { # NAME COUNT PREFIX BASE
	dissect -Y 'tcpdropcap.event == "drop"' -T fields -e tcp.srcport -e frame.interface_name |
		awk -v prefix="$3" -v base="$4" '$2 == prefix ($1 - base)' | sort -u >"$work/names"
	same "$1: drops on devices $3... have their names" "$(wc -l <"$work/names")" "$2"
}

# No control character but the newline.
judge_clean() {
	if [ -s "$2" ] && ! LC_ALL=C tr -d '\n' <"$2" | LC_ALL=C grep -q '[[:cntrl:]]'; then
		ok "$1: $(basename "$2") output has no control character"
	else
		not_ok "$1: $(basename "$2") output has no control character" "it has, or is empty"
	fi
}

# Holds for every capture.
judge_file() { # NAME DIR
	why=$(capinfos -M "$2/drops.pcapng" 2>&1 >"$work/capinfos") && [ -z "$why" ] &&
		ok "$1: capinfos has no warning" || not_ok "$1: capinfos has no warning" "$why"
	tcpdump -nr "$2/drops.pcapng" >"$work/tcpdump" 2>"$work/tcpdump-stderr"
	same "$1: tcpdump has no complaint" "$(grep -v '^reading from file' "$work/tcpdump-stderr")" ""
	packets=$(awk '/^Number of packets:/ { print $4 }' "$work/capinfos")
	same "$1: tcpdump prints each packet" "$(grep -c '^[0-9]' "$work/tcpdump")" "$packets"
	same "$1: no malformed packet or annotation" \
		"$(count_matching "$no_damage")" 0
	same "$1: no Lua error" "$(grep -i lua "$work/stderr")" ""
	awk -F'; ' '/ written, / {
		seen = 0 # only the last line counts: SIGUSR1 prints the counts, too
		n = split($1, kind, ", ")
		for (i = 1; i <= n; i++) seen += kind[i]
		split($2, count, ", ")
		good = seen == count[1] + count[2] + count[3] && count[1] + 0 == packets && count[3] + 0 == 0
	}
	END { exit !good
	}' packets="$packets" "$2/summary" &&
		ok "$1: seen = written + filtered, nothing lost" ||
		not_ok "$1: seen = written + filtered, nothing lost" "$(cat "$2/summary")"
}

# The account was made, unless no counter is about the kinds of events that are captured: without a
# line of a counter, it says that the kernel counted nothing.
judge_account_made() { # NAME DIR
	grep -q '^without-account' "$work/expect" && made=0 || made=1
	same "$1: the counters were read for the account" "$(awk '/ written, / { n = 0 } /: account: the counters of [0-9]* namespaces? were read$/ { n++ }
		END { print n + 0 }' "$2/summary")" "$made"
	same "$1: nothing is missing in the account" "$(grep -E 'there will be no account|account: (some|the) counters .*not (be )?read|account: out of memory' "$2/summary")" ""
}

# What the account at the end says is not explained is what the scenario has named, and no counter
# has more events than it counted. Before the end (SIGUSR1), at least the counters are those.
judge_account() { # NAME DIR
	sed -n 's/^unexplained //p' "$work/expect" | sort >"$work/declared"
	awk '/ written, / { printf "%s", ended; ended = "" }
	!/: account: .*(not explained: [0-9]|[0-9] more than that)/ { next }
	{
		state = /not explained: / ? "" : "more "
		counter = $3
		sub(/:$/, "", counter)
		number = $0
		sub(/.*not explained: /, "", number)
		sub(/ more than that.*/, "", number)
		sub(/.*, /, "", number)
		ended = ended state counter " " number + 0 "\n"
	}
	END { printf "at the end\n%s", ended }' "$2/summary" >"$work/account"
	awk 'found; /^at the end/ { found = 1 }' "$work/account" | sort >"$work/unexplained"
	cmp -s "$work/declared" "$work/unexplained" &&
		ok "$1: the account closes" ||
		not_ok "$1: the account closes" "unexplained: '$(paste -sd, "$work/unexplained")', expected '$(paste -sd, "$work/declared")'"
	sed '/^at the end/,$d; s/ [0-9]*$/ /' "$work/account" | while read -r counter; do
		grep -q "^$counter " "$work/declared" || echo "$counter"
	done >"$work/early"
	[ ! -s "$work/early" ] || not_ok "$1: each account closes" "unexplained before the end: $(paste -sd, "$work/early")"
}

# A filter may continue on the next line, indented.
one_line_each() { awk '/^[a-z]/ { if (NR > 1) print ""; printf "%s", $0; next } { sub(/^[\t ]+/, " "); printf "%s", $0 } END { print "" }' "$1"; }

# judge_end NAME DIR LAST: the scenario has written all that it expects.
judge_end() {
	ended=$(cat "$2.status" 2>/dev/null)
	if [ "$3" = end ] && [ "${ended:-0}" = 0 ]; then
		ok "$1: the scenario was played to its end"
	else
		not_ok "$1: the scenario was played to its end" "it ended early, with exit status ${ended:-unknown}"
	fi
}

judge() { # NAME DIR
	if ! [ -s "$2/drops.pcapng" ] || ! [ -s "$2/expect" ]; then
		not_ok "$1: the scenario left a capture" "$(cat "$2/summary" 2>&1)"
		judge_end "$1" "$2" "$(tail -1 "$2/expect" 2>/dev/null)"
		return
	fi
	judge_end "$1" "$2" "$(tail -1 "$2/expect")"
	cp "$2/drops.pcapng" "$work/file.pcapng"
	chmod 644 "$work/file.pcapng"
	one_line_each "$2/expect" >"$work/expect"
	count_ahead 1
	judge_file "$1" "$2"
	judge_account_made "$1" "$2"
	judge_account "$1" "$2"
	line=0
	while read -r what first rest <&3; do
		line=$((line + 1))
		case $what in
		count) judge_count "$1" "$first" "$rest" ;;
		segments) judge_segments "$1" "$first" "$rest" ;;
		status) same "$1: the capture's exit status" "$first" 0 ;;
		wire) judge_wire "$1" "$2" ;;
		synacks) judge_synacks "$1" "$2" ;;
		ordered) judge_order "$1" ;;
		times)
			# shellcheck disable=SC2086 # words
			judge_times "$1" "$2" "$first" $rest
			;;
		some) judge_some "$1" "$first $rest" ;;
		sum) judge_sum "$1" "$first" "$rest" ;;
		bytes) judge_bytes "$1" "$first" "$rest" ;;
		equal) same "$1: ${rest#* }" "$first" "${rest%% *}" ;;
		skip) skip "$1" "$first $rest" ;;
		file)
			cp "$2/$first" "$work/file.pcapng"
			chmod 644 "$work/file.pcapng"
			count_ahead $((line + 1))
			;;
		names)
			# shellcheck disable=SC2086 # two words
			judge_names "$1" "$first" $rest
			;;
		clean) judge_clean "$1" "$2/$first" ;;
		unexplained | without-account | end) ;;
		*) not_ok "$1" "$first $rest" ;;
		esac
	done 3<"$work/expect"
}

for name in "$@"; do
	name=$(basename "${name%.sh}" .status)
	judge "$name" "$results/$name"
done
exit $status
