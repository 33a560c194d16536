# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A hundred megabytes each way over a cable without loss ($BULK bytes in guests, also of the
# answers), and connections that end normally: no drop. The queue of a socket that closes is freed
# with it, and --all shows these benign frees.
scenario() {
	serve "$server" $server4 7019 read
	serve "$client" $client6 7020 read
	serve "$server" $server4 7023 close
	serve "$client" $client4 7024 close
	serve "$server" $server4 7025 answer -b ${BULK:-10000000}
	serve "$client" $client4 7026 answer -b ${BULK:-10000000}
	tool_start "$client"
	again=$(retransmitted "$server")
	all_start --netns "$client"
	connect "$client" $server4 7019 -d 100 -b ${BULK:-100000000} -t 200
	connect "$server" $client6 7020 -d 100 -b ${BULK:-100000000} -t 200
	connect_both "$client" $server4 $server6 7019 13 17 -d 100 -b 1000 -t 100
	# The side that closes first, and whose peer closes later, ends in TIME_WAIT.
	connect "$client" $server4 7023 -c 7 -t 300
	connect "$server" $client4 7024 -c 5 -t 300
	# Half closed, both ways: all packets that still arrive are acknowledgements.
	connect "$client" $server4 7025 -b 1000 -h
	connect "$server" $client4 7026 -b 1000 -h
	sleep 0.3
	all_stop
	tool_stop
	again=$(($(retransmitted "$server") - again))
	expect 0 'tcpdropcap && !(tcpdropcap.event == "retransmit") && !(tcpdropcap.reason matches "^TCP_OLD_")'
	# A busy machine reorders packets, so that the server may retransmit; the duplicates are
	# dropped as old.
	[ $again != 0 ] || expect 0 'tcpdropcap.event == "drop"'
	echo "file all.pcapng" >>"$dir/expect"
	if kernel_has rx_sk; then
		echo 'some tcpdropcap.event == "drop" && tcpdropcap.state == "TIME_WAIT"' >>"$dir/expect"
	else
		echo 'some tcpdropcap.event == "drop" && tcp.flags.fin == 1 && !tcpdropcap.state' >>"$dir/expect"
	fi
}
