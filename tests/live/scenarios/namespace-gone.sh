# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016,SC2034 # the words of lib.sh
# The namespace of the capture is deleted, and others are created: the kernel could give them its
# number. None of their packets is captured, and a message says that the namespace no longer exists.
scenario() {
	gone=$prefix-gone
	ip netns add $gone
	number=$(stat -L -c %i /run/netns/$gone)
	tool_start "$gone"
	tool_ns=$client # for the counters at the end: the other one no longer exists
	retransmitted_before=$(retransmitted "$client")
	ip netns del $gone
	for i in 1 2 3 4 5 6 7; do
		ip netns add $prefix-new$i
		ip -n $prefix-new$i link set lo up
		[ "$(stat -L -c %i /run/netns/$prefix-new$i)" != "$number" ] || echo 'false another namespace has the number' >>"$dir/expect"
		connect $prefix-new$i 127.0.0.1 9 -t 20
	done
	wait_for "$dir/summary" "namespace $gone is gone"
	for i in 1 2 3 4 5 6 7; do
		ip netns del $prefix-new$i
	done
	tool_stop
	same 'messages about the namespace' "$(grep -c 'is gone' "$dir/summary")" 1
	expect 0 'tcpdropcap'
}
