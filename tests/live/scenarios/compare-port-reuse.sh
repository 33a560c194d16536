# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Three connections in sequence from the same port: each loses its first data.
scenario() {
	serve "$server" $server4 7039 read
	serve "$server" $server6 7039 read
	rule "$server" prerouting meta nfproto ipv4 tcp dport 7039 'tcp flags & psh == psh' numgen inc mod 2 == 0 drop
	rule "$server" prerouting meta nfproto ipv6 tcp dport 7039 'tcp flags & psh == psh' numgen inc mod 2 == 0 drop
	wire_start "$client"
	tool_start "$client"
	for _ in 1 2 3; do
		connect_both "$client" $server4 $server6 7039 1 1 -p 33333 -d 200 -b 100 -t 700 -r
	done
	tool_stop
	wire_stop
	compare_wires
	verdict_both 3 3 lost-beyond-host 'tcpdropcap.event == "retransmit" && tcp.srcport == 33333'
}
