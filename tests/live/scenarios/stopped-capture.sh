# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Two captures are stopped (SIGSTOP) while 2,991 packets are dropped, and then continue. The ring of
# one holds all events, and nothing is lost. The other's does not: its sums are exact, and its file
# reports each loss.
scenario() {
	rule "$server" input tcp dport 7102 counter drop
	tool_start "$server"
	"$TOOL" -v -w "$dir/small.pcapng" -B 1 --netns "$server" 2>"$dir/small-summary" &
	small=$!
	pids="$pids $small"
	wait_for "$dir/small-summary" capturing
	kill -STOP "$tool" "$small"
	for _ in 1 2 3; do
		connect "$client" $server4 7102 -c 997 -t 10
	done
	sleep 1
	kill -CONT "$tool" "$small"
	connect "$client" $server4 7102 -c 13 -t 10
	kill -INT "$small"
	wait "$small"
	same 'exit status of the capture with a small ring' $? 0
	tool_stop
	same 'drops that the firewall counts' "$(counted_by_rule)" 3004
	expect 3004 'tcpdropcap.event == "drop"'
	# shellcheck disable=SC2046 # two numbers
	set -- $(sed -n 's/.*; \([0-9]*\) written, .* \([0-9]*\) lost.*/\1 \2/p' "$dir/small-summary")
	written=$1 lost=$2
	same 'written and lost with the small ring' $((written + lost)) 3004
	at_least 'lost with the small ring' "$lost" 1
	echo "file small.pcapng" >>"$dir/expect"
	expect "$written" 'tcpdropcap.event == "drop"'
	expect_lost "$lost" small.pcapng
}

# The losses that the file's last statistics blocks report.
expect_lost() { # COUNT FILE
	"$TOOL" -r "$dir/$2" -q --strict >"$dir/read" 2>&1
	same 'status of --strict for a file with losses' $? 3
	same 'losses that the file reports' "$(awk '/^# [0-9]* events lost/ { n += $2 } END { print n + 0 }' "$dir/read")" "$1"
}

counted_by_rule() {
	in_ns "$server" nft list ruleset | sed -n 's/.*dport 7102 counter packets \([0-9]*\) .*/\1/p'
}
