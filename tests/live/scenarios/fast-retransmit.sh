# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Segments are lost in the middle of a transfer: acknowledgements of later segments show it.
scenario() {
	serve "$server" $server4 7009 read
	serve "$server" $server6 7009 read
	rule "$server" input tcp dport 7009 tcp flags '&' syn == 0 numgen inc mod 67 == 31 drop
	wire_start "$client"
	tool_start "$client"
	fast=$(mib "$client" TcpExt TCPFastRetrans)
	connect_both "$client" $server4 $server6 7009 1 1 -d 200 -b 3000000 -t 300
	tool_stop
	wire_stop
	fast=$(($(mib "$client" TcpExt TCPFastRetrans) - fast))
	[ "$fast" -gt 0 ] || echo "false the kernel made no fast retransmission" >>"$dir/expect"
	echo wire >>"$dir/expect"
	fast_segments "$fast"
}

# The kernel counts segments; one event may have several.
fast_segments() {
	echo "sum $1 tcpdropcap.kind == \"fast\"" >>"$dir/expect"
	expect 0 'tcpdropcap.event == "retransmit" && !tcpdropcap.kind'
}
