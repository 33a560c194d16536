# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A process hands over its bytes and ends at once. The kernel sends them over a slow line: top shows
# the connection, which no process has open any more, with its last owner.
has_orphan() { own_lines | grep -qF "\"owner_pid\":$owner_pid,\"owner\":\"peer\",\"owner_src\":\"current\""; }

own_lines() { grep -F '"rport":7103' "$dir/top.json" | grep -F "\"netns\":$inode}"; }

scenario() {
	inode=$(stat -L -c %i "/run/netns/$client")
	serve "$server" $server4 7103 read -q 8192
	in_ns "$client" tc qdisc add dev eth0 root tbf rate 400kbit burst 3000 latency 60s
	in_ns "$client" sysctl -q -w net.ipv4.tcp_wmem="4096 1000000 4000000"
	tool_start "$client"
	"$TOOL" top --json >"$dir/top.json" 2>"$dir/top" &
	top=$!
	pids="$pids $top"
	wait_for "$dir/top" 'counting from now on'
	connect "$client" $server4 7103 -b 600000 -t 2500
	read -r _ _ owner_pid <"$dir/owners"
	at_least 'sockets without a process' "$(in_ns "$client" ss -tnH 'dport = :7103' | grep -c FIN-WAIT-1)" 1
	same 'the process of the connection' "$(ls -d "/proc/$owner_pid" 2>/dev/null)" ''
	wait_until 'bytes of the connection that no process has open' has_orphan
	kill -INT $top
	wait $top || echo "false top ended with $?" >>"$dir/expect"
	tool_stop # before the queue is purged, which makes TCP send again
	in_ns "$client" tc qdisc del dev eth0 root
	sent=$(own_lines | sed -n 's/.*"tx_bytes":\([0-9]*\).*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }')
	at_most 'bytes that were counted' "$sent" 600000
	at_least 'bytes that were counted' "$sent" 10000
}
