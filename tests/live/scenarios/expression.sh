# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# A filter expression selects packets that a firewall drops: on output, where the MAC header does
# not exist yet and reads as zeros, and on input. The file's interfaces record the expression.
# Packets that it rejects stay in the kernel.
scenario() {
	rule "$client" output tcp dport 7045 drop
	rule "$client" output tcp dport 7046 drop
	rule "$client" input tcp sport 7047 drop
	tool_start "$client" ip6 and 'tcp dst port 7045' and 'ether[6:4] = 0' or '(src host' $client4 and 'dst port 7046)' \
		or '(ether src' $server_mac and 'tcp src port 7047)'
	connect_both "$client" $server4 $server6 7045 3 5 -t 300
	connect_both "$client" $server4 $server6 7046 7 11 -t 300
	connect_both "$client" $server4 $server6 7047 2 3 -t 300
	tool_stop
	expect 17 tcpdropcap
	expect 5 'ipv6 && tcp.dstport == 7045'
	expect 7 'ip && tcp.dstport == 7046'
	expect 5 "tcp.srcport == 7047 && eth.src == $server_mac"
	grep -qa "ip6 and tcp dst port 7045 and ether\[6:4\] = 0 or (src host $client4 and dst port 7046) or (ether src $server_mac and tcp src port 7047)" \
		"$dir/drops.pcapng" || echo "false the file does not have the expression" >>"$dir/expect"
	# Packets of other namespaces as well: the expression is evaluated first.
	rejected=$(sed -n 's/.* \([0-9]*\) by the expression in the kernel.*/\1/p' "$dir/summary")
	[ "${rejected:-0}" -ge 14 ] ||
		echo "false the kernel side rejects fewer than 14: $(tr '\n' ' ' <"$dir/summary")" >>"$dir/expect"
}
