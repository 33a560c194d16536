# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# A firewall drops packets on output.
scenario() {
	rule "$client" output tcp dport 7004 drop
	tool_start "$client"
	connect_both "$client" $server4 $server6 7004 3 5
	tool_stop
	expect 8 tcpdropcap
	expect_both 3 5 "$(reason NETFILTER_DROP)"' && tcpdropcap.dir == "out" &&
		tcpdropcap.state == "SYN_SENT" && tcpdropcap.sock == "skb" && tcp.flags == 2 &&
		tcpdropcap.l2 == "absent" && tcpdropcap.hdr == "wire" && frame.interface_name == "eth0"'
}
