# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A packet that the firewall drops on input was on the wire.
scenario() {
	serve "$server" $server4 7030 read
	serve "$server" $server6 7030 read
	rule "$server" input tcp dport 7030 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	wire_start "$server"
	tool_start "$server"
	connect_both "$client" $server4 $server6 7030 3 7 -d 300 -b 100 -t 700
	tool_stop
	wire_stop
	compare_wires
	verdict_both 3 7 dropped-after-wire 'tcpdropcap.event == "drop" && tcp.len == 100'
	expect 10 tcpdropcap
}
