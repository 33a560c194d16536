#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: compare.sh TCPDROPCAP MAKE_WIRE [PACKETS [EVENTS]]
# How long "compare" takes for a capture of a million packets and 10,000 events, and how long tcpdump
# takes to copy that capture: five runs of each in turn, the median of each, and their ratio.
set -eu
tool=$1 make_wire=$2 packets=${3:-1000000} events=${4:-10000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$make_wire" "$packets" "$events" "$work/wire.pcap" "$work/drops.pcapng"

# time_of COMMAND...: milliseconds of wall clock.
time_of() {
	start=$(date +%s%N)
	"$@" >"$work/out" 2>&1
	echo $((($(date +%s%N) - start) / 1000000))
}

median() { sort -n "$1" | sed -n 3p; }

for _ in 1 2 3 4 5; do
	time_of tcpdump -r "$work/wire.pcap" -w /dev/null >>"$work/tcpdump"
	time_of "$tool" compare "$work/drops.pcapng" "$work/wire.pcap" >>"$work/compare"
done
cat "$work/out"
a=$(median "$work/compare") b=$(median "$work/tcpdump")
echo "compare $a ms, tcpdump $b ms: $((a / b)).$((a * 100 / b % 100 / 10))$((a * 100 / b % 10)) times"
