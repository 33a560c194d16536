#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# compare on files: which arguments it refuses, its output, and that -w leaves the capture as it
# was. The wire is made of the events' own packets by tcpdump, so that each event's packet is on it.
#   TOOL=... compare_test.sh
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
TOOL=$(readlink -f "$TOOL")
cp samples/input-drop.pcapng samples/output-drop.pcapng samples/rto.pcapng "$work"
cd "$work" || exit 1

run() { # ARGUMENTS: into stdout, stderr, $got
	timeout 20 "$TOOL" compare "$@" >stdout 2>stderr </dev/null
	got=$?
}

# The count of a verdict in stdout's table.
counted() { awk -v name="$1" '$1 == name { print $2 }' stdout; }

for sample in input-drop output-drop rto; do
	tcpdump -r $sample.pcapng -w $sample.pcap 2>/dev/null
done
gzip -k rto.pcap
events=$(tcpdump -nr rto.pcapng 2>/dev/null | wc -l)
drops=$(tcpdump -nr input-drop.pcapng 2>/dev/null | wc -l)

refused compare_needs_files 2 'needs a capture file'
refused compare_needs_a_wire 2 'needs a capture file' rto.pcapng
refused compare_refuses_unknown_options 2 '--strange' --strange rto.pcapng rto.pcap
refused compare_has_no_options_of_a_capture 2 '--netns: unknown option' --netns 1 rto.pcapng rto.pcap
refused compare_refuses_an_option_without_its_file 2 'needs an argument' rto.pcapng rto.pcap -w
refused compare_writes_one_wire 2 'give only one' -w out.pcapng rto.pcapng rto.pcap input-drop.pcap
refused compare_names_a_missing_file 1 'missing.pcapng' missing.pcapng rto.pcap
refused compare_names_a_missing_wire 1 'missing.pcap' rto.pcapng missing.pcap
refused compare_refuses_other_files 1 'stdout' rto.pcapng stdout
refused compare_refuses_events_without_annotations 1 'rto.pcap has no annotations' rto.pcap rto.pcap
refused compare_refuses_a_pipe_of_the_wire 1 'more than once' rto.pcapng -
refused compare_refuses_to_write_what_it_reads 1 'this is a file that is read' -w rto.pcap rto.pcapng rto.pcap
refused compare_refuses_to_write_over_the_events 1 'this is a file that is read' -w rto.pcapng rto.pcapng rto.pcap
refused compare_frames_only_needs_a_copy 2 'frames-only: it leaves' --frames-only rto.pcapng rto.pcap
refused compare_names_a_folder_it_cannot_write 1 'nowhere/out' -w nowhere/out.pcapng rto.pcapng rto.pcap
head -c 15 rto.pcapng >head.pcapng
refused compare_refuses_events_that_are_damaged_at_once 1 'head.pcapng: block 1' head.pcapng rto.pcap

run --help
[ $got = 0 ] && grep -q '^Usage: tcpdropcap compare' stdout && ok compare_has_help ||
	not_ok compare_has_help "exit $got: $(head -3 stderr)"
same compare_has_a_version "$("$TOOL" compare -V)" "$("$TOOL" -V)"

run input-drop.pcapng input-drop.pcap
same compare_finds_dropped_packets "$(counted dropped-after-wire) of $(counted all)" "$drops of $drops"
same compare_prints_the_clock_offset "$(grep -c "clock offset +0.000000 s, drift +0.000 ppm ([0-9]* matches" stdout)" 1
run rto.pcapng rto.pcap
same compare_knows_no_earlier_transmission "$(counted unknown) of $(counted all)" "$events of $events"
run -v rto.pcapng rto.pcap.gz
same compare_prints_a_line_for_each "$(grep -c '^ *[0-9][0-9]* retransmit .* unknown ' stdout)" "$events"
run --json rto.pcapng rto.pcap
same compare_prints_an_object_for_each \
	"$(grep -c '^{"time":.*"verdict":"unknown","because":".*}$' stdout)" "$events"
same compare_prints_one_object_for_all "$(grep -c '"verdicts":{.*"unknown":'"$events"'}}$' stdout)" 1

# Hours apart: the same, and the offset is printed.
editcap -t 7200.5 input-drop.pcap later.pcap
run input-drop.pcapng later.pcap
same compare_measures_a_clock_hours_ahead "$(counted dropped-after-wire)" "$drops"
same compare_prints_a_clock_hours_ahead "$(grep -cE 'clock offset \+7200\.(5000|4999)' stdout)" 1

# Captures of two queues, one after the other in the file: their frames are put into the order of
# time.
tcpdump -c 5 -r input-drop.pcap -w queue1.pcap 2>/dev/null
editcap -F pcap input-drop.pcap queue2.pcap 1-5
mergecap -a -F pcap -w queues.pcap queue2.pcap queue1.pcap 2>/dev/null
run input-drop.pcapng queues.pcap
same compare_puts_frames_into_order "$(counted dropped-after-wire) of $(counted all), $(wc -l <stderr) warnings" \
	"$drops of $drops, 0 warnings"
editcap -F pcap -t 5 queue2.pcap later2.pcap
editcap -F pcap -t 9 queue2.pcap later3.pcap
mergecap -a -F pcap -w too-late.pcap later2.pcap later3.pcap queue1.pcap 2>/dev/null
run input-drop.pcapng too-late.pcap
same compare_counts_frames_that_come_too_late "$(grep -c 'too-late.pcap: 5 of [0-9]* frames come more than a second' stderr)" 1

# Damaged files: what comes before the damage is compared and written, and the damage is named.
tcpdump -r output-drop.pcapng -w late.pcap 2>/dev/null
editcap -F pcapng late.pcap late.pcapng
for file in late.pcap late.pcapng output-drop.pcapng; do
	gzip -k "$file" && zstd -q "$file"
	for form in "$file" "$file.gz" "$file.zst"; do
		size=$(stat -c %s "$form")
		head -c $((size - 7)) "$form" >"cut-$form"
	done
done
cut() { # NAME EVENTS WIRE DAMAGED: verdicts, exit status 1 and the damage; -w writes each event
	run -w cut-out.pcapng "$2" "$3"
	all=$(counted all)
	[ $got = 1 ] && [ "${all:-0}" -gt 0 ] && grep -q "^tcpdropcap: $4: " stderr &&
		grep -q "^$all events read; $all written" stderr && tcpdump -nr cut-out.pcapng >/dev/null 2>&1 &&
		ok "$1" || not_ok "$1" "exit $got, all ${all:-none}: $(tail -1 stderr)"
}
for form in late.pcap late.pcap.gz late.pcap.zst late.pcapng late.pcapng.gz late.pcapng.zst; do
	cut "compare_reads_cut_wire_$form" output-drop.pcapng cut-$form cut-$form
done
for form in output-drop.pcapng output-drop.pcapng.gz; do # one block of zstd has it all, or nothing
	cut "compare_reads_cut_events_$form" cut-$form late.pcap cut-$form
done
for size in 3 23 30 60; do
	head -c $size late.pcap >head.pcap
	run -v -w head-out.pcapng output-drop.pcapng head.pcap
	[ $size = 3 ] && continue # that is not a capture file
	same "compare_reads_a_wire_of_${size}_bytes" "exit $got, $(grep -c 'after the damage of head.pcap' stdout)" \
		"exit 1, $(counted all)"
	same "compare_writes_the_events_of_a_wire_of_${size}_bytes" \
		"$(tcpdump -nr head-out.pcapng 2>/dev/null | wc -l)" "$(counted all)"
done

# Cut anywhere: a verdict is that on the whole file, or unknown; each event is in the copy.
wrong=
editcap -F pcapng input-drop.pcap whole.pcapng
for file in input-drop.pcap whole.pcapng; do
	size=$(stat -c %s $file)
	for length in $(seq $((size - 30)) "$size") $(seq 24 67 "$size"); do
		head -c "$length" $file >any.pcap
		run -w any-out.pcapng input-drop.pcapng any.pcap
		[ -s stdout ] || { grep -q 'any.pcap: ' stderr || wrong="$wrong $file:$length" && continue; }
		found=$(counted dropped-after-wire) unknown=$(counted unknown)
		[ $((${found:-0} + ${unknown:-0})) = "$drops" ] &&
			grep -q "^$drops events read; $drops written" stderr &&
			tcpdump -nr any-out.pcapng >/dev/null 2>&1 || wrong="$wrong $file:$length"
	done
done
same compare_reads_a_wire_that_is_cut_anywhere "$wrong" ""

# Frames that cannot be read are counted and named; the time that they cover is known. The last
# event is outside it: its frame has its time in whole microseconds.
editcap -F pcap -T ppp input-drop.pcap ppp.pcap
run -v input-drop.pcapng ppp.pcap
frames=$(tcpdump -nr input-drop.pcap 2>/dev/null | wc -l)
same compare_names_an_unreadable_link_type \
	"$(grep -c "ppp.pcap: $frames of $frames frames have link type 9 (PPP), which compare cannot read" stderr)" 1
same compare_gives_the_link_type_as_the_reason \
	"$(grep -c "not in ppp.pcap, but $frames of its packets have link type 9 (PPP), which compare cannot read" stdout)" $((drops - 1))
mergecap -F pcapng -w some.pcapng ppp.pcap input-drop.pcap 2>/dev/null
run input-drop.pcapng some.pcapng
same compare_reads_the_frames_that_it_can "$(counted dropped-after-wire)" "$drops"
same compare_counts_the_frames_that_it_cannot "$(grep -c "some.pcapng: $frames of $((2 * frames)) frames have link type 9" stderr)" 1
editcap -C 12:2 -F pcap input-drop.pcap nothing.pcap # the ethertype is gone
run -v input-drop.pcapng nothing.pcap
same compare_says_that_no_frame_has_ip "$(grep -c "nothing.pcap: in none of its $frames frames" stderr)" 1
same compare_has_no_verdict_without_ip "$(grep -c 'have no IP packet that compare can read' stdout)" $((drops - 1))

# A capture with comments of its own keeps every byte of its packets, and each comment.
fields() { tshark -r "$1" -Y "$2" -T fields -e frame.time_epoch -e frame.len -e frame.cap_len -e eth.src -e ip.id -e tcp.seq_raw 2>/dev/null; }
bytes() { tshark -r "$1" -Y "$2" -x 2>/dev/null | grep '^0' ; }
# That wire does not have the output drops.
editcap -a 1:'first words' -a 2:'second words' -F pcapng input-drop.pcap wire.pcapng
{ mergecap -w all.pcapng input-drop.pcapng output-drop.pcapng; } 2>/dev/null
off=$(tcpdump -nr output-drop.pcapng 2>/dev/null | wc -l)
run -w out.pcapng all.pcapng wire.pcapng
same compare_writes "$got" 0
off_wire='frame.interface_description == "events that are not on the wire"'
on="!($off_wire)"
same write_keeps_each_frame "$(fields out.pcapng "$on" | cksum)" "$(fields wire.pcapng frame | cksum)"
same write_keeps_each_byte "$(bytes out.pcapng "$on" | cksum)" "$(bytes wire.pcapng frame | cksum)"
same write_keeps_comments "$(tshark -r out.pcapng -Y 'frame.comment == "first words" || frame.comment == "second words"' 2>/dev/null | wc -l)" 2
same write_annotates_frames "$(tshark -r out.pcapng -Y "$on"' && frame.comment contains "verdict=dropped-after-wire wire_frame="' 2>/dev/null | wc -l)" "$drops"
same write_inserts_what_is_not_on_the_wire "$(tshark -r out.pcapng -Y "$off_wire"' && frame.comment contains "verdict="' 2>/dev/null | wc -l)" "$off"
same write_keeps_the_devices_of_events "$(tshark -r out.pcapng -Y "$off_wire" -T fields -e frame.interface_name 2>/dev/null | sort | uniq -c)" "$(tshark -r output-drop.pcapng -T fields -e frame.interface_name 2>/dev/null | sort | uniq -c)"
same write_makes_what_tcpdump_reads "$(tcpdump -nr out.pcapng 2>/dev/null | wc -l)" $((drops + off))

# Without packets of events, Wireshark's analysis of sequence numbers is that of the capture.
mergecap -w twice.pcapng wire.pcapng rto.pcap 2>/dev/null
run -w frames.pcapng --frames-only all.pcapng twice.pcapng
same frames_only_keeps_the_frames_alone "$(fields frames.pcapng frame | cksum)" "$(fields twice.pcapng frame | cksum)"
same frames_only_annotates_them "$(tshark -r frames.pcapng -Y 'frame.comment contains "verdict=dropped-after-wire wire_frame="' 2>/dev/null | wc -l)" "$drops"
same frames_only_says_what_it_left_out "$(grep -c "left out $off events" stderr)" 1
same frames_only_keeps_the_analysis "$(tshark -r frames.pcapng -Y tcp.analysis.retransmission -T fields -e frame.number 2>/dev/null)" \
	"$(tshark -r twice.pcapng -Y tcp.analysis.retransmission -T fields -e frame.number 2>/dev/null)"

run -w out-again.pcapng.gz all.pcapng wire.pcapng
same write_compresses_with_gzip "$(zcat out-again.pcapng.gz | cksum)" "$(cksum <out.pcapng)"
run -w out-again.pcapng.zst all.pcapng wire.pcapng
same write_compresses_with_zstd "$(zstd -qdc out-again.pcapng.zst | cksum)" "$(cksum <out.pcapng)"

# They are inserted at their time.
run -w sorted.pcapng output-drop.pcapng later.pcap
same write_inserts_in_the_order_of_time "$(tshark -r sorted.pcapng -T fields -e frame.time_delta 2>/dev/null | grep -c '^-')" 0
# An event after the last frame, or with a capture of nothing, is not lost.
tcpdump -r rto.pcap -w empty.pcap 'udp' 2>/dev/null
run -w from-nothing.pcapng rto.pcapng empty.pcap
same write_keeps_events_of_an_empty_capture "$(tcpdump -nr from-nothing.pcapng 2>/dev/null | wc -l)" "$events"

# A wire of raw IP: our interface has its link type, or no program that uses libpcap reads the file.
editcap -C 14 -T rawip -F pcap input-drop.pcap raw.pcap
run -w raw-out.pcapng all.pcapng raw.pcap
same write_has_one_link_type "$(tcpdump -nr raw-out.pcapng 'tcp' 2>/dev/null | wc -l)" $((drops + off))
same write_notes_nothing_then "$(grep -c warning stderr)" 0
same events_of_raw_ip_are_read_back \
	"$("$TOOL" -q --json -r raw-out.pcapng 2>/dev/null | grep -c '"verdict":.*"saddr":')" $((drops + off))
run -w ppp-out.pcapng all.pcapng ppp.pcap
same write_says_that_the_link_types_differ \
	"$(grep -c 'ppp-out.pcapng: [0-9]* events could not have the link type 9 (PPP) of the capture' stderr)" 1
run -w some-out.pcapng all.pcapng some.pcapng
same write_says_that_there_are_several_link_types "$(grep -c 'some.pcapng have several link types' stderr)" 1

# All events are in the file, and -r reads each: a packet that was retransmitted, and dropped on its
# way in.
read_back() { "$TOOL" -q -r "$1" 2>&1 >/dev/null | sed -n 's/ events: .*//p'; }
tcpdump -c 3 -r rto.pcapng -w three.pcap 2>/dev/null
editcap -r rto.pcapng retransmit.pcapng 2
editcap -r three.pcap -F pcapng -a 2:'tcpdropcap/1 event=drop reason=NETFILTER_DROP dir=in hdr=wire' drop.pcapng 2
mergecap -w twice.pcapng retransmit.pcapng drop.pcapng 2>/dev/null
run -w twice-out.pcapng twice.pcapng three.pcap
same write_keeps_both_events_of_a_frame \
	"$(grep -o '[0-9]* events read.*' stderr)" \
	"2 events read; 2 written: 1 on their frames, 1 as packets of their own"
same write_has_both_events_of_a_frame "$(read_back twice-out.pcapng)" 2
same write_adds_one_packet_for_the_second_event "$(tcpdump -nr twice-out.pcapng 2>/dev/null | wc -l)" 4
same write_has_both_verdicts "$(tshark -r twice-out.pcapng -Y 'frame.comment contains "verdict=" && frame.comment contains "wire_frame=2"' 2>/dev/null | wc -l)" 1
for pair in 'all wire out' 'output-drop later sorted' 'rto empty from-nothing'; do
	# shellcheck disable=SC2086 # three words
	set -- $pair
	same "each_event_of_$1_is_read_back" "$(read_back "$3.pcapng")" "$(read_back "$1.pcapng")"
done
# A frame that has an annotation already keeps it as the only one.
run -w again.pcapng all.pcapng out.pcapng
same write_adds_no_second_annotation_to_a_frame "$(read_back again.pcapng)" $((2 * (drops + off)))
exit $status
