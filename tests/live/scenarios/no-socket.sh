# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# No process listens.
scenario() {
	tool_start "$server"
	connect_both "$client" $server4 $server6 7002 11 13 -t 300
	tool_stop
	expect 24 tcpdropcap
	expect_both 11 13 "$(reason NO_SOCKET)"' && tcpdropcap.dir == "in" &&
		tcp.flags == 2 && tcp.dstport == 7002 && tcpdropcap.sock == "none"'
	expect_both 11 13 'tcpdropcap.stack contains "ip" && tcpdropcap.at matches "^tcp_v[46]_rcv[+]"'
}
