# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The wall clock is set an hour ahead during a capture, and later two hours back: the timestamp of
# each event is the wall-clock time of its instant, also between two wakeups of tcpdropcap. A
# preloaded library steps tcpdropcap's clock.
scenario() {
	steps=${PEER%/*}/step_clock.so
	rule "$server" input tcp dport 7026 drop
	wire_start "$server"
	if [ -e "$steps" ]; then
		first=$(awk '{ print $1 + 4 }' /proc/uptime)
		cat >"$dir/tool" <<-END
			#!/bin/sh
			LD_PRELOAD='$steps' CLOCK_STEPS='$first 3 3600 -3600' ASAN_OPTIONS=verify_asan_link_order=0 \\
				exec "$TOOL" "\$@"
		END
		chmod 755 "$dir/tool"
		TOOL=$dir/tool
		# In tcpdump's clock: the uptime is the same before and after the clock was read, to
		# 10 ms.
		until [ "${uptime:-}" = "${uptime_after:-none}" ]; do
			read -r uptime _ </proc/uptime
			now=$(date +%s.%N)
			read -r uptime_after _ </proc/uptime
		done
		at=$(echo "$now $first $uptime" | awk '{ printf "%.9f", $1 + $2 - $3 }')
		said="$at 3 3600 -3600"
	else
		echo "skip the library cannot be preloaded into a static program" >>"$dir/expect"
		said=
	fi
	tool_start "$server"
	i=0
	while [ $i -lt 71 ]; do
		connect "$client" $server4 7026 -c 7 -t 1
		sleep 0.1
		i=$((i + 1))
	done
	tool_stop
	wire_stop
	expect 497 'tcpdropcap.event == "drop"'
	echo "times 497 $said" >>"$dir/expect"
}
