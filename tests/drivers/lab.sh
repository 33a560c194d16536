#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: TOOL=... PEER=... lab.sh RESULTS MODEL...
# Runs in a guest that has two cards of each model (models.sh). Puts each pair in turn into two
# namespaces and captures into RESULTS/MODEL while all steps run: first transfers without loss, then
# drops that something else counts: nftables, a qdisc, the backlog, a device. STEPS=sample makes the
# capture for samples/ instead. A connection is identified by the port of the side that sends.
# judge.sh reads the expectations.
set -u
results=$1
shift
: "${TOOL:?}" "${PEER:?}"
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/live/expect.sh
. "$(dirname "$0")/expect.sh"
# shellcheck source=tests/drivers/cards.sh
. "$(dirname "$0")/cards.sh"

tr '\0' '\n' </sys/kernel/btf/vmlinux |
	grep -aE '^(SKB_DROP_REASON_|skb_drop_reason$|rx_sk$|NF_NETDEV_EGRESS$)' >"$results/kernel-names"

equal() { # GOT EXPECTED WHAT
	echo "equal ${1:-nothing} ${2:-nothing} $3" >>"$dir/expect"
}

# Starts to send from that port to port 7000; with COUNT, the same number of bytes from each of
# COUNT ports.
transfer() { # NAMESPACE ADDRESS FROM-PORT BYTES [COUNT]
	ip netns exec "$1" timeout 40 "$PEER" connect "$2" 7000 -p "$3" -b "$4" -c "${5:-1}" -h >>"$dir/owners" 2>>"$dir/connect" &
	transfers="$transfers $!"
	echo "$2 $(($4 * ${5:-1}))" >>"$dir/sent"
}

# Waits until the other side has read all bytes.
transferred() {
	# shellcheck disable=SC2086 # a list
	wait $transfers
	transfers=
}

# Drops by TCP itself are left out: a segment that it considers lost and retransmits may arrive
# twice.
drop_of() { # PORT
	echo "tcpdropcap.event == \"drop\" && !(tcpdropcap.at matches \"^tcp_\") && tcp.srcport == $1"
}

drops_of() { # FIRST-PORT LAST-PORT
	echo "tcpdropcap.event == \"drop\" && !(tcpdropcap.at matches \"^tcp_\") &&
		tcp.srcport >= $1 && tcp.srcport <= $2"
}

lossy_transfers() { # PORT PORT
	transfer "$client" "$server4" "$1" 50000
	transfer "$server" "$client4" "$2" 50000
	transferred
	for port in "$1" "$2"; do
		expect 0 "$(drop_of "$port")"
	done
}

lossless() { # PORT PORT WHAT: both ways at once
	if lossy; then
		lossy_transfers "$1" "$2"
		return
	fi
	patience 2s
	lossless_before=$(both_retransmitted) lost_before=$(cards_lost)
	transfer "$client" "$server4" "$1" "$BULK"
	transfer "$server" "$client4" "$2" "$BULK"
	transferred
	patience 200ms
	equal $(($(both_retransmitted) - lossless_before)) 0 "$3: segments that TCP retransmits"
	equal $(($(cards_lost) - lost_before)) 0 "$3: packets that the cards count as lost"
	for port in "$1" "$2"; do
		expect 0 "tcpdropcap.event == \"drop\" && tcp.port == $port"
	done
}

# Each rule drops every seventh data packet of one connection.
rule_of() { echo "tcp sport $1 meta length > 500 numgen inc mod 7 == 0 counter drop;"; }

rules_up() {
	in_ns "$server" nft -f - <<-END
		table inet lab { chain in { type filter hook input priority 0; $(rule_of 7111) }; }
		table netdev lab {
			chain untagged { type filter hook ingress device eth0 priority 0; $(rule_of 7112) $(rule_of 7121) }
			chain tagged { type filter hook ingress device eth0.$vlan priority 0; $(rule_of 7122) }
		}
	END
	in_ns "$client" nft -f - <<-END
		table inet lab { chain out { type filter hook output priority 0; $(rule_of 7113) }; }
	END
	! kernel_has NF_NETDEV_EGRESS || in_ns "$client" nft -f - <<-END
		table netdev lab {
			chain untagged { type filter hook egress device eth0 priority 0; $(rule_of 7114) $(rule_of 7123) }
			chain tagged { type filter hook egress device eth0.$vlan priority 0; $(rule_of 7124) }
		}
	END
}

# The rule for that port has dropped some packets; the events have the same number and the same
# bytes, and all match FILTER. MAC-BYTES: how many bytes before a packet's IP header the rule
# counts.
expect_rule() { # NAMESPACE PORT MAC-BYTES FILTER
	# shellcheck disable=SC2046 # two words
	set -- "$@" $(sed -n "s/.*tcp sport $2 .*packets \([0-9]*\) bytes \([0-9]*\) drop.*/\1 \2/p" "$dir/nft-$1")
	if [ "${5:-0}" = 0 ]; then
		echo "false the rule for port $2 has dropped no packet" >>"$dir/expect"
		return
	fi
	expect "$5" "$(drop_of "$2") && $(reason NETFILTER_DROP) && tcpdropcap.at matches \"^nf(t_do_chain|_hook_slow)\""
	expect "$5" "$(drop_of "$2") && $4"
	echo "bytes $(($6 - $5 * $3)) $(drop_of "$2")" >>"$dir/expect"
}

rules() {
	rules_up
	transfer "$client" $server6 7111 100000
	for port in 7112 7113; do
		transfer "$client" $server4 $port 100000
	done
	for port in 7121 7122; do
		transfer "$client" $server_vlan4 $port 100000
	done
	if kernel_has NF_NETDEV_EGRESS; then
		transfer "$client" $server6 7114 100000
		for port in 7123 7124; do
			transfer "$client" $server_vlan4 $port 100000
		done
	fi
	transferred
	for namespace in "$server" "$client"; do
		in_ns "$namespace" nft list ruleset >"$dir/nft-$namespace"
		in_ns "$namespace" nft flush ruleset
	done

	macs="eth.src == $client_mac && eth.dst == $server_mac"
	expect_rule "$server" 7111 0 "ipv6 && tcpdropcap.dir == \"in\" && $macs && frame.interface_name == \"eth0\""
	expect_rule "$server" 7112 0 "tcpdropcap.dir == \"in\" && $macs && !vlan && frame.interface_name == \"eth0\""
	expect 0 "$(drop_of 7111) && frame.interface_queue && !(frame.interface_queue <= 1)"
	# TCP leaves the checksum to the device: a packet that is dropped before the device has none
	# yet, a received one has it. Between two virtio cards of one host it stays absent, and in
	# packets that GRO has joined.
	expect_rule "$client" 7113 0 "tcpdropcap.dir == \"out\" && tcpdropcap.l2 == \"absent\" && tcpdropcap.state &&
		frame.packet_flags & 0x200"
	[ "$name" = virtio-net-pci ] || expect 0 "$(drop_of 7112) && !tcpdropcap.segs && frame.packet_flags & 0x200"
	expect_rule "$server" 7121 0 "tcpdropcap.dir == \"in\" && $macs && vlan.id == $vlan && frame.interface_name == \"eth0\""
	expect_rule "$server" 7122 0 "tcpdropcap.dir == \"in\" && $macs && !vlan && frame.interface_name == \"eth0.$vlan\""
	if kernel_has NF_NETDEV_EGRESS; then
		expect_rule "$client" 7114 14 "ipv6 && tcpdropcap.dir == \"out\" && $macs && !vlan && frame.interface_name == \"eth0\""
		expect_rule "$client" 7123 14 "tcpdropcap.dir == \"out\" && $macs && vlan.id == $vlan && frame.interface_name == \"eth0\""
		expect_rule "$client" 7124 14 "tcpdropcap.dir == \"out\" && $macs && !vlan && frame.interface_name == \"eth0.$vlan\""
	else
		echo "skip the kernel has no egress hook" >>"$dir/expect"
	fi
}

# Prints how many packets the server's card has received in that queue; nothing if the driver does
# not count by queue.
queue_packets() { # QUEUE
	in_ns "$server" ethtool -S eth0 | sed -n "s/^ *rx_\{0,1\}\(queue_\)\{0,1\}$1_packets: //p" | head -1
}

# The two receive queues of virtio_net: each has as many drops as packets.
queues() {
	in_ns "$server" nft -f - <<-END
		table netdev lab { chain untagged { type filter hook ingress device eth0 priority 0; tcp dport 7002 drop; }; }
	END
	queue0=$(queue_packets 0) queue1=$(queue_packets 1)
	connect "$client" $server4 7002 -p 7171 -c 23 -t 300
	queue0_after=$(queue_packets 0) queue1_after=$(queue_packets 1)
	in_ns "$server" nft flush ruleset
	for queue in 0 1; do
		echo "some $(drops_of 7171 7193) && frame.interface_queue == $queue" >>"$dir/expect"
	done
	expect 23 "$(drops_of 7171 7193) && frame.interface_queue <= 1"
	if [ -z "$queue0" ]; then
		echo "skip queues: the driver does not count by queue" >>"$dir/expect"
		return
	fi
	expect $((queue0_after - queue0)) "$(drops_of 7171 7193) && frame.interface_queue == 0"
	expect $((queue1_after - queue1)) "$(drops_of 7171 7193) && frame.interface_queue == 1"
}

# A qdisc without room; GSO is limited to one segment, so that the qdisc counts the same packets as
# the capture.
qdisc() {
	ip -n "$client" link set dev eth0 gso_max_segs 1
	in_ns "$client" tc qdisc replace dev eth0 root tbf rate 3mbit burst 2000 limit 4500
	transfer "$client" $server6 7131 20000 7
	transferred
	dropped=$(in_ns "$client" tc -s qdisc show dev eth0 | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p' | head -1)
	in_ns "$client" tc qdisc del dev eth0 root
	ip -n "$client" link set dev eth0 gso_max_segs 65535
	equal "$((dropped > 0))" 1 "the qdisc has dropped packets"
	expect "$dropped" "$(drops_of 7131 7137) && ipv6 && tcpdropcap.dir == \"out\" && frame.interface_name == \"eth0\" &&
		eth.src == $client_mac && eth.dst == $server_mac && !tcpdropcap.segs"
	expect "$dropped" "$(drops_of 7131 7137)"
}

# The sum of the second column, in hexadecimal: packets that did not fit into the CPU's backlog.
backlog_dropped() { awk '{ n += strtonum_hex($2) } function strtonum_hex(text, i, n) {
	for (i = 1; i <= length(text); i++) n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n } END { print n }' /proc/net/softnet_stat; }

# Received packets pass through a backlog for two packets; the segments of a GSO packet arrive at
# once.
backlog() {
	feature "$client" tso off 2>/dev/null # not every card supports it
	feature "$server" gro off
	carriers
	# shellcheck disable=SC2016 # for the inner shell
	steer='for queue in /sys/class/net/eth0/queues/rx-*; do echo "$0" >"$queue/rps_cpus"; done'
	in_ns "$server" sh -c "$steer" 1
	room=$(sysctl -n net.core.netdev_max_backlog)
	before=$(backlog_dropped)
	sysctl -q -w net.core.netdev_max_backlog=1
	transfer "$client" $server4 7141 100000 3
	transferred
	sysctl -q -w net.core.netdev_max_backlog="$room"
	dropped=$(($(backlog_dropped) - before))
	in_ns "$server" sh -c "$steer" 0
	feature "$server" gro on
	fragments_tso || feature "$client" tso on 2>/dev/null
	equal "$((dropped > 0))" 1 "the backlog has dropped packets"
	expect "$dropped" "$(drops_of 7141 7143) && $(reason CPU_BACKLOG) && tcpdropcap.dir == \"in\" &&
		eth.src == $client_mac && eth.dst == $server_mac && frame.interface_name == \"eth0\""
	expect "$dropped" "$(drops_of 7141 7143)"
}

# For some cards, qemu 7 turns a TSO packet into IP fragments; the receiver reassembles them, so
# late that TCP retransmits some. Whatever the receiver drops of these, no packet is dropped on
# output.
fragments() {
	features tso on
	transfer "$client" $server4 7161 "$BULK"
	transferred
	expect 0 "$(drop_of 7161) && tcpdropcap.dir == \"out\""
}

# A device that drops in its ndo_start_xmit: a tunnel without a route to its other end.
device() {
	ip -n "$client" -batch - <<-END
		link add tunnel type ipip local $client4 remote 10.97.0.1
		link set tunnel up
		addr add 10.98.0.2/24 dev tunnel
	END
	connect "$client" 10.98.0.1 7000 -p 7151 -c 7 -t 100
	errors=$(in_ns "$client" cat /sys/class/net/tunnel/statistics/tx_errors)
	equal "$errors" 7 "packets that the tunnel counts as errors"
	expect 7 "$(drops_of 7151 7157) && $(reason NOT_SPECIFIED) && tcpdropcap.dir == \"out\" &&
		tcpdropcap.state == \"SYN_SENT\" && frame.interface_name == \"tunnel\""
}

# Waits until no connection has data to retransmit.
settle() {
	tries=0
	while [ -n "$(both ss -Htn state fin-wait-1 state last-ack state closing state syn-sent)" ] && [ $tries -lt 50 ]; do
		tries=$((tries + 1))
		sleep 0.2
	done
}

both_retransmitted() { echo $(($(retransmitted "$server") + $(retransmitted "$client"))); }

# A small capture for samples/: seven segments of one connection are dropped on input and
# retransmitted.
sample() {
	features tso off
	features gro off
	in_ns "$server" nft -f - <<-END
		table inet lab { chain in { type filter hook input priority 0;
			tcp sport 7181 meta length > 500 numgen inc mod 1000 { 5, 9, 14, 20, 21, 27, 33 } counter drop; }; }
	END
	transfer "$client" $server4 7181 60000
	transferred
	in_ns "$server" nft list ruleset >"$dir/nft-$server"
	expect_rule "$server" 7181 0 "tcpdropcap.dir == \"in\""
	expect 7 "$(drop_of 7181)"
	expect 7 'tcpdropcap.event == "retransmit" && tcp.srcport == 7181'
}

all_steps() {
	[ "$name" != virtio-net-pci ] || both ethtool -L eth0 combined 2
	! fragments_tso || features tso off
	step lossless 7101 7102 'gro on'
	features gro off
	step lossless 7103 7104 'gro off'
	features gro on
	step device
	if lossy; then
		echo "skip known drops: qemu's $name loses packets by itself, and makes others too long" >>"$dir/expect"
		return
	fi
	step rules
	[ "$name" != virtio-net-pci ] || step queues
	step qdisc
	step backlog
	! fragments_tso || step fragments
}

lab() { # CABLE
	prefix=n$1 transfers=
	cards_up "$1" || { echo "false the guest does not have two cards" >>"$dir/expect"; return; }
	serve "$server" $server4 7000 read
	serve "$server" $server6 7000 read
	serve "$client" $client4 7000 read
	serve "$server" $server_vlan4 7000 read
	retransmitted_before=$(both_retransmitted)
	"$TOOL" -v -w "$dir/drops.pcapng" 2>"$dir/summary" &
	tool=$!
	wait_for "$dir/summary" capturing || return
	"${STEPS:-all_steps}"
	settle
	kill -INT $tool
	wait $tool
	echo "status $?" >>"$dir/expect"
	both ip -s link show eth0 >"$dir/cards"
	both ethtool -i eth0 >>"$dir/cards"
	both ethtool -S eth0 >>"$dir/cards" 2>&1
	! lossy || return 0
	echo "segments $(($(both_retransmitted) - retransmitted_before))" >>"$dir/expect"
	for address in $server4 $server6 $server_vlan4 $client4; do
		grep -q "^$address " "$dir/sent" || continue
		equal "$(sed -n 's/^read //p' "$dir/serve-7000-$address" | tail -1)" \
			"$(awk -v to="$address" '$1 == to { n += $2 } END { print n }' "$dir/sent")" "bytes read at $address"
	done
}

# Prints each step, to show where a guest hangs.
step() {
	read -r now _ </proc/uptime
	echo "$name: $*, at $now s" >&3
	"$@"
}

cable=0
exec 3>&1
for name in "$@"; do
	dir=$results/$name
	mkdir -p "$dir"
	lab $cable >"$dir/out" 2>&1
	expect_no_more
	lab_down
	pids=
	cable=$((cable + 1))
done
