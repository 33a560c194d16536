#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: run.sh BUILD SUITE... [-- BUILD SUITE...]
# Runs suites on a build, one after the other, and those with + between them (rotate+sim) at once:
# one that waits much, and one that computes. Each prints lines "ok NAME", "not ok NAME: why" or
# "skip NAME: why". Of these, failures, skipped tests and tables are shown (all with V=1), then
# counts. Exit 1 if anything failed.
set -u
tests=$(dirname "$0")
export TESTS="$tests"

# A test program that does not come to its last line has crashed, or has been ended by a sanitizer
# or an exit().
report_unit() { # TEST
	unit_status=$(cat "$1.status")
	if [ "$(tail -1 "$1.log")" != end ] || { [ "$unit_status" != 0 ] && ! grep -q '^not ok' "$1.log"; }; then
		echo "not ok $(basename "$1"): it ended early, with exit status $unit_status: $(grep -m1 -iE 'error' "$1.log")"
	fi
	grep -vx end "$1.log"
}

in_either_schema() { # TEST BUILD
	sh "$tests/dissector/$1.sh" "$2/tests" dissector/tcpdropcap.lua 1 &&
		sh "$tests/dissector/$1.sh" "$2/tests" dissector/tcpdropcap.lua 2
}

suite() { # NAME BUILD
	TOOL=$2/tcpdropcap PEER=$2/tests/peer
	export TOOL PEER
	case $1 in
	unit)
		find "$tests/unit" -name '*_test.c' | sort | sed "s,^\(.*\)\.c\$,$2/\1," >"$2/unit-tests"
		# shellcheck disable=SC2016 # for the inner shell
		xargs -P "$(nproc)" -n 1 sh -c '"$0" >"$0.log" 2>&1; echo $? >"$0.status"' <"$2/unit-tests"
		while read -r test; do
			report_unit "$test"
		done <"$2/unit-tests"
		;;
	live)
		rm -rf "$2/live"
		sh "$tests/live/suite.sh" "$2/live" dissector/tcpdropcap.lua
		;;
	live-user-space)
		rm -rf "$2/live"
		# shellcheck disable=SC2046 # a list of scenarios
		sh "$tests/live/suite.sh" "$2/live" dissector/tcpdropcap.lua $(grep -v '^#' "$tests/live/USER_SPACE")
		;;
	torture)
		rm -rf "$2/torture-seeds"
		ACTORS=$2/tests/actors
		export ACTORS
		# shellcheck disable=SC2046 # a list of seeds
		sh "$tests/torture/run.sh" "$2/torture-seeds" $(sed 's/#.*//' "$tests/torture/SEEDS")
		;;
	kernels)
		if [ -z "$KERNELS" ]; then
			echo "skip kernels: KERNELS is empty"
			echo "status 0"
			return
		fi
		# shellcheck disable=SC2086 # a list
		sh "$tests/kernels/check.sh" "$2/tcpdropcap-static" "$2/tests/peer-static" \
			"$2/kernels" "$2/kernel-results" $KERNELS
		;;
	drivers)
		if [ -z "$DRIVERS" ]; then
			echo "skip drivers: DRIVERS is empty"
			echo "status 0"
			return
		fi
		# shellcheck disable=SC2086 # a list
		sh "$tests/drivers/check.sh" "$2/tcpdropcap-static" "$2/tests/peer-static" \
			"$2/kernels" "$2/driver-results" $DRIVERS
		;;
	dissector)
		sh "$tests/dissector/script_test.sh" dissector/tcpdropcap.lua &&
			in_either_schema dissector_test "$2" && in_either_schema dissector_view_test "$2" &&
			sh "$tests/dissector/links_test.sh" "$2/tests" dissector/tcpdropcap.lua &&
			sh "$tests/dissector/comments_test.sh"
		;;
	files) sh "$tests/man_test.sh" && sh "$tests/files_test.sh" && sh "$tests/compare_test.sh" &&
		sh "$tests/compare_promises_test.sh" && sh "$tests/anonymize/anonymize_test.sh" "$2" ;;
	offline) sh "$tests/offline_test.sh" "$2" && sh "$tests/targets_test.sh" "$2" ;;
	explain) sh "$tests/explain/explain_test.sh" "$2" ;;
	report) sh "$tests/report/report_test.sh" ;;
	golden) sh "$tests/golden/golden_test.sh" && sh "$tests/examples_test.sh" ;;
	cli) sh "$tests/completion_test.sh" && sh "$tests/cli_test.sh" ;;
	metrics) sh "$tests/metrics_test.sh" "$2" ;;
	faults) FLOOD=$2/tests/flood sh "$tests/faults_test.sh" && FLOOD=$2/tests/flood sh "$tests/stalls_test.sh" ;;
	recorder) sh "$tests/recorder_test.sh" ;;
	privilege) sh "$tests/privilege_test.sh" "$2" ;;
	rotate) sh "$tests/rotate_test.sh" ;;
	top) sh "$tests/top_test.sh" ;;
	terminal) sh "$tests/terminal_test.sh" ;;
	install) sh "$tests/install_test.sh" "$2" ;;
	extcap) sh "$tests/extcap_test.sh" ;;
	sim) sh "$tests/sim/sim_test.sh" "$2" ;;
	bad) READ_FILE=$2/tests/read_file sh "$tests/bad/bad_test.sh" ;;
	copy) COPY_FILE=$2/tests/copy_file sh "$tests/copy_test.sh" ;;
	fuzz) sh "$tests/fuzz/fuzz_test.sh" "$2/tests/fuzz" ;;
	suites) sh "$tests/suite_test.sh" ;;
	bench) sh "$tests/bench/bench_test.sh" "$2" ;;
	headers) sh "$tests/headers_test.sh" ;;
	rules) sh "$tests/rules_test.sh" ;;
	lint) sh "$tests/lint.sh" "$2" ;;
	*) echo "not ok $1: unknown suite" ;;
	esac
	# A suite that dies, or prints nothing, has failed; this is the last line of the log.
	echo "status $?"
}

# log_suite NAME BUILD: runs it into its log, and notes the seconds that it takes.
log_suite() {
	mkdir -p "$2/logs"
	start=$(date +%s)
	suite "$1" "$2" >"$2/logs/$1.log" 2>&1
	echo $(($(date +%s) - start)) >"$2/logs/$1.seconds"
}

# timeout(1) makes groups of its own, which are of the same session.
kill_groups() {
	for group in $groups; do
		pkill -TERM -s "$group"
	done
}

# together BUILD NAME...: the same for several at once. Each is a session of its own, so that a
# signal reaches all of its processes.
together() {
	build_of_all=$1 groups=
	shift
	for one in "$@"; do
		setsid sh "$tests/run.sh" --log "$build_of_all" "$one" &
		groups="$groups $!"
	done
	trap 'kill_groups; wait; exit 1' INT TERM HUP
	# shellcheck disable=SC2086 # a list
	wait $groups
	trap - INT TERM HUP
}

# report NAME BUILD: what its log says; adds to the counts.
report() {
	log=$2/logs/$1.log
	p=$(grep -c '^ok ' "$log")
	f=$(grep -c '^not ok ' "$log")
	s=$(grep -c '^skip ' "$log")
	if [ "$f" = 0 ] && { [ $((p + s)) = 0 ] || [ "$(tail -1 "$log")" != 'status 0' ]; }; then
		echo "not ok $1: the suite ended early: $(tail -3 "$log" | tr '\n' ' ')" >>"$log"
		f=1
	fi
	if [ "${V:-0}" = 1 ]; then cat "$log"; else grep -E '^(not ok |skip |\| )' "$log"; fi
	echo "$2 $1: $p passed, $f failed, $s skipped in $(cat "$2/logs/$1.seconds") s"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

if [ "$1" = --log ]; then
	log_suite "$3" "$2"
	exit
fi
passed=0 failed=0 skipped=0
build=$1
shift
for names in "$@"; do
	if [ "$names" = -- ]; then
		build=
		continue
	fi
	[ -n "$build" ] || { build=$names; continue; }
	# shellcheck disable=SC2046 # a list
	case $names in
	*+*) together "$build" $(echo "$names" | tr + ' ') ;;
	*) log_suite "$names" "$build" ;;
	esac
	for name in $(echo "$names" | tr + ' '); do
		report "$name" "$build"
	done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
