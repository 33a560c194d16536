# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034,SC2086 # variables of tests/live/lib.sh and of lab.sh
# The lab's network cards: puts a pair into two namespaces, sets their features and reads their
# counters. Sourced by lab.sh after tests/live/lib.sh; $name is the model.
vlan=5 server_vlan4=10.99.5.1 client_vlan4=10.99.5.2

# find_card SLOT: sets $card and $card_mac to the network device in that PCI slot.
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

# The window limits the data in flight to less than any card's ring holds; not every card accepts a
# frame with a tag that exceeds the MTU.
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

cards_up() { # CABLE: makes $server and $client with a card each
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

# Runs the same command on both sides.
both() {
	in_ns "$server" "$@"
	in_ns "$client" "$@"
}

feature() { # NAMESPACE FEATURE on|off
	in_ns "$1" ethtool -K eth0 "$2" "$3" >/dev/null
}

# Prints how many packets the two cards count as lost.
cards_lost() {
	both sh -c 'cd /sys/class/net/eth0/statistics && cat rx_dropped tx_dropped rx_errors tx_errors \
		rx_missed_errors rx_fifo_errors tx_fifo_errors' | awk '{ n += $1 } END { print n }'
}

fragments_tso() { [ "$name" = vmxnet3 ] || [ "$name" = e1000e ]; }

# A guest stalls at times, which TCP must not take for a loss.
patience() { # TIME
	ip -n "$server" route replace 10.99.0.0/24 dev eth0 src $server4 rto_min "$1"
	ip -n "$client" route replace 10.99.0.0/24 dev eth0 src $client4 rto_min "$1"
}

# qemu's card of that model loses packets by itself: then the lab only checks that they are not
# reported as drops.
lossy() { [ "$name" = i82559er ]; }

features() { # FEATURE on|off, of both cards
	feature "$server" "$@"
	feature "$client" "$@"
	carriers
}

# Waits for the carriers: e1000e takes its link down for a change, and really loses packets that are
# sent meanwhile.
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

