# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# A filter expression chooses among what a firewall drops; the file says in its interfaces what was asked for.
scenario() {
	rule "$client" output tcp dport 7045 drop
	rule "$client" output tcp dport 7046 drop
	tool_start "$client" ip6 and 'tcp dst port 7045' or '(src host' $client4 and 'dst port 7046)'
	connect_both "$client" $server4 $server6 7045 3 5 -t 300
	connect_both "$client" $server4 $server6 7046 7 11 -t 300
	tool_stop
	expect 12 tcpdropcap
	expect 5 'ipv6 && tcp.dstport == 7045'
	expect 7 'ip && tcp.dstport == 7046'
	grep -qa "ip6 and tcp dst port 7045 or (src host $client4 and dst port 7046)" "$dir/drops.pcapng" ||
		echo "false the file has the expression" >>"$dir/expect"
}
