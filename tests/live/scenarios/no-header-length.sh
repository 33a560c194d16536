# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# A segment whose TCP header says that it has no length: TCP drops it, and none of its payload gets into the file.
scenario() {
	serve "$server" $server4 7056 read
	serve "$server" $server6 7056 read
	rule "$client" output tcp dport 7056 meta length '>' 200 tcp doff set 0
	tool_start "$server"
	connect_both "$client" $server4 $server6 7056 2 3 -d 300 -b 500 -t 150
	tool_stop
	# How often it is sent again before the tool ends is TCP's affair.
	echo 'some ip && tcpdropcap.dir == "in" && frame.cap_len == 34 && frame.len == 566' >>"$dir/expect"
	echo 'some ipv6 && tcpdropcap.dir == "in" && frame.cap_len == 54 && frame.len == 586' >>"$dir/expect"
	expect 0 '(ip && frame.cap_len > 34) || (ipv6 && frame.cap_len > 54)'
}
