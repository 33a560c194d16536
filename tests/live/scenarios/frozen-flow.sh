# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# TCP's state of an idle receiver equals what ss prints before and after. A firewall drops the
# packets that would change the state; early demultiplexing finds the socket of a dropped packet.
scenario() {
	serve "$server" $server4 7017 read
	connect "$client" $server4 7017 -b 20000 -t 600000 &
	wait_until 'received data' has_received
	rule "$server" input tcp dport 7017 drop
	ss_of "$server" 'sport = :7017' >"$dir/ss-before"
	tool_start "$server"
	kill "$(sed 's/.* //' "$dir/owners")"
	wait_until 'FIN that is dropped' has_written 1
	ss_of "$server" 'sport = :7017' >"$dir/ss-after"
	tool_stop
	cmp -s "$dir/ss-before" "$dir/ss-after" || echo "false the state of the connection has changed" >>"$dir/expect"
	expect_ss "$dir/ss-before" 'tcpdropcap.sock == "skb" && tcpdropcap.state == "ESTABLISHED" &&
		tcp.dstport == 7017' cwnd=cwnd srtt_us=rtt rttvar_us=rttvar rto_us=rto \
		bytes_received=bytes_received snd_wnd=snd_wnd rmem=r rcvbuf=rb wmem=w sndbuf=tb \
		backlog=bl cc=cc
}

has_received() { in_ns "$server" ss -Htin state established 'sport = :7017' | grep -q 'bytes_received:20000'; }
