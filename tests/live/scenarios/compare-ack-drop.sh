# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The acknowledgement arrives at this host, which drops it.
scenario() {
	serve "$server" $server4 7036 read
	serve "$server" $server6 7036 read
	rule "$client" input tcp sport 7036 'tcp flags & (syn | fin | rst) == 0' tcp dport != @seen \
		add @seen '{ tcp dport }' drop
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7036 3 7 -d 300 -b 100 -t 700
	tool_stop
	wire_stop
	compare_wires
	verdict_both 3 7 dropped-by-host 'tcpdropcap.event == "retransmit"'
	verdict_both 3 7 dropped-after-wire 'tcpdropcap.event == "drop"'
}
