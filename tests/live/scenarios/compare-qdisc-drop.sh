# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A qdisc drops packets that are larger than its bucket: as many as it counts, and none of them is
# on the wire.
scenario() {
	serve "$server" $server4 7032 read
	serve "$server" $server6 7032 read
	without_icmpv6 "$client"
	wire_start "$client"
	tool_start "$client"
	mark_wire
	in_ns "$client" tc qdisc add dev eth0 root tbf rate 100mbit burst 600 limit 100000
	connect_both "$client" $server4 $server6 7032 3 5 -d 300 -b 1000 -t 700
	rule "$client" output tcp dport 7032 drop # retransmissions of closed sockets are not sent
	dropped=$(in_ns "$client" tc -s qdisc show dev eth0 | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p')
	in_ns "$client" tc qdisc del dev eth0 root
	mark_wire
	tool_stop
	wire_stop
	compare_wires
	verdict "$dropped" dropped-before-wire 'tcpdropcap.event == "drop" && tcp.dstport == 7032 &&
		!(tcpdropcap.reason == "NETFILTER_DROP")'
	[ "$dropped" -ge 8 ] || echo "false the qdisc dropped $dropped" >>"$dir/expect"
}
