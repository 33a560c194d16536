# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# A firewall drops packets on input.
scenario() {
	rule "$server" input tcp dport 7001 drop
	tool_start "$server"
	connect_both "$client" $server4 $server6 7001 7 5
	tool_stop
	expect 12 tcpdropcap
	expect_both 7 5 "$(reason NETFILTER_DROP)"' && tcpdropcap.event == "drop" &&
		tcpdropcap.dir == "in" && frame.interface_name == "eth0" && tcp.flags.syn == 1 &&
		tcp.dstport == 7001 && tcpdropcap.sock == "none" && !tcpdropcap.state &&
		tcpdropcap.stack contains "ip" && frame.p2p_dir == 1'
}
