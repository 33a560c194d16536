# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Data is lost in the peer's namespace, where this wire capture does not see it.
scenario() {
	serve "$server" $server4 7033 read
	serve "$server" $server6 7033 read
	rule "$server" prerouting tcp dport 7033 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7033 3 7 -d 300 -b 100 -t 700
	tool_stop
	wire_stop
	compare_wires
	verdict_both 3 7 lost-beyond-host 'tcpdropcap.event == "retransmit"'
	expect 10 tcpdropcap
}
