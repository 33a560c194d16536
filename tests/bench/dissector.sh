#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: dissector.sh BUILD [PACKETS [ROUNDS]]
# Measures the dissector's cost to tshark: annotated packets with stacks of 16 frames, without the
# dissector and with it, in turn; user seconds, and the median of the ratios. The targets: 2.5 at
# most where no field of a stack is requested, 5 with all frames.
set -eu
build=$1 packets=${2:-100000} rounds=${3:-5}
# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"
tshark_setup dissector/tcpdropcap.lua
"$build/tests/make_annotated" bench "$packets" >"$work/file.pcapng"
chmod 644 "$work/file.pcapng"

seconds() { # ARGUMENT...: prints the user seconds of tshark on the file
	(
		run_tshark -r file.pcapng "$@" >/dev/null
		times >"$work/times"
		awk 'END { split($1, t, "[ms]"); print t[1] * 60 + t[2] }' "$work/times"
	)
}

ratio() { # LIMIT NAME BASE ARGUMENT...: BASE is one word, or empty
	limit=$1 name=$2 base=$3
	shift 3
	round=0
	while [ $round -lt "$rounds" ]; do
		# shellcheck disable=SC2086 # several arguments, or none
		without=$(seconds $base)
		with=$(seconds -X lua_script:dissector.lua "$@")
		echo "$without $with"
		round=$((round + 1))
	done | awk '{ print $2 / $1, $1, $2 }' | sort -n | awk -v name="$name" -v limit="$limit" '
		{ line[NR] = $0 }
		END {
			split(line[int((NR + 1) / 2)], m, " ")
			printf "%-34s %6.2f s %6.2f s  ratio %.2f (limit %s)\n", name, m[2], m[3], m[1], limit
		}'
}

ratio 2.5 "list of packets" ""
ratio 2.5 "filter on the reason" "-Y tcp.port==81" -Y 'tcpdropcap.reason == "X"'
ratio 2.5 "column of reasons" "-T fields -e frame.number" -T fields -e tcpdropcap.reason
ratio 5 "filter on frames" "-Y tcp.port==81" -Y 'tcpdropcap.stack.frame == "X"'
ratio 5 "column of frames" "-T fields -e frame.number" -T fields -e tcpdropcap.stack.frame
ratio 5 "tree" "-V" -V
