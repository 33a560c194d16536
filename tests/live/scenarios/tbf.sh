# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A token bucket cuts GSO packets into segments and does not have room for all of them: one event
# for each segment that tc counts as dropped, and none for the packet that they were cut from.
# Without acknowledgements, all segments are retransmitted at 0.2, 0.6, 1.4 and 3 s.
scenario() {
	serve "$server" $server4 7084 read
	serve "$server" $server6 7084 read
	rule "$client" input tcp sport 7084 'tcp flags & (syn|fin|rst) == 0' drop
	without_icmpv6 "$client"
	in_ns "$client" tc qdisc add dev eth0 root handle 7: tbf rate 8mbit burst 3000 limit 6000
	tool_start "$client"
	connect "$client" $server4 7084 -c 7 -w -b 14000 -t 3000 -r &
	connect "$client" $server6 7084 -c 5 -w -b 14000 -t 3000 -r &
	wait_for_lines 12 "$dir/owners"
	sleep 0.3
	sed 's/.* //' "$dir/owners" | sort -u | while read -r pid; do
		kill -USR1 "$pid"
	done
	sleep 2
	in_ns "$client" tc -s qdisc show dev eth0 >"$dir/tc"
	tool_stop
	wait $!
	dropped=$(sed -n 's/.*(dropped \([0-9]*\),.*/\1/p' "$dir/tc")
	at_least 'packets that tc dropped' "$dropped" 50
	found='tcpdropcap.event == "drop" && tcp.dstport == 7084'
	expect_sum "$dropped" "$found"
	expect_some "$found && ip"
	expect_some "$found && ipv6"
	expect 0 "$found"' && !(tcpdropcap.dir == "out" && tcpdropcap.sock == "skb" && tcpdropcap.state)'
	! kernel_has SKB_DROP_REASON_QDISC_DROP || expect 0 "$found"' && !(tcpdropcap.qdisc == "tbf" &&
		tcpdropcap.qdisc_handle == "7:" && tcpdropcap.qdisc_parent == "root" && tcpdropcap.tx_queue == 0)'
	! kernel_has qdisc_drop_reason || expect 0 "$found"' && !(tcpdropcap.qdisc_reason contains "QDISC_DROP_")'
}
