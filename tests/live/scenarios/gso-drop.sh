# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The sender's own firewall drops GSO packets: each is one event, with the number of segments that
# it would have been sent as. TCP counts the segments (TcpOutSegs).
scenario() {
	serve "$server" $server4 7085 read
	serve "$server" $server6 7085 read
	rule "$client" output tcp dport 7085 meta length gt 100 drop
	tool_start "$client"
	connect "$client" $server4 7085 -c 3 -w -b 30000 -r -t 300 &
	connect "$client" $server6 7085 -c 5 -w -b 30000 -r -t 300 &
	wait_for_lines 8 "$dir/owners"
	wait_until 'established connections' has_established "$client" 8 'dport = :7085'
	segments=$(mib "$client" Tcp OutSegs) resets=$(mib "$client" Tcp OutRsts)
	sed 's/.* //' "$dir/owners" | sort -u | while read -r pid; do
		kill -USR1 "$pid"
	done
	wait_until 'end of all connections' no_connection "$client" 'dport = :7085'
	segments=$(($(mib "$client" Tcp OutSegs) - segments)) resets=$(($(mib "$client" Tcp OutRsts) - resets))
	segments=$((segments - resets))
	tool_stop
	wait $!
	at_least 'segments of GSO packets' $segments 16
	dropped='tcpdropcap.event == "drop" && tcp.dstport == 7085 && tcp.len > 0'
	expect_sum $segments "$dropped"
	expect_some "$dropped && ip && tcpdropcap.segs > 1"
	expect_some "$dropped && ipv6 && tcpdropcap.segs > 1"
	expect 0 "$dropped && tcp.len > 1448 && !(tcpdropcap.segs > 1)"
}
