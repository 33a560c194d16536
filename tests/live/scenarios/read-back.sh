# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# Three captures at once, as a file, as text and as JSON: -r prints from the file what the other two
# have. The comparison leaves out what differs by design: each capture samples the clock, numbers
# its stacks and scans for owners by itself, and may read the rings of the CPUs in another order.
scenario() {
	serve "$server" $server4 7047 read
	rule "$client" output tcp dport 7048 drop
	rule "$server" input tcp dport 7047 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	"$TOOL" --netns "$client" -q >"$dir/text" 2>"$dir/text-summary" &
	text=$!
	"$TOOL" --netns "$client" --json >"$dir/json" 2>"$dir/json-summary" &
	json=$!
	pids="$pids $text $json"
	wait_for "$dir/text-summary" capturing
	wait_for "$dir/json-summary" capturing
	tool_start "$client"
	connect_both "$client" $server4 $server6 7048 5 7 -t 300
	connect "$client" $server4 7047 -c 3 -b 100 -d 300 -t 900
	tool_stop
	kill -INT $text $json
	wait $text
	wait $json
	"$TOOL" -r "$dir/drops.pcapng" -q >"$dir/read-text" 2>"$dir/read-summary"
	"$TOOL" -r "$dir/drops.pcapng" --json >"$dir/read-json" 2>>"$dir/read-summary"
	for form in text json; do
		comparable <"$dir/$form" >"$dir/live-$form.same"
		comparable <"$dir/read-$form" >"$dir/read-$form.same"
		cmp -s "$dir/live-$form.same" "$dir/read-$form.same" ||
			echo "false -r prints other $form" >>"$dir/expect"
	done
	[ "$(grep -c '^{"time"' "$dir/read-json")" = "$(sed -n 's/.*; \([0-9]*\) written.*/\1/p' "$dir/summary")" ] ||
		echo "false -r does not print each event" >>"$dir/expect"
	expect 12 'tcpdropcap.event == "drop" && tcp.dstport == 7048'
	expect 3 'tcpdropcap.kind == "rto" && tcp.dstport == 7047'
}

# Each capture has read the counters at a time of its own.
comparable() {
	sed '/^{"account"/d; s/^[0-9:.]* //; s/"time":[0-9.]*//; s/"time_iso":"[^"]*"//; s/"stack_id":[0-9]*//; s/"owner_src":"[a-z]*"//' | sort
}
