# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2153,SC2016 # variables of lib.sh and of the sourcing script
# The expectations of a scenario: lines of $dir/expect, which judge.sh reads, possibly on another
# machine. Sourced after lib.sh.

# The scenario itself has gone wrong unless the two are the same.
same() { # WHAT GOT EXPECTED
	[ "$2" = "$3" ] || echo "false $1: $2, not $3" >>"$dir/expect"
}

at_least() { # WHAT GOT EXPECTED
	[ "$2" -ge "$3" ] || echo "false $1: $2, not $3 at least" >>"$dir/expect"
}

at_most() { # WHAT GOT EXPECTED
	[ "$2" -le "$3" ] || echo "false $1: $2, not $3 at most" >>"$dir/expect"
}

# kernel_has NAME: whether the running kernel's own type information has the name. No version is
# looked up. The names that scenarios may ask for are collected once (provoke.sh).
kernel_has() { grep -qx "$1" "$results/kernel-names"; }

# The filter for drops with that reason; on kernels without reasons, an event must have none.
reason() {
	if kernel_has "SKB_DROP_REASON_$1"; then
		echo "tcpdropcap.reason == \"$1\""
	elif kernel_has skb_drop_reason; then
		echo tcpdropcap.reason
	else
		echo '!tcpdropcap.reason'
	fi
}

# lacks WHAT: the capture said at its start that the kernel refuses it. Where the kernel permits
# everything ($PERMITTED, as in a guest), it must not say so.
lacks() {
	grep -q "$1 will be missing" "$dir/summary" || return 1
	[ -z "${PERMITTED:-}" ] || [ -n "${denied:-}" ] ||
		echo "false the kernel permits it, yet a message says that $1 is missing" >>"$dir/expect"
}

# The filter for the receiving socket's state: the tracepoint has the socket of a drop on receipt,
# or the hooks before it have found it, or the capture said that it will be missing.
receiver() {
	if kernel_has rx_sk; then
		echo "tcpdropcap.sock == \"rx_sk\" && tcpdropcap.state == \"$1\""
	elif ! lacks 'socket and state of drops on receipt'; then
		echo "tcpdropcap.sock == \"fentry\" && tcpdropcap.state == \"$1\""
	else
		echo 'tcpdropcap.sock == "none" && !tcpdropcap.state'
	fi
}

# No counter of the account is about the kinds of events that are captured.
without_account() { echo without-account >>"$dir/expect"; }

# COUNT packets of the capture match the display filter.
expect() { # COUNT FILTER
	echo "count $*" >>"$dir/expect"
}

# At least one does.
expect_some() { # FILTER
	echo "some $*" >>"$dir/expect"
}

# The packets that match have COUNT segments together: one each, unless the event says more.
expect_sum() { # COUNT FILTER
	echo "sum $*" >>"$dir/expect"
}

# The kernel counts N that have no event; nothing else may be unexplained at the end of a capture.
unexplained() { # COUNTER N
	echo "unexplained $*" >>"$dir/expect"
}

# expect_both COUNT4 COUNT6 FILTER
expect_both() {
	expect4=$1 expect6=$2
	shift 2
	expect "$expect4" "ip && $*"
	expect "$expect6" "ipv6 && $*"
}

# expect_owner FILTER PID SOURCE: no event has another owner, and where the kernel permits a scan of
# open files, some have the owner from that source.
expect_owner() {
	found="$1 && tcpdropcap.state"
	expect 0 "$found && tcpdropcap.owner && !(tcpdropcap.owner_pid == $2)"
	if kernel_has BPF_FUNC_sock_from_file; then
		echo "some $found && tcpdropcap.owner_src == \"$3\"" >>"$dir/expect"
	else
		expect 0 "$found && tcpdropcap.owner_src == \"$3\""
	fi
}

# ss of the namespace's connections on a port, one value a line, without the values that change by
# themselves.
ss_of() { # NAMESPACE FILTER
	in_ns "$1" ss -Htinm state established "$2" | tr ' ()' '\n,,' | tr ',' '\n' |
		grep -vE '^(lastrcv|lastsnd|lastack|busy|rwnd_limited|timer|pacing_rate|delivery_rate|send|rcv_rtt|[0-9.]+[KMG]?bps)'
}

# ss_value FILE NAME: a value of ss_of's output in the units of tcp_info; "" if ss does not show it.
ss_value() {
	case $2 in
	rtt) awk -F'[:/]' '/^rtt:/ { printf "%.0f", $2 * 1000; exit }' "$1" ;;
	rttvar) awk -F'[:/]' '/^rtt:/ { printf "%.0f", $3 * 1000; exit }' "$1" ;;
	rto) awk -F: '/^rto:/ { printf "%.0f", $2 * 1000; exit }' "$1" ;;
	retrans) awk -F'[:/]' '/^retrans:/ { print $2; exit }' "$1" ;;
	total_retrans) awk -F'[:/]' '/^retrans:/ { print $3; exit }' "$1" ;;
	r | rb | w | tb | bl) sed -n "s/^$2\([0-9][0-9]*\)\$/\1/p" "$1" | head -1 ;;
	cc) sed -n 's/^\(cubic\|bbr\|reno\|dctcp\)$/\1/p' "$1" | head -1 ;;
	*) sed -n "s/^$2:\([0-9][0-9]*\)\$/\1/p" "$1" | head -1 ;;
	esac
}

# expect_ss FILE FILTER KEY=NAME...: events match, and each has for each key the value that ss
# shows.
expect_ss() {
	ss_file=$1 ss_filter=$2
	shift 2
	echo "some $ss_filter" >>"$dir/expect"
	for pair in "$@"; do
		expected=$(ss_value "$ss_file" "${pair#*=}")
		if [ -z "$expected" ]; then
			echo "false ss does not show ${pair#*=}" >>"$dir/expect"
		elif [ "${pair#*=}" = cc ]; then
			expect 0 "$ss_filter && !(tcpdropcap.cc == \"$expected\")"
		else
			expect 0 "$ss_filter && !(tcpdropcap.${pair%=*} == $expected)"
		fi
	done
}

# anonymized_agrees WIRE...: compare.json has the verdicts that compare finds in anonymized files.
anonymized_agrees() {
	for file in "$compare_drops" "$@"; do
		"$TOOL" -r "$file" -w "$file.anonymized" --anonymize --key "$dir/key" 2>"$dir/anonymize" ||
			echo "false anonymizing failed: $(cat "$dir/anonymize")" >>"$dir/expect"
	done
	for file in "$@"; do
		shift
		set -- "$@" "$file.anonymized"
	done
	"$TOOL" compare --json "$compare_drops.anonymized" "$@" >"$dir/anonymized.json" 2>"$dir/anonymize"
	for file in compare anonymized; do
		grep -o '"verdict":"[^"]*"\|"wire_frame":[0-9]*' "$dir/$file.json" >"$dir/$file.verdicts"
	done
	cmp -s "$dir/compare.verdicts" "$dir/anonymized.verdicts" ||
		echo "false compare of anonymized files: $(diff "$dir/compare.verdicts" "$dir/anonymized.verdicts" | head -3 | tr '\n' ' ')" >>"$dir/expect"
}

# compare_wires [FILE...]: compares the capture with the wire captures, by default wire.pcap alone.
# With one wire capture, the expectations that follow are about the file that compare -w makes of
# both.
compare_wires() {
	[ $# -gt 0 ] || set -- wire.pcap
	compare_drops=$dir/drops.pcapng
	for file in "$@"; do
		shift
		set -- "$@" "$dir/$file"
	done
	"$TOOL" compare --json "$compare_drops" "$@" >"$dir/compare.json" 2>"$dir/compare" ||
		echo "false compare failed: $(cat "$dir/compare")" >>"$dir/expect"
	anonymized_agrees "$@"
	[ $# = 1 ] || return 0
	"$TOOL" compare -v -w "$dir/compare.pcapng" "$compare_drops" "$@" >"$dir/compare" 2>&1
	echo "file compare.pcapng" >>"$dir/expect"
}

# The duplicate SACKs in a wire capture, as tshark sees them. The receiver's TCPDSACKOldSent
# has counted some that are in no frame.
duplicate_sacks() { # [FILE]
	tshark -r "$dir/${1:-wire.pcap}" -Y tcp.options.sack.dsack 2>/dev/null | wc -l
}

# in_json COUNT TEXT...: COUNT events of compare's JSON have all these texts.
in_json() {
	in_json_count=$1 in_json_texts=$*
	shift
	cp "$dir/compare.json" "$dir/in_json"
	for expected in "$@"; do
		grep -F '{"time":' "$dir/in_json" | grep -F "$expected" >"$dir/in_json_next"
		mv "$dir/in_json_next" "$dir/in_json"
	done
	in_json_found=$(wc -l <"$dir/in_json")
	[ "$in_json_found" = "$in_json_count" ] ||
		echo "false compare.json has $in_json_found of $in_json_texts" >>"$dir/expect"
}

# verdict COUNT VERDICT FILTER: COUNT events that match have this verdict, and none has another.
verdict() {
	verdict_count=$1 verdict_name=$2
	shift 2
	expect "$verdict_count" "tcpdropcap.verdict == \"$verdict_name\" && $*"
	expect 0 "tcpdropcap.verdict && !(tcpdropcap.verdict == \"$verdict_name\") && $*"
}

# verdict_both COUNT4 COUNT6 VERDICT FILTER: the same for each family.
verdict_both() {
	verdict4=$1 verdict6=$2
	shift 2
	verdict "$verdict4" "$1" "ip && $2"
	verdict "$verdict6" "$1" "ipv6 && $2"
}

# all_verdict VERDICT FILTER: some events match, and all of them have this verdict.
all_verdict() {
	echo "some tcpdropcap.verdict == \"$1\" && $2" >>"$dir/expect"
	expect 0 "tcpdropcap.verdict && !(tcpdropcap.verdict == \"$1\") && $2"
}

# The scenario has come to its end. judge.sh demands this line: an expectation that was never
# written would otherwise pass.
expect_no_more() { echo end >>"$dir/expect"; }
