# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The last segment is lost once, and no segment follows it: the probe repairs the loss.
scenario() {
	in_ns "$client" sysctl -q -w net.ipv4.tcp_early_retrans=3
	serve "$server" $server4 7010 read
	serve "$server" $server6 7010 read
	rule "$server" input tcp dport 7010 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	wire_start "$client"
	tool_start "$client"
	probes=$(mib "$client" TcpExt TCPLossProbes)
	connect_both "$client" $server4 $server6 7010 5 3 -d 300 -b 100 -t 900
	tool_stop
	wire_stop
	probes=$(($(mib "$client" TcpExt TCPLossProbes) - probes))
	[ "$probes" = 8 ] || echo "false the kernel sent $probes probes, not 8" >>"$dir/expect"
	echo wire >>"$dir/expect"
	expect_both 5 3 'tcpdropcap.event == "retransmit" && tcpdropcap.kind == "tlp" && tcp.len == 100'
	expect 0 'tcpdropcap.event == "retransmit" && tcpdropcap.kind != "tlp"'
}
