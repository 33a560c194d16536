# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Resets: sent because no process listens, received by the client, and sent by a client that aborts.
scenario() {
	tool_start "$server" -e reset
	without_account
	"$TOOL" -w "$dir/client.pcapng" --netns "$client" -e reset 2>"$dir/client-summary" &
	client_tool=$!
	pids="$pids $client_tool"
	wait_for "$dir/client-summary" capturing
	sent=$(mib "$server" Tcp OutRsts)
	connect_both "$client" $server4 $server6 7011 7 5 -t 200
	serve "$server" $server4 7012 read
	connect "$client" $server4 7012 -c 3 -d 200 -t 100 -r
	sleep 0.2
	tool_stop
	kill -INT $client_tool
	wait $client_tool
	sent=$(($(mib "$server" Tcp OutRsts) - sent))
	[ "$sent" = 12 ] || echo "false the kernel sent $sent resets, not 12" >>"$dir/expect"
	found='tcpdropcap.event == "reset" && tcpdropcap.dir == "out" && tcp.srcport == 7011'
	# Before the kernel had reasons for resets, it did not trace resets without a socket.
	if kernel_has SK_RST_REASON_NO_SOCKET; then
		expect_both 7 5 "$found"' && tcp.flags == 0x14 && tcp.seq_raw == 0 &&
			tcpdropcap.reason == "NO_SOCKET"'
	else
		expect 0 "$found"
	fi
	expect 3 'tcpdropcap.event == "reset" && tcpdropcap.dir == "in" && tcp.dstport == 7012 &&
		tcp.flags.reset == 1 && tcpdropcap.state == "ESTABLISHED"'
	echo "file client.pcapng" >>"$dir/expect"
	expect_both 7 5 'tcpdropcap.event == "reset" && tcpdropcap.dir == "in" && tcp.srcport == 7011 &&
		tcpdropcap.state == "SYN_SENT"'
	expect 3 'tcpdropcap.event == "reset" && tcpdropcap.dir == "out" && tcp.dstport == 7012 &&
		tcp.flags == 0x14 && tcp.srcport != 0'
}
