#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: dissector_test.sh DIRECTORY-OF-make_annotated tcpdropcap.lua SCHEMA
# The keys of the script and their values, and malformed annotations.
set -u
# shellcheck source=tests/dissector/annotated.sh
. "$(dirname "$0")/annotated.sh"

# Prints the keys that only one list has, or with another type; nothing if the lists agree.
keys_differ() {
	sort "$1" >"$work/left"
	sort "$2" >"$work/right"
	comm -3 "$work/left" "$work/right" | tr -s '\t\n' '  '
}

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
	"Dropped: NETFILTER_DROP at nft_do_chain+0x3b8, ESTABLISHED, 812/nginx"
cell_is summary_omits_unknown_values drop_bare tcpdropcap.summary "Dropped"
cell_is summary_has_a_number_if_the_name_is_unknown drop_unnamed tcpdropcap.summary "Dropped: reason 77, 9/?"
cell_is summary_has_the_place_without_reason drop_place tcpdropcap.summary \
	"Dropped: at tcp_v4_rcv+0x10, ?/sshd"
cell_is summary_of_a_retransmit_and_unsure_owner retransmit tcpdropcap.summary \
	"Retransmitted: rto, ESTABLISHED, 101/curl (listener)"
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
cell_is value_with_invisible_characters value_invisible tcpdropcap.owner \
	"a\\xe2\\x80\\xaeb\\xf3\\xa0\\x80\\x81\\xc2\\x9b$(printf '\303\251')"
cell_is raw_value_with_invisible_characters value_invisible tcpdropcap.cgroup '/\xe2\x81\xa6x'
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
same malformed_text_is_noted "$(matches tcpdropcap.malformed)" "$(names '^malformed_')"
same malformed_text_is_expert_info "$(matches \
	'tcpdropcap && _ws.expert.severity == 4194304 && _ws.expert.message contains "Malformed annotation: "')" \
	"$(names '^malformed_')"

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

same no_lua_error_in_a_field "$(grep -c 'Lua Error' "$work/table")" 0
same nothing_on_stderr "$(tr -s '\n' ' ' <"$work/stderr")" ""
exit $status
