# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Drops on two CPUs at the same time: each event has its CPU, none is missing, and the file is in
# the order of time, except for events of different CPUs within a hundredth of a second.
scenario() {
	if [ "$(nproc)" = 1 ]; then
		cpus=1
		echo 'skip the machine has only one CPU' >>"$dir/expect"
	else
		cpus=2
	fi
	rule "$server" input tcp dport 7103 counter drop
	rule "$server" input tcp dport 7104 counter drop
	tool_start "$server"
	for _ in 1 2 3 4 5; do
		on_cpu 1 7103 101 &
		on_cpu $cpus 7104 211
		wait $!
	done
	tool_stop
	# A slow machine retransmits some SYNs, from a timer of the same CPU.
	at_least 'drops on the first CPU' "$(counted_by_rule 7103)" 505
	at_least 'drops on the second CPU' "$(counted_by_rule 7104)" 1055
	expect "$(counted_by_rule 7103)" 'tcpdropcap.event == "drop" && tcp.dstport == 7103 && tcpdropcap.cpu == 0'
	expect "$(counted_by_rule 7104)" "tcpdropcap.event == \"drop\" && tcp.dstport == 7104 && tcpdropcap.cpu == $((cpus - 1))"
	expect $(($(counted_by_rule 7103) + $(counted_by_rule 7104))) 'tcpdropcap.event == "drop"'
	echo "ordered" >>"$dir/expect"
}

# The packets of a client are received on the client's CPU.
on_cpu() { # MASK PORT COUNT
	in_ns "$client" taskset "$1" "$PEER" connect $server4 "$2" -c "$3" -t 10 >>"$dir/owners" 2>>"$dir/connect"
}

counted_by_rule() { # PORT
	in_ns "$server" nft list ruleset | sed -n "s/.*dport $1 counter packets \([0-9]*\) .*/\1/p"
}
