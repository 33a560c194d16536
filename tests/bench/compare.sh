#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: compare.sh TCPDROPCAP MAKE_WIRE [PACKETS [EVENTS]]
# Measures "compare" with a capture of a million packets and 10,000 events, and tcpdump copying that
# capture: five runs of each in turn, the median of each, and their ratio. Then measures the time
# and memory of "compare" for files of many events, of each shape that make_wire knows.
set -eu
tool=$1 make_wire=$2 packets=${3:-1000000} events=${4:-10000}
many=$((events * 16)) most=$((events * 100))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make() { "$make_wire" "$1" "$2" "$work/wire.pcap" "$work/drops.pcapng" "${3:-mixed}"; }

# time_of COMMAND...: milliseconds of wall clock.
time_of() {
	start=$(date +%s%N)
	"$@" >"$work/out" 2>&1
	echo $((($(date +%s%N) - start) / 1000000))
}

median() { sort -n "$1" | sed -n 3p; }

make "$packets" "$events"
for _ in 1 2 3 4 5; do
	time_of tcpdump -Z root -r "$work/wire.pcap" -w "$work/copy.pcap" >>"$work/tcpdump"
	time_of "$tool" compare "$work/drops.pcapng" "$work/wire.pcap" >>"$work/compare"
done
cat "$work/out"
a=$(median "$work/compare") b=$(median "$work/tcpdump")
echo "compare $a ms, tcpdump $b ms: $((a / b)).$((a * 100 / b % 100 / 10))$((a * 100 / b % 10)) times"

# Peak resident memory, in KiB.
memory_of() {
	/usr/bin/time -f %M -o "$work/memory" "$@" >/dev/null 2>&1
	cat "$work/memory"
}

# row EVENTS FRAMES SHAPE OPTION...: the cost of one event, without the memory that the program
# needs for ten.
row() {
	row_events=$1 frames=$2 shape=$3
	shift 3
	make 20 10 "$shape"
	least=$(memory_of "$tool" compare "$@" "$work/drops.pcapng" "$work/wire.pcap")
	make "$frames" "$row_events" "$shape"
	ms=$(time_of "$tool" compare "$@" "$work/drops.pcapng" "$work/wire.pcap")
	peak=$(memory_of "$tool" compare "$@" "$work/drops.pcapng" "$work/wire.pcap")
	printf '%8d events, %8d frames, %-8s %-6s %6d ms, %4d bytes per event\n' "$row_events" "$frames" "$shape" \
		"$(echo "$*" | cut -d" " -f1)" "$ms" $(((peak - least) * 1024 / row_events))
}

for shape in repeated mixed unsorted sack flood; do
	row "$many" $((many * 2)) "$shape"
	row "$many" $((many * 2)) "$shape" --json
	row "$many" $((many * 2)) "$shape" -w "$work/out.pcapng"
done
row "$most" $((most * 2)) repeated
row "$most" $((most * 2)) mixed
row "$most" $((most * 2)) mixed --json
row "$most" $((packets * 10)) mixed
ms=$(time_of tcpdump -Z root -r "$work/wire.pcap" -w "$work/copy.pcap")
echo "tcpdump copies these $((packets * 10)) frames in $ms ms"
row "$most" $((packets * 10)) unsorted
row "$most" $((most * 2)) sack
