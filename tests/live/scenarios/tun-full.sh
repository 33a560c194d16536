# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A TUN device that no process reads, such as that of a VPN client that is stopped: the SYNs that do
# not fit into its ring are dropped on output.
scenario() {
	helper_start "$client" tun tap hold tun0
	ip -n "$client" -batch - <<-END
		link set tun0 txqueuelen 3
		link set tun0 up
		addr add 10.95.0.1/24 dev tun0
		addr add fd95::1/64 dev tun0 nodad
	END
	# The ring is full before the count starts; the device drops packets of IPv6 itself as well.
	connect "$client" 10.95.0.2 7077 -c 5 -t 100
	rm "$dir/owners"
	at_least 'packets that the ring dropped' "$(device_count "$client" tun0 tx_dropped)" 1
	tool_start "$client"
	dropped=$(mib "$client" Tcp OutSegs)
	connect_both "$client" 10.95.0.2 fd95::2 7076 7 5 -t 300
	tool_stop
	dropped=$(($(mib "$client" Tcp OutSegs) - dropped))
	at_least 'SYNs that were sent' "$dropped" 12
	expect "$dropped" 'tcpdropcap.event == "drop"'
	expect "$dropped" 'tcpdropcap.event == "drop" && tcpdropcap.dir == "out" && frame.interface_name == "tun0" &&
		tcp.flags == 2 && tcp.dstport == 7076'
	while read -r _ port pid; do
		expect 0 "tcp.srcport == $port && tcpdropcap.owner && !(tcpdropcap.owner_pid == $pid)"
	done <"$dir/owners"
}
