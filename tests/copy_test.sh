#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copies of other programs' files lose no packet, comment, name or interface; copies of our own
# files are the same bytes. Other programs print the contents of both.
#   COPY_FILE=... copy_test.sh
set -u
: "${COPY_FILE:?}"
# shellcheck source=tests/wait.sh
. "$(dirname "$0")/wait.sh"
samples=$(dirname "$0")/../samples
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

not_ok() {
	echo "not ok $1: $2"
	status=1
}

# contents FILE: the packets with all their fields, the interfaces, the comments of the sections.
contents() {
	tshark -nr "$1" -T fields -E occurrence=a -e frame.number -e frame.time_epoch -e frame.len \
		-e frame.cap_len -e frame.interface_id -e frame.interface_name \
		-e frame.interface_description -e frame.comment -e frame.packet_flags \
		-e frame.drop_count -e frame.packet_id -e frame.protocols -e tcp.checksum 2>&1 |
		grep -v '^Running as'
	capinfos -Mckin "$1" 2>&1 | grep -vE '^(File name|Running as)'
}

# None of these is the kind of the file, its encapsulation or its precision: the copy of a classic
# file has others.
keeps() { # NAME FILE
	if ! why=$("$COPY_FILE" "$2" "$work/copy.pcapng" 2>&1); then
		not_ok "$1" "$why"
		return
	fi
	contents "$2" >"$work/before"
	contents "$work/copy.pcapng" >"$work/after"
	if [ "$(grep -c . "$work/before")" -lt 5 ]; then
		not_ok "$1" "nothing to compare: $(head -2 "$work/before")"
	elif why=$(diff "$work/before" "$work/after"); then
		echo "ok $1"
	else
		not_ok "$1" "$(echo "$why" | head -4 | tr '\n' ' ')"
	fi
}

# The packets without their interface: that of a classic file has no name and no id.
packets() {
	tcpdump --nano -ttttnnvvXr "$1" 2>/dev/null
	echo "$(tcpdump -nr "$1" 2>/dev/null | wc -l) packets"
}

keeps_packets() { # NAME FILE
	why=$("$COPY_FILE" "$2" "$work/copy.pcapng" 2>&1)
	packets "$2" >"$work/before"
	packets "$work/copy.pcapng" >"$work/after"
	if [ -z "$why" ] && [ "$(wc -l <"$work/before")" -gt 5 ] &&
		why=$(diff "$work/before" "$work/after"); then
		echo "ok $1"
	else
		not_ok "$1" "$(echo "$why" | head -4 | tr '\n' ' ')"
	fi
}

for sample in "$samples"/*.pcapng; do
	name=$(basename "$sample" .pcapng)
	"$COPY_FILE" "$sample" "$work/copy.pcapng" && why=$(cmp "$sample" "$work/copy.pcapng" 2>&1) &&
		echo "ok own_file_is_the_same: $name" || not_ok "own_file_is_the_same: $name" "$why"
done

rto=$samples/rto.pcapng
tail=$samples/tail-loss-probe.pcapng
editcap -a '1:by another hand' "$rto" "$work/editcap.pcapng" 2>/dev/null
mergecap -w "$work/mergecap.pcapng" "$rto" "$tail" 2>/dev/null
mergecap -I none -a -w "$work/interfaces.pcapng" "$rto" "$tail" 2>/dev/null
cat "$rto" "$work/editcap.pcapng" "$tail" >"$work/sections.pcapng"
editcap -F pcap "$rto" "$work/micro.pcap" 2>/dev/null
editcap -F nsecpcap "$rto" "$work/nano.pcap" 2>/dev/null
keeps editcap "$work/editcap.pcapng"
keeps mergecap "$work/mergecap.pcapng"
keeps mergecap_of_many_interfaces "$work/interfaces.pcapng"
keeps several_sections "$work/sections.pcapng"
keeps_packets classic_microseconds "$work/micro.pcap"
keeps_packets classic_nanoseconds "$work/nano.pcap"

# Names are in a block that the reader skips.
address=$(tshark -r "$rto" -c 1 -T fields -e ip.src -e ipv6.src 2>/dev/null | tr -d '\t')
echo "$address named.example" >"$work/hosts"
tshark -r "$rto" -H "$work/hosts" -N n -P -W n -w "$work/names.pcapng" >/dev/null 2>&1
"$COPY_FILE" "$work/names.pcapng" "$work/copy.pcapng"
if why=$(cmp "$work/names.pcapng" "$work/copy.pcapng" 2>&1) &&
	grep -aq named.example "$work/copy.pcapng"; then
	echo "ok names"
else
	not_ok names "$why"
fi

# Live captures of a namespace's loopback by dumpcap and tcpdump.
if [ "$(id -u)" != 0 ]; then
	echo "skip copies_of_live_captures: not root"
	exit $status
fi
ns=tcopy$$
ip netns add $ns
in_ns() { ip netns exec $ns "$@"; }
in_ns ip link set lo up
in_ns timeout 60 dumpcap -q -i lo --capture-comment 'of dumpcap' -c 8 -w "$work/dumpcap.pcapng" \
	2>"$work/dumpcap.log" &
in_ns timeout 60 tcpdump -qU -i lo -c 8 -w "$work/tcpdump.pcap" 2>"$work/tcpdump.log" &
until_true grep -qs "^File: " "$work/dumpcap.log"
until_true grep -qs 'listening on' "$work/tcpdump.log"
# Each connection is a SYN and a reset: eight packets, for which both programs wait.
for port in 1 2 3 4; do
	in_ns "$PEER" connect 127.0.0.1 $port -c 1 -e -t 30000 >/dev/null
done
wait
ip netns del $ns
keeps dumpcap "$work/dumpcap.pcapng"
keeps_packets tcpdump "$work/tcpdump.pcap"
exit $status
