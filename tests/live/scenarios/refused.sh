# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A kernel that permits neither fentry nor kprobes: one line reports each feature that is missing,
# and everything else works. With kprobes alone, loss probes are events.
scenario() {
	denied=fentry,kprobe
	rule "$server" input tcp dport 7043 drop
	in_ns "$client" sysctl -q -w net.ipv4.tcp_early_retrans=3
	serve "$server" $server4 7044 read
	rule "$server" input tcp dport 7044 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	tool_start "$server" -e drop,retransmit,synack,tlp
	denied=fentry
	other_start
	probes=$(mib "$client" TcpExt TCPLossProbes)
	connect "$client" $server4 7044 -c 3 -d 300 -b 100 -t 900 &
	probing=$!
	connect_both "$client" $server4 $server6 7043 7 5 -t 300
	wait $probing
	probes=$(($(mib "$client" TcpExt TCPLossProbes) - probes))
	kill -INT $other
	wait $other
	tool_stop
	reported_once 'tlp events'
	reported_once 'owners at the moment of accept'
	kernel_has rx_sk || reported_once 'socket and state of drops on receipt'
	kernel_has SKB_DROP_REASON_TCP_OFOMERGE || reported_once 'drops within TCP'
	expect_both 7 5 "$(reason NETFILTER_DROP)"' && tcpdropcap.event == "drop" && tcp.dstport == 7043'
	expect 0 'tcpdropcap.event == "tlp"'
	echo "file kprobe.pcapng" >>"$dir/expect"
	expect 3 'tcpdropcap.event == "retransmit" && tcpdropcap.kind == "tlp"'
	if grep -q 'tlp events will be missing' "$dir/kprobe-summary"; then
		echo 'skip the kernel does not permit kprobes' >>"$dir/expect"
	else
		expect "$probes" 'tcpdropcap.event == "tlp" && tcpdropcap.stack contains "tcp_"'
	fi
}

other_start() {
	"${PEER%/*}/deny" "$denied" "$TOOL" -w "$dir/kprobe.pcapng" --netns "$client" -e retransmit,tlp \
		2>"$dir/kprobe-summary" &
	other=$!
	pids="$pids $other"
	wait_for "$dir/kprobe-summary" capturing
}

reported_once() {
	[ "$(grep -c "$1.* will be missing" "$dir/summary")" = 1 ] ||
		echo "false not exactly one message says that $1 will be missing" >>"$dir/expect"
}
