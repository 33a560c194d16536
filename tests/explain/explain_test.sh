#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: explain_test.sh BUILD
# The explanations of reasons: every reason that TCP can meet has one, on the running kernel, on the
# kernels in BUILD/kernels (those of check-kernels), in samples/ and in captures of the live suite;
# the page and the dissector have the table's text; and the command.
#   TOOL=... explain_test.sh BUILD
set -u
: "${TOOL:?}"
build=$1
make_reasons=$build/tests/make_reasons enumerators=$build/tests/enumerators
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/../checks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# The copies of the table.
"$make_reasons" markdown >"$work/reasons.md"
cmp -s "$work/reasons.md" docs/reasons.md && ok page_is_current || not_ok page_is_current "run make reasons"
"$make_reasons" lua >"$work/lua"
sed -n '/^-- Begin of the explanations/,/^-- End of the explanations/p' dissector/tcpdropcap.lua | sed '1d;$d' >"$work/part"
[ -s "$work/lua" ] && cmp -s "$work/lua" "$work/part" && ok dissector_is_current || not_ok dissector_is_current "run make reasons"

# none_is_missing NAME FILE: the lines "drop NAME" and "reset NAME" all have an explanation, or
# belong to no TCP.
none_is_missing() {
	missing=$("$make_reasons" missing <"$2" | sort -u | tr '\n' ' ')
	if [ "$(wc -l <"$2")" -lt "${3:-1}" ]; then
		not_ok "$1" "only $(wc -l <"$2") names were found"
	elif [ -n "$missing" ]; then
		not_ok "$1" "no explanation of $missing"
	else
		ok "$1"
	fi
}

# The test sees one that is missing, and knows others.
same missing_reason_is_seen "$(printf 'drop NO_SUCH\ndrop UDP_CSUM\ndrop NO_SOCKET\nreset NO_SUCH_RESET\nreset XDP\n' |
	"$make_reasons" missing | tr '\n' ' ')" "NO_SUCH NO_SUCH_RESET XDP "

if [ -r /sys/kernel/btf/vmlinux ]; then
	"$enumerators" /sys/kernel/btf/vmlinux >"$work/names"
	if grep -q '^drop ' "$work/names"; then
		none_is_missing running_kernel "$work/names" 20
	else
		echo "skip running_kernel: it has no reasons"
	fi
else
	echo "skip running_kernel: no /sys/kernel/btf/vmlinux"
fi

# The kernel in a vmlinuz: after the magic of its compression.
unpack() { # VMLINUZ OUT
	for form in 'xz:\xfd7zXZ\x00' 'zstd:\x28\xb5\x2f\xfd' 'lz4:\x02\x21\x4c\x18' 'gzip:\x1f\x8b\x08'; do
		command -v "${form%%:*}" >/dev/null || continue
		for at in $(LC_ALL=C grep -obUaP "${form#*:}" "$1" | cut -d: -f1 | head -8); do
			tail -c "+$((at + 1))" "$1" | "${form%%:*}" -dc >"$2" 2>/dev/null
			[ "$(head -c 4 "$2" | tail -c 3)" = ELF ] && return
		done
	done
	return 1
}
found=
for vmlinuz in "$build"/kernels/*/vmlinuz; do
	[ -r "$vmlinuz" ] || continue
	version=$(basename "$(dirname "$vmlinuz")")
	found=1
	if ! unpack "$vmlinuz" "$work/vmlinux"; then
		echo "skip kernel_$version: $vmlinuz cannot be unpacked with xz, zstd, lz4 or gzip"
	elif ! "$enumerators" "$work/vmlinux" >"$work/names" 2>"$work/stderr"; then
		not_ok "kernel_$version" "$(head -1 "$work/stderr")"
	elif ! [ -s "$work/names" ]; then
		echo "skip kernel_$version: it has no reasons"
	else
		none_is_missing "kernel_$version" "$work/names" 20
	fi
done
[ -n "$found" ] || echo "skip other_kernels: there is none in $build/kernels (make check-kernels downloads them)"

# in_files NAME FILE...: the reasons in these captures.
in_files() {
	name=$1
	shift
	for file in "$@"; do
		[ ! -e "$file" ] || "$TOOL" explain --json -r "$file" 2>>"$work/stderr"
	done | sort -u >"$work/json"
	grep -v '"meaning"' "$work/json" >"$work/without"
	if ! [ -s "$work/json" ]; then
		echo "skip $name: there are no captures"
	elif [ -s "$work/without" ]; then
		not_ok "$name" "no explanation: $(head -3 "$work/without" | tr '\n' ' ')"
	else
		ok "$name"
	fi
}
in_files samples samples/*.pcapng samples/schema-1/*.pcapng
in_files scenarios_of_the_lab "$build"/live/*/drops.pcapng

# The command.
run() {
	"$TOOL" explain "$@" >"$work/stdout" 2>"$work/stderr"
	got=$?
}
# prints NAME STATUS PATTERN ARGUMENT...: the command exits with the status and prints a line that
# matches.
prints() {
	name=$1 expected_status=$2 pattern=$3
	shift 3
	run "$@"
	if [ $got = "$expected_status" ] && cat "$work/stdout" "$work/stderr" | grep -qE -e "$pattern"; then
		ok "$name"
	else
		not_ok "$name" "exit $got: $(cat "$work/stderr" "$work/stdout" | head -3 | tr '\n' ' ')"
	fi
}
prints name_is_explained 0 '^TCP_OLD_DATA \(reason of a drop, note\)$' TCP_OLD_DATA
prints case_does_not_matter 0 '^TCP_OLD_DATA \(reason of a drop, note\)$' tcp_old_data
prints prefix_is_accepted 0 '^TCP_OLD_DATA \(reason of a drop, note\)$' SKB_DROP_REASON_TCP_OLD_DATA
prints prefix_of_a_reset 0 '^NO_SOCKET \(reason of a reset, note\)$' sk_rst_reason_no_socket
same prefix_chooses_the_class "$(grep -c '^NO_SOCKET' "$work/stdout")" 1
run no_socket
same name_of_two_classes_is_explained_in_both "$(grep -c '^NO_SOCKET' "$work/stdout")" 2
prints kind_is_explained 0 '^rto \(kind of a retransmission, warn\)$' rto
prints state_is_explained 0 '^CLOSE_WAIT \(state of a socket, note\)$' CLOSE_WAIT
prints reason_of_another_protocol 0 'TCP does not meet it' UDP_CSUM
prints misspelled_name_has_a_suggestion 1 "'NO_SOKET' is not a known reason; similar: NO_SOCKET$" NO_SOKET
prints part_of_a_name_has_a_suggestion 1 'similar: TCP_LISTEN_OVERFLOW, listen-overflow$' overflow
prints unlike_name_has_none 1 "'zzzzzzzzz' is not a known reason; tcpdropcap explain lists all$" zzzzzzzzz
prints control_characters_are_escaped 1 "'.x1b.1m' is not a known" "$(printf '\033[1m')"
prints known_ones_are_explained_beside_unknown_ones 1 '^XDP ' zzzzzzzzz XDP
prints file_and_names_exclude_each_other 2 '-r explains the reasons in a file' -r samples/rto.pcapng XDP
prints file_that_is_missing 1 'no-such-file' -r no-such-file.pcapng
prints json_is_one_object 0 '^\{"class":"drop","name":"XDP","severity":"warn","meaning":' --json xdp
run --json no_socket rto
same json_is_a_line_for_each "$(grep -cE '^\{.*\}$' "$work/stdout")" 3
run
same list_has_a_line_for_each_state "$(grep -c '^state  ' "$work/stdout")" 13
same list_has_no_reason_without_explanation "$(grep -c 'There is no explanation' "$work/stdout")" 0
[ "$(awk 'length > 220' "$work/stdout" | wc -l)" = 0 ] && ok list_has_no_overlong_line ||
	not_ok list_has_no_overlong_line "$(awk 'length > 220' "$work/stdout" | head -1)"
if [ -s "$work/names" ] && [ -r /sys/kernel/btf/vmlinux ] && "$enumerators" /sys/kernel/btf/vmlinux | grep -q '^drop '; then
	same list_has_the_reasons_of_the_kernel "$(awk '$1 == "drop" || $1 == "reset" { print $1, $2 }' "$work/stdout" | sort)" \
		"$("$enumerators" /sys/kernel/btf/vmlinux | grep -vE '^drop (__.*|(QDISC|OVS)_DROP_(MAX|UNSPEC))$' | sort)"
	number=$("$enumerators" /sys/kernel/btf/vmlinux | grep -n '^drop NO_SOCKET$' | cut -d: -f1)
	[ -n "$number" ] && prints number_is_that_of_the_kernel 0 '^NO_SOCKET ' "$("$TOOL" -r samples/no-socket.pcapng --json 2>/dev/null |
		sed -n 's/.*"reason_code":\([0-9]*\).*/\1/p' | head -1)"
	prints number_of_a_subsystem 1 'number 65535 of subsystem|no drop reason with this number' 0x1ffff
	prints number_without_a_name 1 'no drop reason with this number' 60000
else
	echo "skip list_has_the_reasons_of_the_kernel: it has none"
fi
run -r samples/frozen-sender.pcapng
same file_has_the_most_frequent_first "$(grep -oE '^[0-9]+ x [A-Za-z_]+' "$work/stdout" | sort -k1,1nr -s | tr '\n' ' ')" \
	"$(grep -oE '^[0-9]+ x [A-Za-z_]+' "$work/stdout" | tr '\n' ' ')"
same counts_are_those_of_count "$(grep -oE '^[0-9]+ x [A-Za-z_]+' "$work/stdout" | awk '{ n += $1 } END { print n }')" \
	"$("$TOOL" count -r samples/frozen-sender.pcapng --by event --json 2>/dev/null | sed 's/.*"count":\([0-9]*\).*/\1/' |
		awk '{ n += $1 } END { print n }')"
exit $status
