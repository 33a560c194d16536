#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: dissector_test.sh DIRECTORY-OF-make_annotated tcpdropcap.lua SCHEMA
# Runs tshark with the dissector on the file of make_annotated, as an ordinary user: as root, Wireshark from 4.4 on
# silently ignores Lua scripts.

set -u

if [ $# -ne 3 ]; then
	echo "usage: dissector_test.sh DIRECTORY-OF-make_annotated tcpdropcap.lua SCHEMA" >&2
	exit 2
fi
make_annotated=$1/make_annotated
script=$2
schema=$3
tab=$(printf '\t')

# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"

# The results name the schema.
ok() {
	echo "ok $1 (schema $schema)"
}
not_ok() {
	printf 'not ok %s (schema %s): %s\n' "$1" "$schema" "$2"
	status=1
}

# The script is checked by itself first: this needs no tshark.
if command -v luacheck >/dev/null; then
	if why=$(luacheck --no-color --no-config -q "$script" 2>&1); then
		ok luacheck_has_no_finding
	else
		not_ok luacheck_has_no_finding "$(echo "$why" | tr -s '\n' ' ')"
	fi
else
	skip luacheck_has_no_finding "luacheck is not installed"
fi
for lua in 5.2 5.4; do
	name=script_compiles_with_lua_$lua
	if ! command -v "luac$lua" >/dev/null; then
		skip "$name" "luac$lua is not installed"
	elif why=$("luac$lua" -p "$script" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$why"
	fi
done

tshark_setup "$script"

# Prints "KEY TYPE" for each field that the script makes of a key, as make_annotated keys does.
script_keys() {
	# -G must be the first argument.
	run_tshark -G fields -X "lua_script:$1" | awk -F "$tab" '
	$1 != "F" || $3 !~ /^tcpdropcap\./ { next }
	$3 ~ /^tcpdropcap\.(version|summary|explanation|unknown|dropped_in|retransmitted_in)$/ { next }
	$3 ~ /^tcpdropcap\.stack(\.frame(\.[a-z]*)?)?$/ { next }
	$3 ~ /^tcpdropcap\.(drop|retransmit|reset|malformed|newer_schema|stack\.missing)$/ { next }
	{
		sub(/^tcpdropcap\./, "", $3)
		sub(/^stack\.source$/, "stack", $3)
		sub(/^FT_STRING$/, "TEXT", $4)
		sub(/^FT_UINT64$/, "NUMBER", $4)
		print $3, $4
	}'
}

# Prints the keys that only one list has, or with another type; nothing if the lists agree.
keys_differ() {
	sort "$1" >"$work/left"
	sort "$2" >"$work/right"
	comm -3 "$work/left" "$work/right" | tr -s '\t\n' '  '
}

"$make_annotated" cases >"$work/cases" && "$make_annotated" keys >"$work/keys" &&
	"$make_annotated" groups >"$work/groups" && "$make_annotated" "$schema" >"$work/file.pcapng"
same make_annotated_writes_its_file $? 0
chmod 644 "$work/file.pcapng"

script_keys dissector.lua >"$work/script_keys"
if ! [ -s "$work/script_keys" ]; then
	not_ok script_loads "$(tr -s '\n' ' ' <"$work/stderr")"
	exit 1
fi
ok script_loads
same script_has_the_keys_of_keys_h "$(keys_differ "$work/keys" "$work/script_keys")" ""

# The comparison must see a change on either side.
altered_script_differs() {
	sed "$2" "$work/dissector.lua" >"$work/altered.lua"
	script_keys altered.lua >"$work/altered_keys"
	same "$1" "$(keys_differ "$work/keys" "$work/altered_keys")" "$3"
}
altered_script_differs comparison_sees_a_key_only_in_keys_h '/^	{ "cwnd",/d' "cwnd NUMBER "
altered_script_differs comparison_sees_a_key_only_in_script \
	's/^	{ "cwnd",/	{ "extra", TEXT, "", "Extra", "" },\n&/' " extra TEXT "
altered_script_differs comparison_sees_another_type \
	's/^	{ "cwnd", NUMBER, "[a-z]*"/	{ "cwnd", TEXT, ""/' "cwnd NUMBER cwnd TEXT "

# matches FILTER [ARGUMENT...]: the names of the packets that match
matches() {
	filter=$1
	shift
	dissect -Y "$filter" -T fields -e frame.number "$@" | awk '
	NR == FNR { name[$1] = $2; next }
	{ printf "%s%s", separator, name[$1]; separator = " " }' "$work/cases" -
}

# names PATTERN: the names of the cases that match an extended regular expression, as matches prints
names() {
	awk -v pattern="$1" '
	$2 ~ pattern { printf "%s%s", separator, $2; separator = " " }' "$work/cases"
}

# table FILE [ARGUMENT...]: a line for each packet, a column for each field of the script
table() {
	output=$1
	shift
	columns="-e frame.number -e _ws.expert.message -e tcpdropcap -e tcpdropcap.version"
	columns="$columns -e tcpdropcap.unknown -e tcpdropcap.stack -e tcpdropcap.malformed -e tcpdropcap.summary"
	while read -r key type; do
		if [ "$key" = stack ]; then
			key=stack.source
		fi
		columns="$columns -e tcpdropcap.$key"
	done <"$work/script_keys"
	# shellcheck disable=SC2086 # columns is a list of arguments
	dissect "$@" -T fields -E header=y $columns >"$output"
}

# cell CASE FIELD: prints that cell of the table. tshark from 4.4 on doubles a backslash in a column.
cell() {
	awk -F "$tab" -v name="$1" -v field="$2" '
	NR == FNR { split($0, part, " "); if (part[2] == name) frame = part[1]; next }
	FNR == 1 { for (i = 1; i <= NF; i++) if ($i == field) column = i }
	FNR > 1 && $1 == frame && column { print $column }' "$work/cases" "$work/table" |
		sed 's/\\\\/\\/g'
}

# cell_is NAME CASE FIELD EXPECTED
cell_is() {
	same "$1" "$(cell "$2" "$3")" "$4"
}

table "$work/table"
same every_packet_is_dissected "$(tail -n +2 "$work/table" | wc -l)" "$(wc -l <"$work/cases")"

# Every key, by its value in a column and by its name and value in a filter.
bad_cells=
bad_filters=
all_filters=
one_filter() {
	if [ "$type" = NUMBER ]; then
		echo "tcpdropcap.$field == $expected"
	else
		echo "tcpdropcap.$field == \"$expected\""
	fi
}
number=1000
while read -r key type; do
	number=$((number + 1))
	field=$key expected=$key-value
	[ "$key" = stack ] && field=stack.source
	[ "$type" = NUMBER ] && expected=$number
	got=$(cell every_key "tcpdropcap.$field")
	[ "$got" = "$expected" ] || bad_cells="$bad_cells $key is \"$got\", not \"$expected\";"
	one_filter >>"$work/filters"
	all_filters="${all_filters:+$all_filters && }$(one_filter)"
done <"$work/keys"
same every_key_is_a_column "$bad_cells" ""
if [ "$(matches "$all_filters")" != every_key ]; then
	while read -r filter; do
		[ "$(matches "$filter")" = every_key ] || bad_filters="$bad_filters $filter;"
	done <"$work/filters"
	bad_filters="no match:$bad_filters"
fi
same every_key_is_a_filter "$bad_filters" ""

# The branches of the tree are the groups of keys.h.
run_tshark -r file.pcapng -X lua_script:dissector.lua -Y 'tcpdropcap.owner == "owner-value"' -T pdml |
	sed -n 's/.*<field name="_ws\.lua\.text" showname="\([^"]*\)".*/group \1/p
		s/.*<field name="tcpdropcap\.\([a-z0-9_.]*\)".*/key \1/p' |
	sed 's/^key stack\.source$/key stack/' |
	awk '$1 == "group" { sub(/^group /, ""); group = $0 } $1 == "key" { print $2 " " group }' |
	sort >"$work/script_groups"
same groups_are_those_of_keys_h "$(sort "$work/groups" | comm -23 - "$work/script_groups" | tr '\n' ' ')" ""

same numbers_compare_as_numbers "$(matches 'tcpdropcap.owner_pid > 100')" \
	"every_key drop retransmit"
same numbers_have_64_bits "$(matches 'tcpdropcap.bytes_acked > 9223372036854775807')" retransmit
cell_is longest_comment_is_read longest tcpdropcap.uid 100

# A packet without an annotation gets no field.
same packets_without_annotation_have_no_field "$(matches '!tcpdropcap')" \
	"plain $(names '^foreign')"

# The subtree's line says what happened.
cell_is summary_of_a_drop drop tcpdropcap.summary \
	"Dropped: NETFILTER_DROP at nft_do_chain+0x3b8, ESTABLISHED, nginx[812]"
cell_is summary_omits_unknown_values drop_bare tcpdropcap.summary "Dropped"
cell_is summary_has_a_number_if_the_name_is_unknown drop_unnamed tcpdropcap.summary "Dropped: reason 77, pid 9"
cell_is summary_has_the_place_without_reason drop_place tcpdropcap.summary \
	"Dropped: at tcp_v4_rcv+0x10, sshd"
cell_is summary_of_a_retransmit_and_unsure_owner retransmit tcpdropcap.summary \
	"Retransmitted: rto, ESTABLISHED, curl[101] (listener)"
cell_is summary_of_a_failed_retransmit retransmit_failed tcpdropcap.summary \
	"Retransmission failed: fast, EHOSTUNREACH, FIN_WAIT1"
cell_is summary_of_a_synack synack tcpdropcap.summary "SYN-ACK retransmitted: NEW_SYN_RECV"
cell_is summary_of_a_loss_probe tlp tcpdropcap.summary "Loss probe: ESTABLISHED"
cell_is summary_of_a_reset_sent reset_out tcpdropcap.summary "Reset sent: NO_SOCKET"
cell_is summary_of_a_reset_received reset_in tcpdropcap.summary "Reset received: ESTABLISHED"
cell_is summary_of_an_unknown_event other_event tcpdropcap.summary "Event teleport: LISTEN"
cell_is summary_of_an_empty_annotation version_only tcpdropcap.summary "Event"
cell_is summary_omits_an_empty_owner value_empty tcpdropcap.summary "Dropped"

# A value remains a value, whatever its bytes.
cell_is value_with_spaces value_space tcpdropcap.owner "a state=ESTABLISHED"
cell_is value_with_newline value_newline tcpdropcap.owner 'a\nstate=ESTABLISHED'
cell_is value_with_quote value_quote tcpdropcap.owner 'a" state=ESTABLISHED'
# shellcheck disable=SC1003 # a backslash, and no quote
cell_is value_that_ends_in_backslash value_backslash tcpdropcap.owner 'a\'
cell_is value_with_backslash_and_quote value_backslash tcpdropcap.cpu_comm '\" state=ESTABLISHED'
cell_is value_with_control_characters value_escape tcpdropcap.owner '\x1b[31mred\x7f\t\r'
cell_is value_that_is_not_utf8 value_bytes tcpdropcap.owner '\xff\xc3('
cell_is value_with_nul value_nul tcpdropcap.owner 'a\x00b'
cell_is value_in_utf8 value_utf8 tcpdropcap.owner "$(printf 'na\303\257ve')"
cell_is value_in_escaped_utf8 value_utf8_escaped tcpdropcap.owner "$(printf 'na\303\257ve')"
cell_is value_with_percent value_percent tcpdropcap.owner '%s%n%5d'
cell_is value_with_equals value_equals tcpdropcap.cgroup /a=b
cell_is value_like_an_annotation value_lead tcpdropcap.owner "tcpdropcap/1 state=ESTABLISHED"
same value_may_be_empty "$(matches 'tcpdropcap.owner == ""')" value_empty
same value_does_not_become_a_field "$(matches 'tcpdropcap.state == "ESTABLISHED"')" \
	"drop retransmit tlp reset_in"
same pair_after_a_hostile_value_is_read \
	"$(matches 'tcpdropcap.uid >= 1 && tcpdropcap.uid <= 15')" \
	"$(names '^value_|^unknown_keys|^newer')"
# The previous column shows comments unescaped, which Wireshark does.
same columns_hold_no_control_character \
	"$(cut -f 3- "$work/table" | LC_ALL=C tr -d -c '\001-\010\013-\037\177' | wc -c)" 0

cell_is unknown_keys_are_shown_as_text unknown_keys tcpdropcap.unknown "color=blue,shape=a b"
cell_is schema_is_a_number drop tcpdropcap.version "$schema"
same newer_schema_is_noted "$(matches tcpdropcap.newer_schema)" newer
cell_is newer_schema_is_read newer tcpdropcap.state LISTEN

# Malformed text: an expert note, and no field for the unreadable part.
malformed=$(names '^malformed_')
same malformed_text_is_noted "$(matches tcpdropcap.malformed)" "$malformed"
same malformed_text_is_expert_info "$(matches \
	'tcpdropcap && _ws.expert.severity == 4194304 && _ws.expert.message contains "Malformed annotation: "')" \
	"$malformed"

# fault CASE MESSAGE FIELD VALUE: the note says so, and the field is (not) there
fault() {
	case ",$(cell "$1" _ws.expert.message)," in
	*",Malformed annotation: $2: "*) cell_is "$1" "$1" "$3" "$4" ;;
	*) not_ok "$1" "notes: $(cell "$1" _ws.expert.message)" ;;
	esac
}
fault malformed_unterminated "unterminated quote" tcpdropcap.state ""
fault malformed_end "unterminated quote" tcpdropcap.uid 21
fault malformed_escape "bad escape" tcpdropcap.uid 22
fault malformed_hex "bad escape" tcpdropcap.uid 23
fault malformed_hex_case "bad escape" tcpdropcap.owner ""
fault malformed_token "not key=value" tcpdropcap.uid 25
fault malformed_no_key "not key=value" tcpdropcap.uid 26
fault malformed_no_value "no value" tcpdropcap.uid 27
fault malformed_number "not a number" tcpdropcap.owner_pid ""
fault malformed_negative "not a number" tcpdropcap.owner_pid ""
fault malformed_overflow "not a number" tcpdropcap.owner_pid ""
fault malformed_duplicate "duplicate key" tcpdropcap.state LISTEN
fault malformed_duplicate_unknown "duplicate key" tcpdropcap.unknown color=1
fault malformed_bare_quote "stray character in a value" tcpdropcap.state ""
fault malformed_after_quote "stray character in a value" tcpdropcap.state ""
fault malformed_bare_backslash "stray character in a value" tcpdropcap.state ""
fault malformed_bare_equals "stray character in a value" tcpdropcap.state ""
fault malformed_control "stray character in a value" tcpdropcap.state ""
fault malformed_quoted_control "control character" tcpdropcap.state ""
fault malformed_lines "stray character in a value" tcpdropcap.state ""

fault malformed_no_title "no title" tcpdropcap.state ""
fault malformed_part "bad part of a value" tcpdropcap.uid 200
fault malformed_part_missing "part of a value is missing" tcpdropcap.cgroup ""
fault malformed_part_twice "part of a value is missing" tcpdropcap.cgroup ""
fault malformed_key_of_another "duplicate key" tcpdropcap.uid 203
cell_is pair_after_a_duplicate_is_read malformed_key_of_another tcpdropcap.cpu 9

# Several comments, including a user's.
cell_is value_of_another_comment many_comments tcpdropcap.cpu 3
cell_is value_in_parts_is_joined many_comments tcpdropcap.cgroup "/a/b c"
cell_is parts_in_any_order_are_joined many_comments_shuffled tcpdropcap.cgroup "/a/b"
cell_is comments_in_any_order_are_read many_comments_shuffled tcpdropcap.reason SHUFFLED
same filter_on_the_reason_needs_no_order "$(matches 'tcpdropcap.reason == "SHUFFLED"')" \
	many_comments_shuffled
cell_is frames_in_any_order_are_joined many_comments_shuffled tcpdropcap.stack \
	"p+0x1 <- q+0x2 <- r+0x3 <- s+0x4"
cell_is frame_in_parts_is_joined frame_in_parts tcpdropcap.stack "p+0x1 <- long_name+0x2 <- q+0x3"
cell_is frame_in_parts_is_kept frame_in_parts_sampled tcpdropcap.stack \
	"p+0x1 <- long_name+0x2 <- q+0x3"
same filter_on_the_stack_needs_no_other_field "$(matches 'tcpdropcap.stack contains "long_name"')" \
	"frame_in_parts frame_in_parts_sampled"
same stack_with_a_missing_part_is_absent "$(cell malformed_stack_missing tcpdropcap.stack)$(
	cell malformed_stack_twice tcpdropcap.stack)$(cell malformed_stack_short tcpdropcap.stack)" ""

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

# Links, and the packets to which they lead: the first pass sees comments only if a filter makes it dissect.
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
same statistics_by_reason "$(grep -c '  drop NETFILTER_DROP$' "$work/statistics")" 1
same statistics_by_owner "$(grep -c ' 1         0  nginx\[812\]$' "$work/statistics")" 1
same statistics_by_flow "$(grep -c '  192.0.2.1:39938 > 192.0.2.2:80$' "$work/statistics")" 1
same statistics_by_stack "$(grep -cF " 2         2         0  $first" "$work/statistics")" 1
same statistics_count_every_drop "$(awk '/ by reason/ { on = 1 } / by flow/ { on = 0 }
	on && $1 ~ /^[0-9]+$/ { sum += $2 } END { print sum }' "$work/statistics")" "$drops"
same statistics_by_an_argument_of_the_script \
	"$(dissect -q -X lua_script1:owner | grep -c 'by owner$')" 1

# The profile: columns, colours, buttons.
install_profile "$(dirname "$script")/profile"
in_profile() {
	run_tshark -C tcpdropcap -r file.pcapng -X lua_script:dissector.lua "$@"
}
same profile_has_the_columns "$(in_profile -Y 'tcpdropcap.owner == "nginx"' | grep -c \
	'drop NETFILTER_DROP ESTABLISHED nginx,812 nft_do_chain+0x3b8 ')" 1
same profile_colours_by_event "$(in_profile --color -Y 'tcpdropcap.owner == "nginx" ||
	tcpdropcap.owner == "curl" || tcpdropcap.event == "synack" || tcpdropcap.err' \
	-T fields -e frame.coloring_rule.name | grep . | tr '\n' ' ')" \
	"$(printf '%s ' Drop 'Retransmission after a timeout' 'Retransmission failed' \
		'SYN or SYN-ACK retransmission')"
sed -n 's/^"TRUE","[^"]*","\([^"]*\)".*/\1/p' "$work/home/.config/wireshark/profiles/tcpdropcap/dfilter_buttons" |
	sed 's/\\x22/"/g' >"$work/buttons"
same profile_has_buttons "$(wc -l <"$work/buttons")" 5
while read -r filter; do
	dissect -Y "$filter" >/dev/null || echo "$filter"
done <"$work/buttons" >"$work/bad_buttons"
same profile_buttons_are_filters "$(cat "$work/bad_buttons")" ""
same profile_has_a_width_for_each_column "$(sed -n 's/^	\(.*\), [0-9]*,\{0,1\}$/\1/p' \
	"$work/home/.config/wireshark/profiles/tcpdropcap/recent" | tr -d '"')" \
	"$(sed -n 's/^	"[^"]*", "\([^"]*\)",\{0,1\}$/\1/p' \
		"$work/home/.config/wireshark/profiles/tcpdropcap/preferences" | sed 's/:0:R$//')"

# Two passes, the first of which has no comments, give the same result; below the packet's own protocols, so that other
# expert information comes first, since TCP stores its state of a packet by its layer.
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
same two_passes_give_the_same_notes "$(matches tcpdropcap.malformed -2)" "$malformed"
same two_passes_resolve_stacks "$(matches 'tcpdropcap.stack contains "nft_do_chain"' -2)" \
	"drop sampled"

same no_lua_error_in_a_packet "$(grep -c 'Lua Error' "$work/tree" "$work/table" | grep -v ':0$')" ""
same nothing_on_stderr "$(tr -s '\n' ' ' <"$work/stderr")" ""

exit $status
