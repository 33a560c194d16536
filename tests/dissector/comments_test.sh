#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: comments_test.sh
# Checks what Wireshark without the plugin shows of the comments of each sample: each comment
# completely, the first of a packet as a sentence.
set -u
# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"
tshark_setup dissector/tcpdropcap.lua

titles='Packet dropped|Segment retransmitted|Retransmission failed|SYN-ACK retransmitted|Loss probe sent'
titles="$titles|Reset sent|Reset received"

# Labels of comments that Wireshark cuts, and marks in one of two ways. The expert information for a
# comment has more words and is cut earlier.
cut_comments() {
	run_tshark -r file.pcapng -V | grep -cE '^ *\[(truncated|…)\]'
}

# Those of schema 1 are long: that some are cut shows that the pattern above is the version's.
cut=no
for sample in samples/*.pcapng samples/schema-1/*.pcapng; do
	name=$(basename "$sample" .pcapng)
	cp "$sample" "$work/file.pcapng"
	chmod 644 "$work/file.pcapng"
	run_tshark -r file.pcapng -T fields -E occurrence=f -e frame.comment >"$work/first"
	if grep -q '^tcpdropcap/1 ' "$work/first"; then
		[ "$(cut_comments)" = 0 ] || cut=yes
		continue
	fi
	same "comments_are_shown_whole ($name)" "$(cut_comments)" 0
	same "first_comment_is_a_sentence ($name)" "$(grep -cE "^tcpdropcap/2 ($titles): event=[a-z]+ " "$work/first")" \
		"$(wc -l <"$work/first")"
done
same comments_of_schema_1_are_cut $cut yes
exit $status
