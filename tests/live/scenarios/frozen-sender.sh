# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# TCP's state of a sender between two timeouts equals what ss prints before and after. Its third
# timeout is 1.4 s after the loss, its fourth 3 s; a firewall drops the packets that the server
# sends in between.
scenario() {
	serve "$server" $server4 7021 speak
	rule "$server" input tcp dport 7021 quota over 15000 bytes drop
	rule "$client" input tcp sport 7021 'tcp flags & psh == psh' drop
	in_ns "$client" sysctl -q -w net.ipv4.tcp_congestion_control=reno
	tool_start "$client"
	connect "$client" $server4 7021 -b 20000 -d 1000 -t 2800 &
	sleep 2.7
	ss_of "$client" 'dport = :7021' >"$dir/ss-before"
	sleep 1
	ss_of "$client" 'dport = :7021' >"$dir/ss-after"
	tool_stop
	cmp -s "$dir/ss-before" "$dir/ss-after" || echo "false the state of the connection has changed" >>"$dir/expect"
	expect_ss "$dir/ss-before" 'tcpdropcap.sock == "skb" && tcpdropcap.ca_state == "Loss" &&
		tcp.srcport == 7021' packets_out=unacked retrans_out=retrans total_retrans=total_retrans \
		lost_out=lost ssthresh=ssthresh cwnd=cwnd srtt_us=rtt rttvar_us=rttvar rto_us=rto \
		bytes_acked=bytes_acked snd_wnd=snd_wnd rmem=r rcvbuf=rb wmem=w sndbuf=tb backlog=bl \
		cc=cc retransmits=backoff
}
