# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# TCP's state of a sender between two timeouts equals what ss prints before and after. A firewall
# drops a packet that the server sends, and sends again, in between.
scenario() {
	serve "$server" $server4 7021 speak
	rule "$server" input tcp dport 7021 quota over 15000 bytes drop
	rule "$client" input tcp sport 7021 'tcp flags & psh == psh' drop
	in_ns "$client" sysctl -q -w net.ipv4.tcp_congestion_control=reno
	tool_start "$client"
	connect "$client" $server4 7021 -b 20000 -t 600000 &
	frozen=no
	for _ in 1 2 3 4 5 6 7 8; do
		event_between && frozen=yes && break
	done
	tool_stop
	same 'an event between two timeouts' $frozen yes
	kill "$(sed 's/.* //' "$dir/owners")"
	expect_ss "$dir/ss-before" "frame.time_epoch > $since && frame.time_epoch < $until &&"'
		tcpdropcap.sock == "skb" && tcpdropcap.ca_state == "Loss" && tcp.srcport == 7021' packets_out=unacked retrans_out=retrans total_retrans=total_retrans \
		lost_out=lost ssthresh=ssthresh cwnd=cwnd srtt_us=rtt rttvar_us=rttvar rto_us=rto \
		bytes_acked=bytes_acked snd_wnd=snd_wnd rmem=r rcvbuf=rb wmem=w sndbuf=tb backlog=bl \
		cc=cc retransmits=backoff
}

# Whether an event comes while the connection, which has lost packets, does not change. The time
# from one timeout to the next doubles.
event_between() {
	since=$(date +%s.%N)
	ss_of "$client" 'dport = :7021' >"$dir/ss-before"
	before=$(drops_in_loss)
	wait_until 'event' has_more_in_loss
	until=$(date +%s.%N)
	ss_of "$client" 'dport = :7021' >"$dir/ss-after"
	cmp -s "$dir/ss-before" "$dir/ss-after"
}

drops_in_loss() { "$TOOL" -r "$dir/drops.pcapng" -e drop --json 2>/dev/null | grep -c '"ca_state":"Loss"'; }
has_more_in_loss() { has_written 1 && [ "$(drops_in_loss)" -gt "$before" ]; }
