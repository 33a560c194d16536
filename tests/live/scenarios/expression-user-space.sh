# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# An expression whose program has a loop cannot run in the kernel: it filters in user space.
scenario() {
	rule "$client" output tcp dport 7048 drop
	tool_start "$client" ip6 protochain 6 and tcp dst port 7048
	connect_both "$client" $server4 $server6 7048 3 5 -t 300
	tool_stop
	expect 5 tcpdropcap
	expect 5 'ipv6 && tcp.dstport == 7048'
	grep -q ' the filter expression is evaluated in user space, not in the kernel: it has a loop$' "$dir/summary" ||
		echo "false no message says where the expression is evaluated" >>"$dir/expect"
	! grep -q 'by the expression in the kernel' "$dir/summary" ||
		echo "false the kernel side rejects events" >>"$dir/expect"
	grep -q 'filtered: .*[0-9] by other options, or by the expression in user space$' "$dir/summary" || echo "false events rejected in user space are not counted" >>"$dir/expect"
}
