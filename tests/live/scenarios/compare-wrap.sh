# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The sequence numbers wrap amid the data that is lost, and in a transfer.
scenario() {
	serve "$server" $server4 7040 read
	serve "$server" $server6 7040 read
	rule "$server" prerouting tcp dport 7040 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	rule "$client" input tcp sport 7040 'tcp flags & (syn | fin | rst) == 0' tcp dport 40000-40009 \
		tcp dport != @seen add @seen '{ tcp dport }' drop
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7040 3 5 -p 30000 -i 4294967245 -d 300 -b 100 -t 700
	tool_stop
	wire_stop
	compare_wires
	verdict_both 3 5 lost-beyond-host 'tcpdropcap.event == "retransmit" && tcp.seq_raw > 4294967000'
}
