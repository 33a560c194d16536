# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# More than a thousand devices: a drop on each has the name of that device.
scenario() {
	i=0
	while [ $i -lt 550 ]; do
		echo "link add left$i address $server_mac type veth peer name right$i address $server_mac"
		i=$((i + 1))
	done >"$dir/links"
	i=0
	while [ $i -lt 550 ]; do
		echo "link set left$i up"
		echo "link set right$i up"
		i=$((i + 1))
	done >"$dir/up"
	ip -n "$server" -batch "$dir/links"
	ip -n "$server" -batch "$dir/up"
	# The kernel needs time to give all of them their queues; until then it drops what they
	# send.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(ip -n "$server" -br link | grep -c ' UP ')" -lt 1101 ] || break
		sleep 0.5
	done
	tool_start "$server"
	inject "$server" 'left#' $server_mac 10.97.0.2 10.97.0.1 24000 7095 -c 550
	inject "$server" 'right#' $server_mac 10.97.0.2 10.97.0.1 25000 7095 -c 550
	sleep 0.5
	tool_stop
	expect 1100 'tcpdropcap.event == "drop" && tcp.dstport == 7095'
	expect 0 'tcpdropcap.event == "drop" && !frame.interface_name'
	# A packet that the one device sends arrives on the other.
	echo 'names 550 right 24000' >>"$dir/expect"
	echo 'names 550 left 25000' >>"$dir/expect"
}
