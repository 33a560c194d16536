# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Connections that are seldom made: a simultaneous open and close, TCP Fast Open, the subflows of
# Multipath TCP, sendfile(), a socket that was restored in repair mode, and more connections than
# the capture can note. Then lives whose ends it has not seen.
odd() { # HOW PORT COUNT
	ip netns exec "$server" "${PEER%/*}/odd_lives" "$@" >"$dir/odd" 2>&1
	grep -q '^ended' "$dir/odd" || echo "false odd_lives $*: $(cat "$dir/odd")" >>"$dir/expect"
}

scenario() {
	# 0x207: client and server, without a cookie.
	in_ns "$server" sysctl -q -w net.ipv4.tcp_fastopen=519
	tool_start "$server" -e life
	without_account
	opens=$(opens_of "$server")
	odd self 7110 3
	odd fastopen 7115 5
	odd sendfile 7116 2
	[ ! -e /proc/sys/net/mptcp ] || multipath
	wait_until 'end of all connections' all_ended "$server"
	opens=$(($(opens_of "$server") - opens))
	# The kernel does not count restored ones.
	odd restored 7120 4
	odd unrepaired 7121 2
	noted=$("${PEER%/*}/owners" fill $tool lives)
	at_least 'lives that fill the map' "$noted" 100000
	lives local 127.0.0.1 7122 3
	wait_until 'end of all connections' all_ended "$server"
	same 'lives that were removed' "$("${PEER%/*}/owners" empty $tool lives)" $((noted - 3))
	lives local 127.0.0.1 7123 2
	wait_until 'end of all connections' all_ended "$server"
	tool_stop
	expect $((opens + 4 + 2 + 6 + 4)) 'tcpdropcap.event == "life"'
	# A socket that is its own peer.
	expect 3 'tcp.srcport in {7110 .. 7112} && tcpdropcap.opened == "active" && tcpdropcap.old_state == "CLOSING" && tcpdropcap.duration_us'
	same 'connections by Fast Open' "$(mib "$server" TcpExt TCPFastOpenPassive)" 5
	expect 5 'tcp.dstport == 7115 && tcpdropcap.opened == "active" && tcpdropcap.bytes_acked == 102'
	expect 5 'tcp.srcport == 7115 && tcpdropcap.opened == "passive" && tcpdropcap.bytes_received == 101'
	expect 2 'tcp.dstport == 7116 && tcpdropcap.bytes_acked == 100002'
	expect 2 'tcp.srcport == 7116 && tcpdropcap.bytes_received == 100001'
	[ ! -e /proc/sys/net/mptcp ] || multipath_expected
	expect 6 'tcp.dstport in {7120, 7121} && tcpdropcap.born == "restored" && !tcpdropcap.duration_us && tcpdropcap.duration_min_us'
	expect 6 'tcp.port == 7122 && tcpdropcap.born == "unknown" && !tcpdropcap.opened && !tcpdropcap.duration_us'
	expect 4 'tcp.port == 7123 && tcpdropcap.duration_us && !tcpdropcap.born'
	grep -q ' 6 connections began while more were open than can be noted' "$dir/summary" &&
		grep -q ' 3 connections ended while the kernel ran no hook' "$dir/summary" ||
		echo "false the summary is $(cat "$dir/summary")" >>"$dir/expect"
}

# A second subflow from another address, where the kernel can make one.
multipath() {
	ip -n "$server" mptcp limits set subflow 1 add_addr_accepted 1 2>/dev/null
	ip -n "$server" mptcp endpoint add 127.0.0.2 dev lo subflow 2>/dev/null
	odd mptcp 7117 3
}

multipath_expected() {
	same 'MPTCP connections' "$(mib "$server" MPTcpExt MPCapableSYNRX)" 3
	joins=$(mib "$server" MPTcpExt MPJoinSynRx)
	expect $((3 + joins)) 'tcp.dstport == 7117 && tcpdropcap.opened == "active"'
	expect $((3 + $(mib "$server" MPTcpExt MPJoinAckRx))) 'tcp.srcport == 7117 && tcpdropcap.opened == "passive"'
}
