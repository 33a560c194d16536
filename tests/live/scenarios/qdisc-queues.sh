# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A device with two transmit queues, each with a token bucket of its own below mq, which has room
# for hardly a SYN: each drop has the discipline of its queue, and there are as many as tc counts. A
# filter before the queues drops others: these have no discipline.
scenario() {
	ip link add eth1 netns $client numtxqueues 2 numrxqueues 2 type veth peer name eth1 netns $server
	ip -n $server link set eth1 up
	without_icmpv6 "$client"
	ip -n "$client" -batch - <<-END
		link set eth1 up
		addr add 10.97.0.2/24 dev eth1
		addr add fd97::2/64 dev eth1 nodad
		neigh replace 10.97.0.1 lladdr 02:00:00:00:97:01 dev eth1
		neigh replace fd97::1 lladdr 02:00:00:00:97:01 dev eth1
	END
	in_ns "$client" tc -batch - <<-END
		qdisc add dev eth1 root handle 70: mq
		qdisc add dev eth1 parent 70:1 handle 71: tbf rate 8kbit burst 100 limit 100
		qdisc add dev eth1 parent 70:2 handle 72: tbf rate 8kbit burst 100 limit 100
	END
	rule "$client" output tcp dport 7132 drop
	tool_start "$client"
	connect_both "$client" 10.97.0.1 fd97::1 7131 37 29 -t 300
	connect "$client" 10.97.0.1 7132 -c 5 -t 100
	dropped1=$(dropped_by 1) dropped2=$(dropped_by 2)
	tool_stop
	at_least 'drops of the first queue' "$dropped1" 5
	at_least 'drops of the second queue' "$dropped2" 5
	found='tcpdropcap.event == "drop" && tcp.dstport == 7131 && tcpdropcap.dir == "out"'
	expect $((dropped1 + dropped2)) "$found"
	if kernel_has SKB_DROP_REASON_QDISC_DROP; then
		expect "$dropped1" "$found && $(queue_is 1)"
		expect "$dropped2" "$found && $(queue_is 2)"
		! kernel_has qdisc_drop_reason || expect 0 "$found"' && !(tcpdropcap.qdisc_reason contains "QDISC_DROP_")'
	else
		expect 0 tcpdropcap.qdisc
	fi
	expect_some 'ip && tcp.dstport == 7131'
	expect_some 'ipv6 && tcp.dstport == 7131'
	expect 5 'tcp.dstport == 7132 && !tcpdropcap.qdisc && !tcpdropcap.tx_queue && !tcpdropcap.qdisc_reason'
}

dropped_by() { # QUEUE
	in_ns "$client" tc -s qdisc show dev eth1 |
		sed -n "/tbf 7$1:/,/Sent/s/.*(dropped \([0-9]*\),.*/\1/p"
}

queue_is() { # QUEUE
	echo "tcpdropcap.tx_queue == $(($1 - 1)) && tcpdropcap.qdisc == \"tbf\" && tcpdropcap.qdisc_handle == \"7$1:\" &&
		tcpdropcap.qdisc_parent == \"70:$1\""
}
