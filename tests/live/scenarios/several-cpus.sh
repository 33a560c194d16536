# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Drops on two CPUs at the same time: each event has its CPU, none is missing, and the file is in the order of time
# but for what the CPUs do within a hundredth of a second.
scenario() {
	if [ "$(nproc)" = 1 ]; then
		cpus=1
		echo 'skip the machine has one CPU' >>"$dir/expect"
	else
		cpus=2
	fi
	rule "$server" input tcp dport 7103-7104 counter drop
	tool_start "$server"
	for _ in 1 2 3 4 5; do
		on_cpu 1 7103 101 &
		on_cpu $cpus 7104 211
		wait $!
	done
	tool_stop
	expect 505 'tcpdropcap.event == "drop" && tcp.dstport == 7103 && tcpdropcap.cpu == 0'
	expect 1055 "tcpdropcap.event == \"drop\" && tcp.dstport == 7104 && tcpdropcap.cpu == $((cpus - 1))"
	expect 1560 'tcpdropcap.event == "drop"'
	echo "ordered" >>"$dir/expect"
}

# What a client sends is received on the client's CPU.
on_cpu() { # MASK PORT COUNT
	taskset "$1" ip netns exec "$client" "$PEER" connect $server4 "$2" -c "$3" -t 10 >>"$dir/owners" 2>>"$dir/connect"
}
