# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# Segments whose TCP headers claim a length of zero, or less than a header has: TCP drops them. The
# event keeps the twenty bytes of the header, to show the cause and the ports, and none of the
# payload is in the file.
scenario() {
	for port in 7056 7057; do
		serve "$server" $server4 $port read
		serve "$server" $server6 $port read
	done
	rule "$client" output tcp dport 7056 meta length '>' 200 tcp doff set 0
	rule "$client" output tcp dport 7057 meta length '>' 200 tcp doff set 2
	tool_start "$server"
	connect_both "$client" $server4 $server6 7056 2 3 -d 300 -b 500 -t 150
	connect_both "$client" $server4 $server6 7057 2 3 -d 300 -b 500 -t 150
	tool_stop
	# How often it is retransmitted before the capture ends is TCP's decision.
	for port in 7056 7057; do
		dropped="tcpdropcap.dir == \"in\" && tcp.dstport == $port && tcp.srcport"
		expect_some "ip && $dropped && frame.cap_len == 54 && frame.len == 566"
		expect_some "ipv6 && $dropped && frame.cap_len == 74 && frame.len == 586"
	done
	expect 0 '(ip && frame.cap_len > 54) || (ipv6 && frame.cap_len > 74)'
	expect 0 'tcpdropcap.event == "drop" && !tcp.dstport'
}
