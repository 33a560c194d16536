# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Events that the kernel side has counted, and whose records never arrive, are reported at the end
# and counted as lost; where all records arrive, nothing is reported.
scenario() {
	rule "$client" output tcp dport 7660 drop
	tool_start "$client"
	withheld=
	if [ -e "${PEER%/*}/withhold.so" ]; then
		ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=${PEER%/*}/withhold.so "$TOOL" \
			-w "$dir/withheld.pcapng" --netns "$client" --strict 2>"$dir/withheld" &
		withheld=$!
		pids="$pids $withheld"
		wait_for "$dir/withheld" capturing
	fi
	connect "$client" $server4 7660 -c 7 -t 100
	tool_stop
	expect 7 'tcpdropcap.event == "drop"'
	same 'nothing is unaccounted for' "$(grep -c 'are unaccounted for' "$dir/summary")" 0
	if [ -z "$withheld" ]; then
		echo "skip the library cannot be preloaded into a static program" >>"$dir/expect"
		return
	fi
	kill -INT $withheld
	wait $withheld
	same 'exit status' $? 3
	same 'unaccounted' "$(sed -n 's/.* warning: \([0-9]*\) events are unaccounted for: .*/\1/p' "$dir/withheld")" 7
}
