# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# A command name that contains a forged key and a control sequence for the terminal.
scenario() {
	# shellcheck disable=SC1003 # a backslash
	hostile=$(printf 'a\n\033[1m" state=X\\')
	tool_start "$server"
	"$TOOL" --netns "$server" >"$dir/text" 2>"$dir/text-summary" &
	text_tool=$!
	"$TOOL" --netns "$server" --json >"$dir/json" 2>"$dir/json-summary" &
	json_tool=$!
	pids="$pids $text_tool $json_tool"
	wait_for "$dir/text-summary" capturing
	wait_for "$dir/json-summary" capturing
	connect "$client" $server4 7008 -c 7 -n "$hostile" -t 200
	kill -INT $text_tool $json_tool
	wait $text_tool $json_tool
	tool_stop
	expect 7 tcpdropcap
	expect 0 'tcpdropcap.state || tcpdropcap.malformed'
	expect 7 'tcpdropcap.cpu_comm contains "state=X"'
	echo "clean text" >>"$dir/expect"
	echo "clean json" >>"$dir/expect"
}
