# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016,SC2129 # the words of lib.sh
# More drops at one site than its stack budget allows: the others have stack=sampled, and the
# stack's text precedes them in the file. With --stack all, each drop has its own stack.
scenario() {
	rule "$server" input tcp dport 7045 drop
	tool_start "$server"
	"$TOOL" -w "$dir/all.pcapng" --netns "$server" --stack all 2>"$dir/all-summary" &
	all_tool=$!
	pids="$pids $all_tool"
	wait_for "$dir/all-summary" capturing
	for _ in 1 2 3 4 5 6 7 8 9; do
		connect "$client" $server4 7045 -c 449 -t 10 &
		clients="${clients-} $!"
	done
	wait $clients
	kill -INT $all_tool
	wait $all_tool
	tool_stop
	expect 4041 'tcpdropcap.event == "drop" && tcpdropcap.stack_id && (tcpdropcap.stack.source == "own" || tcpdropcap.stack.source == "sampled")'
	echo 'some tcpdropcap.stack.source == "sampled"' >>"$dir/expect"
	# A packet with a sampled stack has no text of it in the file, but -r prints it.
	echo 'some tcpdropcap.stack.source == "own"' >>"$dir/expect"
	echo "file all.pcapng" >>"$dir/expect"
	expect 4041 'tcpdropcap.event == "drop" && tcpdropcap.stack.source == "own"'
}
