#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: dissector_view_test.sh DIRECTORY-OF-make_annotated tcpdropcap.lua SCHEMA
# What a reader sees: stacks, the tree, links, notes, the Info column, statistics and the profile;
# in one pass or two.
set -u
# shellcheck source=tests/dissector/annotated.sh
. "$(dirname "$0")/annotated.sh"

# Stacks.
first="nft_do_chain+0x3b8 [nf_tables] <- nf_hook_slow+0x41 <- ip_rcv+0x8c"
cell_is own_stack drop tcpdropcap.stack "$first"
cell_is stack_source_has_a_field_of_its_own drop tcpdropcap.stack.source own
cell_is stack_sampled_is_resolved sampled tcpdropcap.stack "$first"
cell_is stack_sampled_takes_the_latest sampled_again tcpdropcap.stack "after_rotation+0x1"
cell_is stack_sampled_may_be_in_the_same_packet sampled_in_a_part tcpdropcap.stack "repeated+0x1"
cell_is stack_in_the_same_packet_is_kept sampled_after_it tcpdropcap.stack "repeated+0x1"
cell_is stack_after_a_foreign_comment own_after_note tcpdropcap.stack "one_frame+0x0"
same stack_of_more_lines_than_wireshark_shows \
	"$(matches 'tcpdropcap.stack contains "i+0x9 <- j+0xa <- last_frame+0xff"')" own_deep
same stack_is_found_by_a_function "$(matches 'tcpdropcap.stack contains "nft_do_chain"')" \
	"drop sampled"
same stack_is_found_by_a_frame "$(matches 'tcpdropcap.stack.frame == "ip_rcv+0x8c"')" \
	"drop sampled"
same stack_of_a_foreign_comment_is_ignored "$(matches 'tcpdropcap.stack contains "forged"')" ""
same stack_that_is_missing_is_noted "$(matches tcpdropcap.stack.missing)" \
	"sampled_unseen own_empty stack_other_id malformed_stack_missing malformed_stack_twice malformed_stack_short"

dissect -V -O tcpdropcap >"$work/tree"
dissect -V -O tcpdropcap -o tcpdropcap.frames:FALSE >"$work/tree_without_frames"
same stack_frames_are_listed "$(grep -c '  Frame: ip_rcv+0x8c$' "$work/tree")" 2
same stack_frames_can_be_left_out "$(grep -c ' Frame: ' "$work/tree_without_frames")" 0
same numbers_have_units "$(grep -c -e ' Smoothed RTT: [0-9]* us$' \
	-e ' Congestion window: [0-9]* segments$' -e ' Send buffer: [0-9]* bytes$' \
	"$work/tree")" 3

same stack_is_found_by_function_offset_and_module "$(matches 'tcpdropcap.stack.frame.function ==
	"nft_do_chain" && tcpdropcap.stack.frame.offset == 0x3b8 &&
	tcpdropcap.stack.frame.module matches "^nf_"')" "drop sampled"

# The subtree: below the last protocol, or above Ethernet (but for the first packet, in one pass).
layers() { # prints the layers of the second packet in their order
	dissect -V "$@" | awk '/^Frame 2:/ { on = 1 } /^Frame 3:/ { exit }
		on && /^\[TCP (drop|event)/ { print "tcpdropcap" } on && /^Ethernet II/ { print "eth" }' |
		tr '\n' ' '
}
same subtree_is_below_the_packet "$(layers)" "eth tcpdropcap "
same subtree_can_be_above_the_packet "$(layers -o tcpdropcap.above:TRUE)" "tcpdropcap eth "
same subtree_has_groups "$(grep -c -e '^    Event$' -e '^    Socket$' -e '^    Owner$' \
	-e '^    TCP state$' -e '^    Stack$' "$work/tree" | awk '{ print ($1 > 100) }')" 1
same packets_without_annotation_keep_their_protocols "$(dissect -Y '!tcpdropcap && eth && tcp' -T fields -e frame.number | wc -l)" 4

# Links, and the packets to which they lead: the first pass sees comments only if a filter makes it
# dissect.
link_cell() {
	dissect -2 -R tcpdropcap -Y "frame.number == $(awk -v n="$1" '$2 == n { print $1 }' "$work/cases")" \
		-T fields -e "tcpdropcap.$2" | awk 'NR == FNR { name[$1] = $2; next } { print name[$1] }' \
		"$work/cases" -
}
same retransmission_links_to_the_drop "$(link_cell link_again dropped_in)" link_drop
same later_retransmission_links_too "$(link_cell link_once_more dropped_in)" link_drop
same drop_links_to_the_first_retransmission "$(link_cell link_drop retransmitted_in)" link_again
same unrelated_packets_have_no_link "$(matches 'tcpdropcap.dropped_in || tcpdropcap.retransmitted_in' -2)" \
	"link_drop link_again link_once_more"
same links_backwards_need_one_pass "$(matches tcpdropcap.dropped_in)" "link_again link_once_more"

# Expert information.
same drop_is_an_error "$(matches 'tcpdropcap.drop && _ws.expert.severity == error &&
	tcpdropcap.uid == 50')" link_drop
same retransmission_is_a_warning "$(matches 'tcpdropcap.retransmit && _ws.expert.severity ==
	warning && !tcpdropcap.dropped_in')" \
	"$(names '^(retransmit|retransmit_failed|synack|link_other_flow|link_other_seq|link_no_ack)$')"

# Explanations: a sentence in the tree, and the severity, also where only the first keys are read.
cell_of() { # CASE ARGUMENT...: the columns of that packet, without those of TCP's own notes
	number=$(awk -v n="$1" '$2 == n { print $1 }' "$work/cases")
	shift
	dissect -Y "frame.number == $number" -T fields "$@"
}
severity() { # CASE: the severity of our note, as the tree has it
	awk -v frame="Frame $(awk -v n="$1" '$2 == n { print $1 }' "$work/cases"):" 'index($0, frame) == 1 { on = 1; next } /^Frame / { on = 0 }
		on && match($0, /Expert Info \([A-Za-z]*\/Sequence\): (The kernel|Reset)/) {
			sub(/.*Expert Info \(/, ""); sub(/\/.*/, ""); print }' "$work/tree"
}
same explanation_is_a_field "$(matches 'tcpdropcap.explanation contains "out of order"')" explained_chat
same explanation_is_in_the_tree "$(grep -c '\[Explanation: The retransmission timeout expired' "$work/tree" |
	awk '{ print ($1 > 1) }')" 1
same explanation_of_a_loss_probe "$(cell_of tlp -e tcpdropcap.explanation | grep -c 'tail loss probe')" 1
same unknown_reason_has_no_explanation "$(cell_of many_comments_shuffled -e tcpdropcap.explanation)" ""
for case in "explained_chat Chat" "explained_error Error" "explained_reset Warning" "reset_out Note" "drop Warning" \
	"drop_bare Error" "retransmit_failed Warning" "late_no_state Note" "late_closed Chat" "late_fin Chat" \
	"late_rst Chat" "late_hostile Note"; do
	same "severity_of_${case% *}" "$(severity "${case% *}")" "${case#* }"
done
same severity_needs_the_first_keys_alone "$(
	for case in late_no_state late_closed late_hostile explained_error; do
		cell_of $case -e tcpdropcap.reason -e _ws.expert.severity
	done | tr "$tab\n" '  ')" "NO_SOCKET 1048576,4194304 NO_SOCKET 1048576,2097152 NO_SOCKET 1048576,4194304 NEIGH_FAILED 1048576,8388608 "

# The Info column.
info() {
	dissect -Y "tcpdropcap.uid == 50" "$@" | grep -c '\[Dropped\] '
}
same info_column_begins_with_the_event "$(info)" 1
same info_column_can_be_left_unchanged "$(info -o tcpdropcap.info:FALSE)" 0

# Statistics.
dissect -q -o tcpdropcap.statistics:reason,owner,flow,stack >"$work/statistics"
drops=$(matches 'tcpdropcap.event == "drop"' | wc -w)
same statistics_by_reason "$(grep -c '  drop  *-  *NETFILTER_DROP$' "$work/statistics")" 1
same an_error_is_no_reason "$(awk '/ by reason/ { on = 1 } / by flow/ { on = 0 } on' "$work/statistics" | grep -c EHOSTUNREACH)" 0
same statistics_by_error "$(dissect -q -o tcpdropcap.statistics:error | grep -c '  retransmit  *EHOSTUNREACH$')" 1
same statistics_by_verdict "$(dissect -q -o tcpdropcap.statistics:verdict | grep -c '  event-value  *verdict-value$')" 1
same statistics_by_owner "$(grep -c ' 1         0  812/nginx$' "$work/statistics")" 1
same statistics_by_flow "$(grep -c '  192.0.2.1:39938 > 192.0.2.2:80$' "$work/statistics")" 1
same statistics_by_stack "$(grep -cF " 2         2         0  $first" "$work/statistics")" 1
same statistics_count_every_drop "$(awk '/ by reason/ { on = 1 } / by flow/ { on = 0 }
	on && $1 ~ /^[0-9]+$/ { sum += $2 } END { print sum }' "$work/statistics")" "$drops"
same statistics_by_an_argument_of_the_script \
	"$(dissect -q -X lua_script1:owner | grep -c 'by owner$')" 1

same summary_has_the_verdict "$(cell every_key tcpdropcap.summary | grep -c 'verdict-value')" 1

# The collector of all scripts: its settings are the same after the last packet.
cat >"$work/collector.lua" <<\EOF
local tap = Listener.new("frame")
function tap.packet() end
function tap.draw() print("collector", collectgarbage("setpause", 200), collectgarbage("setstepmul", 200)) end
EOF
same collector_is_left_as_it_was "$(dissect -q -X lua_script:collector.lua | grep collector)" \
	"$(run_tshark -q -r file.pcapng -X lua_script:collector.lua | grep collector)"

# The profile: columns, colours, buttons.
install_profile "$(dirname "$script")/profile"
install_profile_wire "$(dirname "$script")/profile-wire"
in_profile() {
	run_tshark -C tcpdropcap -r file.pcapng -X lua_script:dissector.lua "$@"
}
same profile_has_the_columns "$(in_profile -Y 'tcpdropcap.owner == "nginx"' | grep -c \
	'drop NETFILTER_DROP ESTABLISHED 812/nginx nft_do_chain+0x3b8 ')" 1
same profile_colours_by_event "$(in_profile --color -Y 'tcpdropcap.owner == "nginx" ||
	tcpdropcap.owner == "curl" || tcpdropcap.event == "synack" || tcpdropcap.err' \
	-T fields -e frame.coloring_rule.name | grep . | tr '\n' ' ')" \
	"$(printf '%s ' Drop 'Retransmission after a timeout' 'Retransmission failed' \
		'SYN or SYN-ACK retransmission')"
sed -n 's/^"TRUE","[^"]*","\([^"]*\)".*/\1/p' "$work/home/.config/wireshark/profiles/tcpdropcap/dfilter_buttons" |
	sed 's/\\x22/"/g' >"$work/buttons"
same profile_has_buttons "$(wc -l <"$work/buttons")" 7
for file in profile profile-wire; do
	sed -n 's/^"[A-Za-z]*","[^"]*","\([^"]*\)","#.*/\1/p; s/^auto_switch_filter: //p' \
		"$(dirname "$script")/$file/io_graphs" "$(dirname "$script")/$file/profile_settings" | sed 's/\\x22/"/g'
done >"$work/filters_of_profiles"
same profiles_have_graphs "$(wc -l <"$work/filters_of_profiles")" 14
cat "$work/filters_of_profiles" >>"$work/buttons"
all=$(grep . "$work/buttons" | sed 's/.*/(&)/; $!s/$/ ||/' | tr '\n' ' ')
dissect -Y "$all" >/dev/null || while read -r filter; do
	dissect -Y "$filter" >/dev/null || echo "$filter"
done <"$work/buttons" >"$work/bad_filters"
same profiles_have_valid_filters "$(cat "$work/bad_filters" 2>/dev/null)" ""
for profile in tcpdropcap tcpdropcap-wire; do
	same "${profile}_has_a_width_for_each_column" "$(sed -n 's/^	\(.*\), [0-9]*,\{0,1\}$/\1/p' \
		"$work/home/.config/wireshark/profiles/$profile/recent" | tr -d '"')" \
		"$(sed -n 's/^	"[^"]*", "\([^"]*\)",\{0,1\}$/\1/p' \
			"$work/home/.config/wireshark/profiles/$profile/preferences" | sed 's/:0:R$//')"
done
same profile_wire_has_the_verdict "$(run_tshark -C tcpdropcap-wire -r file.pcapng -X lua_script:dissector.lua \
	-Y tcpdropcap.verdict | grep -c ' verdict-value ')" 1
# The packets of events are on interfaces of their own: with the profile, the analysis of the wire's
# frames is that of the wire alone. Here, each frame of the wire is also the packet of an event.
cp samples/sent-again.pcapng "$work/events.pcapng"
editcap -F pcap "$work/events.pcapng" "$work/wire.pcap"
mergecap -w "$work/both.pcapng" "$work/events.pcapng" "$work/wire.pcap"
chmod 644 "$work/events.pcapng" "$work/both.pcapng" "$work/wire.pcap"
marked() { # FILE FILTER [ARGUMENT...]
	file=$1 filter=$2
	shift 2
	run_tshark "$@" -r "$file" -Y "tcp.analysis.retransmission$filter" -T fields -e ip.src -e ip.id -e tcp.seq_raw
}
on_the_wire=$(marked wire.pcap '')
same analysis_marks_retransmissions "$(echo "$on_the_wire" | awk 'END { print (NR > 2) }')" 1
if run_tshark -G defaultprefs | grep -q conversation_deinterlacing_key; then
	same profile_wire_keeps_the_analysis "$(marked both.pcapng ' && !frame.comment' -C tcpdropcap-wire -X lua_script:dissector.lua)" "$on_the_wire"
else
	skip profile_wire_keeps_the_analysis "this version of Wireshark cannot analyse an interface by itself"
fi

# Two passes, the first of which has no comments, give the same result; below the packet's own
# protocols, so that other expert information comes first, since TCP stores its state of a packet by
# its layer.
sorted() { tr "$tab," '\n' <"$1" | sort; }
table "$work/table_two_passes" -2
same two_passes_give_the_same_table "$(sorted "$work/table_two_passes" | md5sum)" "$(sorted "$work/table" | md5sum)"
tcp_lines() { run_tshark -r bench.pcapng "$@" -V | grep -c 'Time since previous frame'; }
"$make_annotated" bench 20 >"$work/bench.pcapng"
same packets_have_the_state_of_tcp "$(tcp_lines | awk '{ print ($1 > 1) }')" 1
same one_pass_keeps_the_state_of_tcp "$(tcp_lines -X lua_script:dissector.lua -o tcpdropcap.above:TRUE)" "$(tcp_lines)"
# An exception in a packet whose TCP header was cut does not reach the packets after it.
editcap -s 50 "$work/bench.pcapng" "$work/cut.pcapng" && chmod 644 "$work/cut.pcapng"
same cut_headers_are_annotated "$(run_tshark -r cut.pcapng -X lua_script:dissector.lua -T fields -e tcpdropcap.event -e ip.version |
	grep -cE '^[a-z]+	4$')" "$(run_tshark -r cut.pcapng | wc -l)"
for filter in '' '-R tcp' '-Y tcp' '-Y tcpdropcap'; do
	# shellcheck disable=SC2086 # an option and its argument
	same "two_passes_keep_the_state_of_tcp $filter" "$(tcp_lines -X lua_script:dissector.lua -o tcpdropcap.above:TRUE -2 $filter)" "$(tcp_lines)"
done
same two_passes_give_the_same_notes "$(matches tcpdropcap.malformed -2)" "$(names '^malformed_')"
same two_passes_resolve_stacks "$(matches 'tcpdropcap.stack contains "nft_do_chain"' -2)" \
	"drop sampled"

same no_lua_error_in_a_packet "$(grep -c 'Lua Error' "$work/tree" "$work/table" | grep -v ':0$')" ""
# Wireshark 4.0 says that it does not know the analysis by interface.
same nothing_on_stderr "$(tr -s '\n' ' ' <"$work/stderr" |
	sed 's/ \*\* (tshark[^)]*) [^*]* No such preference "protocols.conversation_deinterlacing_key"[^)]*) *//g')" ""

exit $status
