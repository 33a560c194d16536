# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A hundred megabytes without a loss: no drop. Data that a closing socket has not read: none either.
scenario() {
	serve "$server" $server4 7019 read
	serve "$server" $server6 7020 hold
	holder=$!
	tool_start "$server"
	"$TOOL" -w "$dir/all.pcapng" --netns "$server" --all 2>"$dir/all-summary" &
	all_tool=$!
	pids="$pids $all_tool"
	wait_for "$dir/all-summary" capturing
	connect "$client" $server4 7019 -d 100 -b 100000000 -t 200
	connect "$client" $server6 7020 -c 3 -d 100 -t 100
	kill $holder
	sleep 0.3
	kill -INT $all_tool
	wait $all_tool
	tool_stop
	expect 0 tcpdropcap
	echo "file all.pcapng" >>"$dir/expect"
	expect 0 'tcpdropcap.event != "drop" || tcpdropcap.state != "CLOSE"'
}
