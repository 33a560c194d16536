# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A packet that is dropped as soon as it leaves the cable still has its sender's socket, which is in
# another namespace than the receiver's: the event does not have that socket.
scenario() {
	in_ns "$server" nft 'add table netdev lab; add chain netdev lab in { type filter hook ingress device eth0 priority 0; };
		add rule netdev lab in tcp dport 7026 drop'
	tool_start "$server"
	connect_both "$client" $server4 $server6 7026 5 7
	tool_stop
	expect 12 tcpdropcap
	expect_both 5 7 'tcpdropcap.dir == "in" && tcpdropcap.sock == "none" && !tcpdropcap.state &&
		!tcpdropcap.owner && !tcpdropcap.cwnd && frame.interface_name == "eth0"'
}
