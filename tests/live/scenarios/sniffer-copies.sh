# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Packet and raw sockets get copies of each packet and drop them, because the buffer is full or
# because they are closed unread. The connections have lost nothing; only --all shows the copies.
scenario() {
	# Unique to the run, and no port that a connection gets: a copy may have no namespace, so
	# the capture covers all.
	port=$((20000 + $$ % 10000))
	serve "$server" $server4 $port read
	serve "$server" $server6 $port read
	tool_start_everywhere "$server" port $port
	all_start port $port
	held=
	for socket in packet raw4 raw6; do
		helper_start "$server" "full-$socket" inject hold $socket eth0 full
		held="$held $helper"
		helper_start "$server" "unread-$socket" inject hold $socket eth0
		held="$held $helper"
	done
	again=$(retransmitted "$client")
	connect_both "$client" $server4 $server6 $port 3 5 -b 1000 -s 20 -t 100
	for helper in $held; do
		helper_stop "$helper"
	done
	sleep 0.2
	all_stop
	tool_stop
	again=$(($(retransmitted "$client") - again))
	at_least 'copies that the packet socket dropped' \
		"$(sed -n 's/.* drops //p' "$dir/full-packet")" 10
	expect 0 'tcpdropcap.event == "drop" && !(tcpdropcap.reason matches "^TCP_OLD_")'
	# A busy machine retransmits needlessly, and drops the duplicates as old.
	[ $again != 0 ] || expect 0 'tcpdropcap.event == "drop"'
	echo "file all.pcapng" >>"$dir/expect"
	expect_some 'tcpdropcap.event == "drop" && ip'
	expect_some 'tcpdropcap.event == "drop" && ipv6'
}
