# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Sourced by scripts that download packages of another Debian.

# Prints the first mirror of Debian that this machine uses whose address matches the pattern, or
# with ! before it, does not match.
mirror() { # PATTERN
	sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' \
		/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep debian |
		if [ "${1#!}" = "$1" ]; then grep "$1"; else grep -v "${1#!}"; fi | head -1
}
