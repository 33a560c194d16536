# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# GRO makes one packet of many segments, with a list of the segments that do not fit. The packets
# are read, forwarded and segmented again, or collapsed in a receive queue that is too small; each
# byte arrives, and no drop is reported.
scenario() {
	# All that a tap sends fits into a receive queue: it knows no window, and a reader in a
	# guest may come late.
	in_ns "$server" sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.tcp_timestamps=0 'net.ipv4.tcp_rmem=4096 4000000 6000000'
	in_ns "$client" sysctl -q -w 'net.ipv4.tcp_rmem=4096 4000000 6000000'
	ip -n "$server" link set eth0 gso_max_segs 1
	ip -n "$client" route add 10.96.0.0/16 via $server4
	serve "$server" 0.0.0.0 7060 read
	serve "$server" :: 7061 read
	serve "$client" $client4 7062 read
	serve "$server" 0.0.0.0 7063 late -q 30000
	collapsing=${pids##* }
	packets=$(mib "$server" Ip InReceives) segments=$(mib "$server" IpExt InNoECTPkts)
	tool_start "$server"
	tap_talk 0 10.96.0.1 7060 -w 300 -a
	tap_talk 1 fd96:1::1 7061 -w 300 -a
	tap_talk 2 $client4 7062 -w 300 -a
	tap_talk 3 10.96.3.1 7063 -w 250 -b 50 -n 10
	tap_wait 0
	tap_wait 1
	tap_wait 2
	wait_until 'collapsed packet' has_collapsed
	kill -USR1 "$collapsing"
	tap_wait 3
	sleep 0.3
	tool_stop
	packets=$(($(mib "$server" Ip InReceives) - packets)) segments=$(($(mib "$server" IpExt InNoECTPkts) - segments))
	at_least 'segments that GRO joined' $((segments - packets)) 400
	for tap in 'tap0 294000' 'tap1 294000' 'tap2 294000' 'tap3 21000'; do
		same "${tap% *}" "$(grep acked "$dir/${tap% *}")" "sent ${tap#* } acked ${tap#* }"
	done
	expect 0 'tcpdropcap.event == "drop"'
}

has_collapsed() { [ "$(mib "$server" TcpExt TCPRcvCollapsed)" != 0 ]; }
