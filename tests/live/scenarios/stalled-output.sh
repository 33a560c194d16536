# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A second capture writes to a pipe that no process reads for two seconds, and has ten times as much
# to write as a pipe holds. The ring holds the events: nothing is lost, and both files have each
# drop that the firewall counts.
scenario() {
	rule "$server" input tcp dport 7101 counter drop
	mkfifo "$dir/pipe"
	sh -c 'exec 3<"$1/pipe"; until [ -e "$1/read-it" ]; do sleep 0.1; done; cat <&3 >"$1/stalled.pcapng"' \
		sh "$dir" &
	reader=$!
	tool_start "$server"
	"$TOOL" -v -w - --netns "$server" >"$dir/pipe" 2>"$dir/stalled-summary" &
	stalled=$!
	pids="$pids $stalled $reader"
	wait_for "$dir/stalled-summary" capturing
	connect "$client" $server4 7101 -c 997 -t 10
	connect "$client" $server6 7101 -c 499 -t 10
	sleep 2
	[ ! -e "$dir/stalled.pcapng" ] || echo 'false the pipe was read' >>"$dir/expect"
	touch "$dir/read-it"
	kill -INT "$stalled"
	wait "$stalled"
	same 'exit status of the stalled capture' $? 0
	wait "$reader"
	tool_stop
	same 'drops that the firewall counts' "$(counted_by_rule)" 1496
	# Packets may be dropped in other namespaces of the machine as well: those events are
	# filtered.
	same 'events of the stalled capture' "$(sed -n 's/.*; \([0-9]*\) written, .* \([0-9]*\) lost.*/\1 \2/p' \
		"$dir/stalled-summary")" '1496 0'
	expect_both 997 499 'tcpdropcap.event == "drop"'
	echo "file stalled.pcapng" >>"$dir/expect"
	expect_both 997 499 'tcpdropcap.event == "drop"'
}

counted_by_rule() {
	in_ns "$server" nft list ruleset | sed -n 's/.*dport 7101 counter packets \([0-9]*\) .*/\1/p'
}
