# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Keepalives and window probes carry old sequence numbers: TCP answers them and then frees them as
# old data. Only the probes that TCP does not answer are drops. A reset that ends a connection
# request has had its effect: no drop.
scenario() {
	serve "$server" $server4 7071 hold
	serve "$server" $server6 7071 hold
	serve "$server" $server4 7072 late -q 4000
	late4=${pids##* }
	serve "$server" $server6 7072 late -q 4000
	late6=${pids##* }
	serve "$server" $server4 7073 read
	serve "$server" $server6 7073 read
	tool_start "$server"
	keepalives=$(mib "$client" TcpExt TCPKeepAlive)
	window_probes=$(mib "$client" TcpExt TCPWinProbe)
	skipped=$(mib "$server" TcpExt TCPACKSkippedSeq)
	requests=$(mib "$server" TcpExt EmbryonicRsts)
	connect_both "$client" $server4 $server6 7071 2 3 -k -t 2500 &
	connect_both "$client" $server4 $server6 7072 1 1 -b 20000 -t 300 &
	# The client has no socket for these packets: its kernel answers the SYN-ACKs with resets.
	inject "$client" eth0 $server_mac $client4 $server4 20000 7073 -c 3
	inject "$client" eth0 $server_mac $client6 $server6 20000 7073 -c 5
	sleep 1
	kill -USR1 "$late4" "$late6"
	wait $!
	sleep 1.7
	at_least keepalives $(($(mib "$client" TcpExt TCPKeepAlive) - keepalives)) 10
	at_least 'window probes' $(($(mib "$client" TcpExt TCPWinProbe) - window_probes)) 2
	same 'requests that ended by a reset' $(($(mib "$server" TcpExt EmbryonicRsts) - requests)) 8
	same retransmissions "$(retransmitted "$client")" 0
	# TCP sends at most one answer in half a second. The other probes are drops.
	skipped=$(($(mib "$server" TcpExt TCPACKSkippedSeq) - skipped))
	# Where tcp_drop() has no tracepoint, no packet without data is reported as a drop there.
	kernel_has SKB_DROP_REASON_TCP_OFOMERGE || skipped=0
	tool_stop
	expect 0 'tcpdropcap.event == "drop" && tcp.port == 7071'
	expect "$skipped" 'tcpdropcap.event == "drop" && tcp.port == 7072'
	if kernel_has skb_drop_reason; then
		expect 0 'tcpdropcap.event == "drop" && tcp.port == 7073'
	fi
}
