# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Data arrives for a socket that its process has closed: the kernel resets it, then frees the
# packet.
scenario() {
	# Otherwise a smaller socket (TIME_WAIT) would replace it, with other behaviour.
	in_ns "$server" sysctl -q -w net.ipv4.tcp_fin_timeout=120
	serve "$server" $server4 7003 close
	serve "$server" $server6 7003 close
	tool_start "$server"
	before=$(aborted)
	connect_both "$client" $server4 $server6 7003 5 7 -d 500 -b 100 -t 300
	after=$(aborted)
	tool_stop
	[ $((after - before)) = 12 ] || echo "false the kernel aborted $((after - before)) sockets, not 12" >>"$dir/expect"
	expect_both 5 7 "$(reason TCP_ABORT_ON_DATA) && $(receiver CLOSE)"' && tcp.len == 100 && tcpdropcap.dir == "in"'
	expect 12 'tcpdropcap.event == "drop"'
}

aborted() { in_ns "$server" awk '/^TcpExt:/ { if (!n) { split($0, names); n = 1 } else
	for (i = 2; i <= NF; i++) if (names[i] == "TCPAbortOnData") print $i }' /proc/net/netstat; }
