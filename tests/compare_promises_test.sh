#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The limits of compare on files: the window of ten seconds, and the wire capture's snaplen for
# inserted packets.
#   TOOL=... compare_promises_test.sh
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
TOOL=$(readlink -f "$TOOL")
cp samples/input-drop.pcapng samples/output-drop.pcapng "$work"
cd "$work" || exit 1

# The wire has the events' own packets; the last one is SECONDS late. Prints how many are found.
found_if_last_is_late() { # SECONDS
	tcpdump -r input-drop.pcapng -w wire.pcap 2>/dev/null
	last=$(tcpdump -nr wire.pcap 2>/dev/null | wc -l)
	{
		editcap -r wire.pcap first.pcap 1-$((last - 1))
		editcap -r wire.pcap last.pcap "$last"
		editcap -t "$1" last.pcap late.pcap
		mergecap -w late-wire.pcap first.pcap late.pcap
	} 2>/dev/null
	timeout 60 "$TOOL" compare input-drop.pcapng late-wire.pcap 2>&1 | awk '$1 == "dropped-after-wire" { print $2 }'
}
events=$(tcpdump -nr input-drop.pcapng 2>/dev/null | wc -l)
same compare_finds_a_frame_within_ten_seconds "$(found_if_last_is_late 9.9)" "$events"
same compare_finds_no_frame_beyond_ten_seconds "$(found_if_last_is_late 10.1)" "$((events - 1))"

# A wire capture with 40 bytes of each packet: too few to find an event, so that all are inserted.
editcap -s 40 -F pcap input-drop.pcapng cut.pcap 2>/dev/null
{
	printf '\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\50\0\0\0\1\0\0\0'
	tail -c +25 cut.pcap
} >short.pcap
mergecap -w all.pcapng input-drop.pcapng output-drop.pcapng 2>/dev/null
timeout 60 "$TOOL" compare -w out.pcapng all.pcapng short.pcap >stdout 2>&1
lengths=$(tshark -r out.pcapng -T fields -e frame.cap_len 2>/dev/null | sort -n | uniq -c | awk '{ print $2 }')
inserted=$(tshark -r out.pcapng -Y 'frame.interface_description == "events that are not on the wire"' 2>/dev/null | wc -l)
same compare_inserts_the_events_of_no_frame "$inserted" "$(tcpdump -nr all.pcapng 2>/dev/null | wc -l)"
same compare_inserts_no_more_bytes_than_the_wires_snaplen "$lengths" 40
exit $status
