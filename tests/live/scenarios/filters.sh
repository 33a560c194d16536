# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# Filters of the kernel side: an event is counted at the first one that it does not pass.
scenario() {
	rule "$server" input tcp dport 7053 drop
	tool_start "$server" -4 --reason NETFILTER_DROP
	connect_both "$client" $server4 $server6 7053 7 5 -t 300
	connect_both "$client" $server4 $server6 7054 3 2 -t 300
	tool_stop
	expect 7 'ip && tcp.dstport == 7053'
	expect 7 tcpdropcap
	filtered() { sed -n "s/^tcpdropcap: filtered: .*\<\([0-9]*\) $1.*/\1/p" "$dir/summary"; }
	[ "$(filtered 'with another reason, or none')" = 3 ] ||
		echo "false three are filtered for their reason: $(tr '\n' ' ' <"$dir/summary")" >>"$dir/expect"
	# Of other namespaces, too: they are asked for behind the family.
	[ "$(filtered 'of the other address family')" -ge 7 ] ||
		echo "false seven are filtered for their family: $(tr '\n' ' ' <"$dir/summary")" >>"$dir/expect"
}
