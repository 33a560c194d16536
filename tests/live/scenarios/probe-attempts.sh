# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Attempts to send a tail loss probe are events of their own where the kernel permits fentry or
# kprobes.
scenario() {
	in_ns "$client" sysctl -q -w net.ipv4.tcp_early_retrans=3
	serve "$server" $server4 7022 read
	serve "$server" $server6 7022 read
	rule "$server" input tcp dport 7022 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	tool_start "$client" -e drop,retransmit,synack,tlp
	probes=$(mib "$client" TcpExt TCPLossProbes)
	connect_both "$client" $server4 $server6 7022 3 5 -d 300 -b 100 -t 900
	tool_stop
	probes=$(($(mib "$client" TcpExt TCPLossProbes) - probes))
	if grep -q 'tlp events will be missing' "$dir/summary"; then
		echo 'skip the kernel permits neither fentry nor kprobes' >>"$dir/expect"
		return
	fi
	[ "$probes" = 8 ] || echo "false the kernel sent $probes probes, not 8" >>"$dir/expect"
	expect_both 3 5 'tcpdropcap.event == "tlp" && tcpdropcap.state == "ESTABLISHED" &&
		tcpdropcap.hdr == "synthesized" && tcp.len == 100 && tcp.dstport == 7022'
	# The probe that follows is the retransmission of the same segment.
	expect_both 3 5 'tcpdropcap.event == "retransmit" && tcpdropcap.kind == "tlp"'
}
