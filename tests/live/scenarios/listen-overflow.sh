# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A listener whose queue is full: it counts the SYNs that it drops. Where tcp_drop() is silent they are
# known by that count; later kernels free them as if they had been served.
scenario() {
	serve "$server" $server4 7028 full
	connect "$client" $server4 7028 -c 2 -t 3000 &
	sleep 1
	tool_start "$server"
	before=$(mib "$server" TcpExt ListenDrops)
	connect "$client" $server4 7028 -c 5 -t 300
	tool_stop
	dropped=$(($(mib "$server" TcpExt ListenDrops) - before))
	[ $dropped -ge 5 ] || echo "false the listener dropped $dropped, not 5 at least" >>"$dir/expect"
	found='tcpdropcap.event == "drop" && tcp.flags == 2 && tcp.dstport == 7028 && tcpdropcap.state == "LISTEN"'
	if kernel_has SKB_DROP_REASON_TCP_OFOMERGE || lacks 'drops within TCP'; then
		expect 0 "$found && tcpdropcap.sock == \"fentry\""
	else
		expect $dropped "$found && tcpdropcap.sock == \"fentry\""
	fi
}
