#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: golden_test.sh [--update]
#   TOOL=... golden_test.sh
# Checks the output of tshark with the dissector, and of tcpdropcap -r, for the captures in
# samples/, line by line of TESTLIST, and their exit status. With --update, writes what it expects
# of both, and shows how that changes.
set -u
: "${TOOL:?}"
here=$(dirname "$0")
# shellcheck source=tests/tshark.sh
. "$here/../tshark.sh"
tshark_setup dissector/tcpdropcap.lua

# Runs tcpdropcap instead of tshark, as an ordinary user; its arguments have no -r.
read_back() {
	(cd "$work" && $drop_root env -i TZ=UTC ./tcpdropcap "$@" -r file.pcapng 2>>"$work/stderr")
}
cp "$TOOL" "$work/tcpdropcap"

# The same from all versions: Wireshark 4.2 and later double backslashes in fields, and mark a label
# that is cut with another word and at another length.
tshark_output() {
	dissect "$@" >"$work/raw" || return
	sed 's/\\\\/\\/g; s/ \[\(truncated\|…\)\]: \(.\{60\}\).*/ [cut]: \2/' "$work/raw"
}

# show FILE GOT: how the file would change; nothing if it is the same. A missing file is empty.
show() {
	if [ -e "$1" ]; then diff -u "$1" "$2"; else diff -u /dev/null "$2"; fi
}

while read -r name input arguments; do
	case $name in
	'' | '#'*) continue ;;
	esac
	cp "samples/$input" "$work/file.pcapng"
	chmod 644 "$work/file.pcapng"
	: >"$work/stderr"
	got=0
	# shellcheck disable=SC2086 # a list of arguments
	case $arguments in
	'tcpdropcap'*) read_back ${arguments#tcpdropcap} ;;
	*) tshark_output $arguments ;;
	esac >"$work/got" || got=$?
	[ $got = 0 ] || cat "$work/stderr" >>"$work/got"
	# NAME.status is there if the status is not 0.
	echo $got | grep -vx 0 >"$work/got_status"
	if [ "${1-}" = --update ]; then
		show "$here/$name.out" "$work/got"
		show "$here/$name.status" "$work/got_status"
		cp "$work/got" "$here/$name.out"
		cp "$work/got_status" "$here/$name.status"
		[ -s "$here/$name.status" ] || rm "$here/$name.status"
	elif show "$here/$name.out" "$work/got" >"$work/diff" 2>&1 &&
		show "$here/$name.status" "$work/got_status" >"$work/diff" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(sed -n 3,6p "$work/diff" | tr '\n\t' '  ')"
	fi
done <"$here/TESTLIST"
# Expectations that no line of TESTLIST reads.
for file in "$here"/*.out "$here"/*.status; do
	name=$(basename "${file%.*}")
	[ ! -e "$file" ] || grep -q "^$name  " "$here/TESTLIST" || not_ok "$name" "it is not in TESTLIST"
done
exit $status
