#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: script_test.sh tcpdropcap.lua
# Checks the dissector by itself: this needs no tshark.
set -u
script=$1
# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"

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
exit $status
