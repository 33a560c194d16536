# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Packets that GRO made of many segments are dropped as a whole, by the firewall and by TCP as old
# data: each packet is one event, with the number of its segments.
scenario() {
	in_ns "$server" sysctl -q -w net.ipv4.tcp_timestamps=0 'net.ipv4.tcp_rmem=4096 4000000 6000000' # as in gro-read
	serve "$server" 0.0.0.0 7064 read
	serve "$server" :: 7065 read
	serve "$server" 0.0.0.0 7066 read
	rule "$server" input tcp dport 7064-7065 meta length gt 1000 counter drop
	tool_start "$server"
	tap_talk 0 10.96.0.1 7064 -w 300
	tap_talk 1 fd96:1::1 7065 -w 300 -n 3
	tap_talk 2 10.96.2.1 7066 -w 300 -n 3 -2
	tap_wait 0
	tap_wait 1
	tap_wait 2
	tool_stop
	dropped=$(in_ns "$server" nft list chain inet lab input | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p')
	at_most 'packets that the firewall dropped' "$dropped" 40
	same 'bytes of the connection with old data' "$(grep acked "$dir/tap2")" 'sent 176400 acked 176400'
	expect "$dropped" "$(reason NETFILTER_DROP)"' && tcp.dstport in {7064, 7065}'
	expect "$dropped" 'tcpdropcap.event == "drop" && tcp.dstport in {7064, 7065}'
	expect_sum $((8 * 42)) "tcpdropcap.event == \"drop\" && (tcp.dstport == 7064 || tcp.dstport == 7065)"
	expect 0 'tcpdropcap.event == "drop" && tcp.len > 1400 && !(tcpdropcap.segs > 1)'
	lacks 'drops within TCP' ||
		expect_sum $((3 * 42)) "tcpdropcap.event == \"drop\" && tcp.dstport == 7066"
	expect 0 'tcpdropcap.event == "drop" && tcpdropcap.at contains "skb_release_data"'
}
