# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# SYNs are retransmitted without timestamps, and in IPv6 without an ID: each matches a frame of its
# own.
scenario() {
	in_ns "$client" sysctl -q -w net.ipv4.tcp_timestamps=0
	serve "$server" $server4 7038 read
	serve "$server" $server6 7038 read
	rule "$server" input tcp dport 7038 counter drop
	wire_start "$server"
	tool_start "$server"
	connect_both "$client" $server4 $server6 7038 2 3 -t 3500
	tool_stop
	wire_stop
	dropped=$(in_ns "$server" nft list ruleset | sed -n 's/.*7038 counter packets \([0-9]*\) .*/\1/p')
	compare_wires
	verdict "$dropped" dropped-after-wire 'tcpdropcap.event == "drop"'
	[ "$dropped" -ge 15 ] || echo "false there were $dropped SYNs" >>"$dir/expect"
}
