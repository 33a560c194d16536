# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Acknowledgements are delayed in the peer's qdisc for longer than the timeout: nothing is lost.
scenario() {
	serve "$server" $server4 7037 read
	serve "$server" $server6 7037 read
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7037 2 3 -d 600 -b 100 -t 5000 &
	clients=$!
	sleep 0.3
	in_ns "$server" tc qdisc add dev eth0 root tbf rate 8kbit burst 200 limit 100000
	connect "$server" $client4 9 -c 13 # packets that the qdisc sends before the acknowledgements
	wait $clients
	tool_stop
	wire_stop
	compare_wires
	all_verdict spurious 'ip && tcpdropcap.event == "retransmit"'
	all_verdict spurious 'ipv6 && tcpdropcap.event == "retransmit"'
}
