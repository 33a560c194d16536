# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # $status and $got belong to the sourcing script
# Checks and results of tests of the command line; sourced.
status=0

ok() { echo "ok $1"; }

not_ok() {
	echo "not ok $1: $2"
	status=1
}

same() { # NAME GOT EXPECTED
	[ "$2" = "$3" ] && ok "$1" || not_ok "$1" "got '$2', expected '$3'"
}

# refused NAME STATUS PATTERN ARGUMENTS...: checks for that exit status, one line on stderr that
# matches, and no output. The test's own run() leaves stdout, stderr and $got.
refused() {
	name=$1 expected_status=$2 pattern=$3
	shift 3
	run "$@"
	if [ "$got" = "$expected_status" ] && [ "$(wc -l <stderr)" = 1 ] && ! [ -s stdout ] &&
		grep -qE "^tcpdropcap: .*$pattern" stderr; then
		ok "$name"
	else
		not_ok "$name" "exit $got: $(cat stderr stdout | head -3)"
	fi
}
