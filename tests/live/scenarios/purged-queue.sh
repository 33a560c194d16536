# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The first of ten segments is always lost; nine wait out of order when the client resets. The frees
# of the receiver's queue are benign, and --all shows their owner and their device.
scenario() {
	serve "$server" $server4 7027 read
	rule "$server" input tcp dport 7027 meta length gt 1000 numgen inc mod 1000 != 1-9 drop
	ip -n "$client" link set eth0 gso_max_segs 1 # each segment is a packet
	tool_start "$server"
	all_start --netns "$server"
	connect "$client" $server4 7027 -d 200 -b 14480 -t 100 -r
	sleep 0.3
	all_stop
	tool_stop
	lost="$(reason NETFILTER_DROP) && tcpdropcap.state == \"ESTABLISHED\""
	echo "some $lost" >>"$dir/expect"
	expect 0 "tcpdropcap.event == \"drop\" && tcp.len > 0 && !($lost)"
	echo "file all.pcapng" >>"$dir/expect"
	# Nine segments, or fewer where the receiver has merged neighbours.
	purged='tcpdropcap.event == "drop" && tcpdropcap.state == "CLOSE" && tcp.len > 0'
	echo "some $purged" >>"$dir/expect"
	expect 0 "$purged && !(tcpdropcap.dir == \"in\" && frame.interface_name == \"eth0\")"
	expect 0 "tcpdropcap.event == \"drop\" && tcp.len > 0 && !($purged) && !($lost)"
}
