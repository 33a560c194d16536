# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The sequence numbers wrap within the data that is lost.
scenario() {
	serve "$server" $server4 7040 read
	serve "$server" $server6 7040 read
	rule "$server" prerouting tcp dport 7040 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	wire_start "$client"
	tool_start "$client"
	connect "$client" $server4 7040 -c 3 -p 30000 -i 4294967245 -d 300 -b 100 -t 700 &
	first=$!
	connect "$client" $server6 7040 -c 5 -p 31000 -i 4294967245 -d 300 -b 100 -t 700
	wait $first
	tool_stop
	wire_stop
	compare_wires
	verdict_both 3 5 lost-beyond-host 'tcpdropcap.event == "retransmit" && tcp.seq_raw > 4294967000'
}
