#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: golden_test.sh [--update]
# What tshark and the dissector say of the captures in samples/, line by line of TESTLIST.
set -u
here=$(dirname "$0")
# shellcheck source=tests/tshark.sh
. "$here/../tshark.sh"
tshark_setup dissector/tcpdropcap.lua

while read -r name input arguments; do
	case $name in
	'' | '#'*) continue ;;
	esac
	cp "samples/$input" "$work/file.pcapng"
	chmod 644 "$work/file.pcapng"
	: >"$work/stderr"
	# shellcheck disable=SC2086 # a list of arguments
	dissect $arguments >"$work/got" || echo "tshark: $(cat "$work/stderr")" >>"$work/got"
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
