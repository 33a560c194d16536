# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Known bytes in both directions, and drops of a known number of packets; the owner has closed both
# ends.
scenario() {
	# On its way out, a packet has its socket.
	rule "$server" output tcp dport 7077 'tcp flags & psh == psh' numgen inc mod 2 0 counter drop
	tool_start "$server" -e life,drop,retransmit
	"$TOOL" life -v -W --netns "$server" >"$dir/wide" 2>"$dir/wide-summary" &
	wide=$!
	pids="$pids $wide"
	wait_for "$dir/wide-summary" capturing
	lives local 127.0.0.1 7076 3 100000 50000
	owner=$lives_pid
	lives local ::1 7076 2 123456 0
	lives local 127.0.0.1 7077 1 300000 0
	wait_until 'end of all connections' all_ended "$server"
	dropped=$(in_ns "$server" nft list table inet lab | sed -n 's/.*counter packets \([0-9]*\).*/\1/p')
	tool_stop
	kill -INT $wide
	wait $wide
	# The SYN of the client and the FIN of each end count as a byte.
	expect 3 'ip && tcp.dstport == 7076 && tcpdropcap.bytes_acked == 100002 && tcpdropcap.bytes_received == 50001'
	expect 3 'ip && tcp.srcport == 7076 && tcpdropcap.bytes_acked == 50001 && tcpdropcap.bytes_received == 100001'
	expect 2 'ipv6 && tcp.dstport == 7076 && tcpdropcap.bytes_acked == 123458 && tcpdropcap.bytes_received == 1'
	expect 2 'ipv6 && tcp.srcport == 7076 && tcpdropcap.bytes_acked == 1 && tcpdropcap.bytes_received == 123457'
	at_least 'dropped packets' "$dropped" 1
	expect 1 "tcp.dstport == 7077 && tcpdropcap.event == \"life\" && tcpdropcap.drops == $dropped"
	expect 1 'tcp.srcport == 7077 && tcpdropcap.event == "life" && tcpdropcap.drops == 0'
	expect $dropped 'tcp.dstport == 7077 && tcpdropcap.event == "drop"'
	expect 10 'tcp.port == 7076 && tcpdropcap.drops == 0 && tcpdropcap.srtt_us > 0 && tcpdropcap.min_rtt_us > 0'
	expect 6 "ip && tcp.port == 7076 && tcpdropcap.event == \"life\" && tcpdropcap.owner_src == \"exact\" && tcpdropcap.owner_pid == $owner"
	# The same as lines. Wide ones have the drops, which are no events there.
	same 'drops in the wide line' "$(awk '$7 == 7077 { print $12 }' "$dir/wide")" "$dropped"
	same 'wide lines' "$(wc -l <"$dir/wide")" 13
	grep -q '0 drops, .* 12 lives; 12 written, 0 filtered, 0 lost' "$dir/wide-summary" ||
		echo "false the wide summary is $(tail -1 "$dir/wide-summary")" >>"$dir/expect"
	"$TOOL" life -r "$dir/drops.pcapng" -s -D 7076 >"$dir/life.csv" 2>/dev/null
	same 'lines of IPv4' "$(grep -c ",4,127.0.0.1,[0-9]*,127.0.0.1,7076,97,48,[0-9.]*\$" "$dir/life.csv")" 3
	same 'lines of IPv6' "$(grep -c ",6,::1,[0-9]*,::1,7076,120,0,[0-9.]*\$" "$dir/life.csv")" 2
	same 'lines with the head' "$(wc -l <"$dir/life.csv")" 6
}
