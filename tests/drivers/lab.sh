#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: TOOL=... PEER=... lab.sh RESULTS MODEL...
# In a guest that has two cards of each model (models.sh): each pair in turn is put into two namespaces,
# with one capture of all that then happens, RESULTS/MODEL. First transfers that lose nothing, then drops
# that something else counts: nftables, a qdisc, the backlog, a device. STEPS=sample makes the capture for samples/ instead. A connection is known by the port of
# the side that sends. judge.sh reads what was expected.
set -u
results=$1
shift
: "${TOOL:?}" "${PEER:?}"
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/live/expect.sh
. "$(dirname "$0")/expect.sh"
vlan=5 server_vlan4=10.99.5.1 client_vlan4=10.99.5.2

tr '\0' '\n' </sys/kernel/btf/vmlinux |
	grep -aE '^(SKB_DROP_REASON_|skb_drop_reason$|rx_sk$|NF_NETDEV_EGRESS$)' >"$results/kernel-names"

# find_card SLOT: the network device in that PCI slot, as $card and $card_mac.
find_card() {
	card_mac=
	for card_path in /sys/bus/pci/devices/0000:00:"$(printf %02x "$1")".0/net/* \
		/sys/bus/pci/devices/0000:00:"$(printf %02x "$1")".0/virtio*/net/*; do
		[ -e "$card_path" ] || continue
		card=${card_path##*/}
		read -r card_mac <"$card_path/address"
	done
	[ -n "$card_mac" ]
}

# The window keeps less in flight than any card's ring holds; not every card takes a frame that a tag makes longer.
card_up() { # NAMESPACE VLAN-ADDRESS VLAN-PEER PEER-MAC
	ip -n "$1" -batch - <<-END || return 1
		link add link eth0 name eth0.$vlan type vlan id $vlan
		link set eth0.$vlan mtu 1496 up
		addr add $2/24 dev eth0.$vlan
		neigh replace $3 lladdr $4 dev eth0.$vlan
	END
	case $name in
	rtl8139 | pcnet | tulip) in_ns "$1" sysctl -q -w net.ipv4.tcp_rmem='4096 16384 16384' ;;
	*) in_ns "$1" sysctl -q -w net.ipv4.tcp_rmem='4096 32768 32768' ;;
	esac
}

cards_up() { # CABLE: $server and $client with a card each
	server=n$1-s client=n$1-c
	find_card $((4 + 2 * $1)) || return 1
	server_card=$card server_mac=$card_mac
	find_card $((5 + 2 * $1)) || return 1
	client_card=$card client_mac=$card_mac
	ip -batch - <<-END || return 1
		netns add $server
		netns add $client
		link set $server_card netns $server name $server
		link set $client_card netns $client name $client
	END
	side_up "$server" $server4 $server6 $client4 $client6 "$client_mac" &&
		side_up "$client" $client4 $client6 $server4 $server6 "$server_mac" &&
		card_up "$server" $server_vlan4 $client_vlan4 "$client_mac" &&
		card_up "$client" $client_vlan4 $server_vlan4 "$server_mac"
}

# Both sides with the same command.
both() {
	in_ns "$server" "$@"
	in_ns "$client" "$@"
}

feature() { # NAMESPACE FEATURE on|off
	in_ns "$1" ethtool -K eth0 "$2" "$3" >/dev/null
}

# What the two cards count as lost.
cards_lost() {
	both sh -c 'cd /sys/class/net/eth0/statistics && cat rx_dropped tx_dropped rx_errors tx_errors \
		rx_missed_errors rx_fifo_errors tx_fifo_errors' | awk '{ n += $1 } END { print n }'
}

equal() { # GOT WANTED WHAT
	echo "equal ${1:-nothing} ${2:-nothing} $3" >>"$dir/expect"
}

# Starts to send from that port to port 7000; with COUNT, as much from each of so many ports.
transfer() { # NAMESPACE ADDRESS FROM-PORT BYTES [COUNT]
	ip netns exec "$1" timeout 40 "$PEER" connect "$2" 7000 -p "$3" -b "$4" -c "${5:-1}" -h >>"$dir/owners" 2>>"$dir/connect" &
	transfers="$transfers $!"
	echo "$2 $(($4 * ${5:-1}))" >>"$dir/sent"
}

# Until the other side has read all.
transferred() {
	# shellcheck disable=SC2086 # a list
	wait $transfers
	transfers=
}

# What TCP itself drops is left out: what it takes for lost, and sends again, comes twice.
drop_of() { # PORT
	echo "tcpdropcap.event == \"drop\" && !(tcpdropcap.at matches \"^tcp_\") && tcp.srcport == $1"
}

drops_of() { # FIRST-PORT LAST-PORT
	echo "tcpdropcap.event == \"drop\" && !(tcpdropcap.at matches \"^tcp_\") &&
		tcp.srcport >= $1 && tcp.srcport <= $2"
}

fragments_tso() { [ "$name" = vmxnet3 ] || [ "$name" = e1000e ]; }

# A guest stalls at times: TCP shall not take that for a loss.
patience() { # TIME
	ip -n "$server" route replace 10.99.0.0/24 dev eth0 src $server4 rto_min "$1"
	ip -n "$client" route replace 10.99.0.0/24 dev eth0 src $client4 rto_min "$1"
}

# qemu's card of that model loses packets by itself: then it is only seen that no drop is made of them.
lossy() { [ "$name" = i82559er ]; }

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
	equal $(($(both_retransmitted) - lossless_before)) 0 "$3: segments that TCP sends again"
	equal $(($(cards_lost) - lost_before)) 0 "$3: packets that the cards count as lost"
	for port in "$1" "$2"; do
		expect 0 "tcpdropcap.event == \"drop\" && tcp.port == $port"
	done
}

# Each rule drops every seventh data packet of a connection of its own.
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

# As many drops as the rule for that port has counted, and there are some, of as many bytes, each as FILTER
# says. MAC-BYTES: what the rule counts of a packet before its IP header.
expect_rule() { # NAMESPACE PORT MAC-BYTES FILTER
	# shellcheck disable=SC2046 # two words
	set -- "$@" $(sed -n "s/.*tcp sport $2 .*packets \([0-9]*\) bytes \([0-9]*\) drop.*/\1 \2/p" "$dir/nft-$1")
	if [ "${5:-0}" = 0 ]; then
		echo "false the rule for port $2 has dropped nothing" >>"$dir/expect"
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
	# TCP leaves the checksum to the device: what is dropped before it has none yet, what was received has one. Two
	# virtio cards of one host hand each other packets without, and so does GRO with what it has joined.
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
		echo "skip the kernel has no hook at egress" >>"$dir/expect"
	fi
}

# Packets that the server's card has received in that queue; nothing where the driver does not count them so.
queue_packets() { # QUEUE
	in_ns "$server" ethtool -S eth0 | sed -n "s/^ *rx_\{0,1\}\(queue_\)\{0,1\}$1_packets: //p" | head -1
}

# The two receive queues of virtio_net: of each, as many drops as packets.
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

# A qdisc that has no room, and segments one by one, so that it counts what we count.
qdisc() {
	ip -n "$client" link set dev eth0 gso_max_segs 1
	in_ns "$client" tc qdisc replace dev eth0 root tbf rate 3mbit burst 2000 limit 4500
	transfer "$client" $server6 7131 20000 7
	transferred
	dropped=$(in_ns "$client" tc -s qdisc show dev eth0 | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p' | head -1)
	in_ns "$client" tc qdisc del dev eth0 root
	ip -n "$client" link set dev eth0 gso_max_segs 65535
	equal "$((dropped > 0))" 1 "the qdisc has dropped something"
	expect "$dropped" "$(drops_of 7131 7137) && ipv6 && tcpdropcap.dir == \"out\" && frame.interface_name == \"eth0\" &&
		eth.src == $client_mac && eth.dst == $server_mac && !tcpdropcap.segs"
	expect "$dropped" "$(drops_of 7131 7137)"
}

# The second column of hexadecimal numbers: packets that found no room in the CPU's backlog.
backlog_dropped() { awk '{ n += strtonum_hex($2) } function strtonum_hex(text, i, n) {
	for (i = 1; i <= length(text); i++) n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n } END { print n }' /proc/net/softnet_stat; }

# Received packets go by way of a backlog with room for two; those of a GSO packet come at once.
backlog() {
	feature "$client" tso off 2>/dev/null # not every card has it
	feature "$server" gro off
	carriers
	# shellcheck disable=SC2016 # for the other shell
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
	equal "$((dropped > 0))" 1 "the backlog has dropped something"
	expect "$dropped" "$(drops_of 7141 7143) && $(reason CPU_BACKLOG) && tcpdropcap.dir == \"in\" &&
		eth.src == $client_mac && eth.dst == $server_mac && frame.interface_name == \"eth0\""
	expect "$dropped" "$(drops_of 7141 7143)"
}

# The cards that qemu 7 makes fragments of IP of a TSO packet for; the receiver puts them together, late enough that
# TCP sends some again. Whatever that does on receipt, nothing that was sent has been dropped.
fragments() {
	features tso on
	transfer "$client" $server4 7161 "$BULK"
	transferred
	expect 0 "$(drop_of 7161) && tcpdropcap.dir == \"out\""
}

# A device that drops in its ndo_start_xmit: a tunnel to where no route leads.
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

features() { # FEATURE on|off, of both cards
	feature "$server" "$@"
	feature "$client" "$@"
	carriers
}

# e1000e takes its link down for it, and what is sent then is lost in earnest.
carriers() {
	for carriers_of in "$server" "$client"; do
		tries=0
		until [ "$(in_ns "$carriers_of" cat /sys/class/net/eth0/carrier /sys/class/net/eth0/operstate | paste -sd' ')" = '1 up' ] ||
			[ $tries = 50 ]; do
			tries=$((tries + 1))
			sleep 0.2
		done
	done
}

# Until nobody has anything left to send again.
settle() {
	tries=0
	while [ -n "$(both ss -Htn state fin-wait-1 state last-ack state closing state syn-sent)" ] && [ $tries -lt 50 ]; do
		tries=$((tries + 1))
		sleep 0.2
	done
}

both_retransmitted() { echo $(($(retransmitted "$server") + $(retransmitted "$client"))); }

# A small capture for samples/: seven segments of one connection dropped on input, and sent again.
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
	cards_up "$1" || { echo "false no two cards" >>"$dir/expect"; return; }
	serve "$server" $server4 7000 read
	serve "$server" $server6 7000 read
	serve "$client" $client4 7000 read
	serve "$server" $server_vlan4 7000 read
	retransmitted_before=$(both_retransmitted)
	"$TOOL" -w "$dir/drops.pcapng" 2>"$dir/summary" &
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

# Said aloud, for a guest that hangs.
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
