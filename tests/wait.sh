# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Waiting for conditions in tests that are not scenarios of the lab; sourced. No test assumes that something has
# happened after a certain time: the machine may be busy.

# until_true COMMAND...: until it succeeds; returns 1 after thirty seconds.
until_true() {
	for _ in $(seq 300); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

# forget FILE: before a program starts in the background whose output goes there. Its shell may not have emptied the
# file yet when the test looks into it, and would find what an earlier program has written.
forget() { rm -f "$@"; }

# captures FILE: until the capture whose stderr is the file sees events.
captures() { until_true grep -qs '^tcpdropcap: capturing' "$1"; }
