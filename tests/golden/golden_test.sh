#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: golden_test.sh [--update]
#   TOOL=... golden_test.sh
# Checks the output of tshark with the dissector, and of tcpdropcap -r, for the captures in
# samples/, line by line of TESTLIST.
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
	dissect "$@" | sed 's/\\\\/\\/g; s/ \[\(truncated\|…\)\]: \(.\{60\}\).*/ [cut]: \2/'
}

while read -r name input arguments; do
	case $name in
	'' | '#'*) continue ;;
	esac
	cp "samples/$input" "$work/file.pcapng"
	chmod 644 "$work/file.pcapng"
	: >"$work/stderr"
	# shellcheck disable=SC2086 # a list of arguments
	case $arguments in
	'tcpdropcap'*) read_back ${arguments#tcpdropcap} ;;
	*) tshark_output $arguments ;;
	esac >"$work/got" || echo "failed: $(cat "$work/stderr")" >>"$work/got"
	if [ "${1-}" = --update ]; then
		diff -u "$here/$name.out" "$work/got"
		cp "$work/got" "$here/$name.out"
	elif diff -u "$here/$name.out" "$work/got" >"$work/diff" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(sed -n 3,6p "$work/diff" | tr '\n\t' '  ')"
	fi
done <"$here/TESTLIST"
exit $status
