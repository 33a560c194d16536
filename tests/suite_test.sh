#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The runners notice a test that dies: unit tests and scenarios that end early, and a judge that
# does.
#   TOOL=... PEER=... suite_test.sh
set -u
: "${TOOL:?}" "${PEER:?}"
tests=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/checks.sh
. "$tests/checks.sh"
TOOL=$(readlink -f "$TOOL") PEER=$(readlink -f "$PEER")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# reports NAME STATUS PATTERN OUTPUT: the run of a suite ended with that status, and its output has
# that line.
reports() {
	if [ "$got" = "$2" ] && grep -qE "$3" "$4"; then
		ok "$1"
	else
		not_ok "$1" "exit $got, no line that matches '$3': $(tail -3 "$4" | tr '\n' ' ')$(cat "$work"/errors-* 2>/dev/null)"
	fi
}

# unit NAME STATUS PATTERN COMMANDS: a unit test program that is these shell commands, as run.sh
# runs it.
unit() {
	mkdir -p "$work/unit/tests/unit" "$work/unit/build/tests/unit"
	cp "$tests/run.sh" "$work/unit/tests/"
	touch "$work/unit/tests/unit/fake_test.c"
	printf '#!/bin/sh\n%s\n' "$4" >"$work/unit/build/tests/unit/fake_test"
	chmod 755 "$work/unit/build/tests/unit/fake_test"
	(cd "$work/unit" && sh tests/run.sh build unit) >"$work/out" 2>&1
	got=$?
	reports "$1" "$2" "$3" "$work/out"
}

unit unit_test_that_ends_passes 0 '1 passed, 0 failed' 'echo ok one; echo end'
unit unit_test_that_fails_is_a_failure 1 '^not ok one: why' 'echo not ok one: why; echo end; exit 1'
unit unit_test_that_prints_nothing_is_a_failure 1 'fake_test: it ended early, with exit status 0' 'exit 0'
unit unit_test_that_exits_amid_its_tests_is_a_failure 1 'fake_test: it ended early, with exit status 0' 'echo ok one; exit 0'
unit unit_test_that_crashes_is_a_failure 1 'fake_test: it ended early, with exit status 139' 'echo ok one; kill -SEGV $$'
unit unit_test_that_fails_after_its_last_test_is_a_failure 1 'fake_test: it ended early, with exit status 1' 'echo ok one; echo end; exit 1'

if [ "$(id -u)" != 0 ]; then
	echo "skip suite_of_scenarios: not root"
	exit $status
fi

# Each scenario is correct except for the given words at its end.
scenario() { # NAME WORDS
	cat >"$work/$1.sh" <<-END
		scenario() {
			tool_start "\$server"
			connect "\$client" \$server4 9 -c 3 -t 300
			tool_stop
			expect 3 'tcpdropcap.event == "drop" && tcp.dstport == 9'
			$2
		}
	END
}
play() { # NAME
	sh "$work/live/suite.sh" "$work/results-$1" dissector/tcpdropcap.lua "$work/$1.sh" >"$work/out-$1" 2>"$work/errors-$1"
	echo $? >"$work/status-$1"
}
played() { # NAME STATUS PATTERN
	got=$(cat "$work/status-$2")
	reports "$1" "$3" "$4" "$work/out-$2"
}
cp -r "$tests/live" "$tests/tshark.sh" "$work/"
scenario whole :
# shellcheck disable=SC2016 # for the scenario
scenario unset-variable ': "$there_is_no_such_variable"'
scenario early-exit 'exit 0'
scenario killed "lab_down; sh -c 'kill -KILL \$PPID'" # nobody else would remove its namespaces
# shellcheck disable=SC2016 # for the scenario
scenario no-numbers 'printf "segments 0\nsegments\n" >>"$dir/expect"; expect_some nosuch.field'
for name in whole unset-variable early-exit killed no-numbers; do
	play $name &
done
wait
played scenario_that_ends_passes whole 0 '^ok whole: the scenario was played to its end'
played scenario_that_dies_is_a_failure unset-variable 1 \
	'^not ok unset-variable: the scenario was played to its end: .* exit status 2$'
played scenario_that_exits_early_is_a_failure early-exit 1 \
	'^not ok early-exit: the scenario was played to its end: .* exit status 0$'
played scenario_that_is_killed_is_a_failure killed 1 \
	'^not ok killed: the scenario was played to its end: .* exit status 137$'
played number_that_is_missing_is_a_failure no-numbers 1 '^not ok no-numbers: retransmitted .*: got "0", expected ""$'
played filter_that_is_refused_is_a_failure no-numbers 1 '^not ok no-numbers: some nosuch.field *: tshark: .*nosuch.field'
same judge_compares_numbers_alone "$(grep -ci 'illegal number' "$work/errors-no-numbers")" 0

# shellcheck disable=SC2016 # for the judge
sed -i 's/^judge_end() .*/&\n\t: "$there_is_no_such_variable"/' "$work/live/judge.sh"
play whole
played judge_that_dies_is_a_failure whole 1 '^not ok the judge: it died with exit status 2'
exit $status
