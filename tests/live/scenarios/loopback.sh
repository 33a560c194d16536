# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# A hundred megabytes over loopback, and connections that open and close: no drop, on any kernel.
scenario() {
	serve "$server" $server4 7042 read
	serve "$server" $server6 7042 read
	tool_start "$server"
	again=$(retransmitted "$server")
	connect "$server" $server4 7042 -b 100000000 -t 200
	connect "$server" $server6 7042 -b 1000000 -t 200
	connect_both "$server" $server4 $server6 7042 13 17 -d 50 -b 1000 -t 100
	connect_both "$server" $server4 $server6 7042 7 5 -d 50 -t 100
	sleep 0.3
	tool_stop
	again=$(($(retransmitted "$server") - again))
	# A stalled machine retransmits data needlessly, and drops the duplicates as old.
	if [ $again = 0 ]; then
		expect 0 'tcpdropcap.event == "drop"'
	elif kernel_has skb_drop_reason; then
		expect 0 'tcpdropcap.event == "drop" && !(tcpdropcap.reason matches "^TCP_OLD_")'
	else
		expect 0 'tcpdropcap.event == "drop" && !(tcp.len > 0)'
	fi
}
