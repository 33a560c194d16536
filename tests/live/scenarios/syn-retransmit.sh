# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# SYNs that nothing answers: each is retransmitted after a second.
scenario() {
	rule "$server" input tcp dport 7006 drop
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7006 5 3 -t 1600
	tool_stop
	wire_stop
	echo wire >>"$dir/expect"
	expect 0 'tcpdropcap && !(tcpdropcap.kind == "syn")' # a slow machine retransmits twice
	expect_both 5 3 'tcpdropcap.kind == "syn" && tcpdropcap.retransmits == 1 && tcpdropcap.state == "SYN_SENT" &&
		tcp.flags == 2 && tcpdropcap.hdr == "wire" && tcp.options.mss_val'
}
