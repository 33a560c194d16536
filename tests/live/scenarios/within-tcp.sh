# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Drops inside TCP itself, after it has parsed the segment: the ACKs to the client are lost, the
# client retransmits, and the server already has that data. The kernel counts each such duplicate.
scenario() {
	serve "$server" $server4 7041 read
	serve "$server" $server6 7041 read
	rule "$client" input tcp sport 7041 'tcp flags & (syn|fin|rst) == 0' drop
	tool_start "$server"
	before=$(mib "$server" TcpExt TCPDSACKOldSent)
	connect_both "$client" $server4 $server6 7041 3 5 -d 200 -b 100 -t 4000 &
	sleep 2
	rule "$client" output tcp dport 7041 drop # so that the count no longer changes
	sleep 0.3
	tool_stop
	duplicates=$(($(mib "$server" TcpExt TCPDSACKOldSent) - before))
	[ $duplicates -ge 8 ] || echo "false the kernel saw $duplicates duplicates, not 8 at least" >>"$dir/expect"
	found='tcpdropcap.event == "drop" && tcpdropcap.dir == "in" && tcp.dstport == 7041'
	wait $!
	if lacks 'drops within TCP'; then
		expect 0 "$found"
		return
	fi
	expect $duplicates "$found"
	expect $duplicates "$found && $(receiver ESTABLISHED)"
	expect $duplicates "$found"' && tcpdropcap.at matches "^tcp_" && tcpdropcap.stack contains "tcp_"'
	! kernel_has SKB_DROP_REASON_TCP_OFOMERGE ||
		expect $duplicates "$found"' && tcpdropcap.reason matches "^TCP_"'
}
