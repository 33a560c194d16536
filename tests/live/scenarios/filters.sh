# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# Filters in the kernel: an event is counted by the first filter that rejects it.
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
		echo "false not 3 events are filtered by reason: $(tr '\n' ' ' <"$dir/summary")" >>"$dir/expect"
	# Events of other namespaces as well: the filter for namespaces follows the one for the
	# family.
	[ "$(filtered 'of the other address family')" -ge 7 ] ||
		echo "false fewer than 7 events are filtered by family: $(tr '\n' ' ' <"$dir/summary")" >>"$dir/expect"
}
