# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016,SC2013 # the words of lib.sh
# The tunnels that the kernel has, between the two namespaces, and a firewall that drops SYNs of the
# server before and after encapsulation, and SYNs of the client before and after decapsulation. What
# is encapsulated is in the file with all its headers, on the device below the tunnel; on the way
# out it is still the sender's.
scenario() {
	modprobe ip6_tunnel 2>/dev/null && sysctl -q -w net.core.fb_tunnels_only_for_init_net=2
	kinds='' kind_number=0
	tunnel vxlan '46' 'vxlan.vni == 21' id 21 dstport 4789 4
	tunnel geneve '46' 'geneve.vni == 21' id 21 4
	tunnel gre '46' 'gre' 4
	tunnel ipip '4' 'ip.proto == 4' 4
	tunnel sit '6' 'ip.proto == 41' 4
	tunnel ip6tnl '46' '(ipv6.nxt == 4 || ipv6.dstopts.nxt == 4 || ipv6.dstopts.nxt == 41)' mode any 6
	tunnel ip6gre '46' 'gre' 6
	rule "$server" output tcp dport 7121 counter drop
	rule "$server" input tcp dport 7124 counter drop
	tool_start "$server"
	syns "$server" 1 7121
	syns "$client" 2 7124
	rule "$server" input iifname eth0 meta l4proto '!=' tcp counter drop
	syns "$client" 2 7123
	rule "$server" output oifname eth0 meta l4proto '!=' tcp counter drop
	syns "$server" 1 7122
	tool_stop
	for kind in $kinds; do
		of_kind $kind
	done
}

# tunnel KIND FAMILIES FILTER OPTIONS... OUTER-FAMILY: makes it on both sides, tunN, with 10.98.N.1
# and .2; leaves out a kind that the kernel does not have.
tunnel() {
	kind=$1 families=$2 kind_filter=$3
	shift 3
	case $kind in
	gre) modprobe ip_gre 2>/dev/null ;;
	ip6gre) modprobe ip6_gre 2>/dev/null ;;
	ip6tnl) ;;
	*) modprobe $kind 2>/dev/null ;;
	esac
	kind_number=$((kind_number + 1))
	if ! side "$server" 1 "$server4" "$server6" "$client4" "$client6" "$@" 2>>"$dir/refused" ||
		! side "$client" 2 "$client4" "$client6" "$server4" "$server6" "$@" 2>>"$dir/refused"; then
		echo "skip the kernel has no $kind" >>"$dir/expect"
		return
	fi
	kinds="$kinds $kind=$kind_number"
	echo "$families" >"$dir/families-$kind"
	echo "$kind_filter" >"$dir/filter-$kind"
}

side() { # NAMESPACE NUMBER OWN4 OWN6 PEER4 PEER6 OPTIONS... OUTER-FAMILY
	side_ns=$1 side_number=$2 own=$3 own6=$4 peer=$5 peer6=$6
	shift 6
	side_options=$*
	outer=${side_options##* } side_options=${side_options% *}
	[ "$outer" != "$side_options" ] || side_options=
	[ $outer = 4 ] || own=$own6 peer=$peer6
	[ $kind = geneve ] || own="local $own"
	[ $kind != geneve ] || own=
	ip -n $side_ns link add tun$kind_number type $kind $side_options $own remote $peer || return 1
	other=$((3 - side_number))
	case $kind in vxlan | geneve)
		ip -n $side_ns link set tun$kind_number address 02:00:00:00:98:0$side_number
		neighbour="neigh replace 10.98.$kind_number.$other lladdr 02:00:00:00:98:0$other dev tun$kind_number
			neigh replace fd98:$kind_number::$other lladdr 02:00:00:00:98:0$other dev tun$kind_number"
		;;
	*) neighbour= ;;
	esac
	ip -n $side_ns -batch - <<-END
		addr add 10.98.$kind_number.$side_number/24 dev tun$kind_number
		addr add fd98:$kind_number::$side_number/64 dev tun$kind_number nodad
		link set tun$kind_number up
		$neighbour
	END
}

# syns NAMESPACE PEER PORT: two IPv4 and three IPv6 SYNs into each tunnel. One process after the
# other: from 7.x on the kernel may stop one that runs a hook, and then skips the hook for others.
syns() {
	for kind in $kinds; do
		for family in $(sed 's/./& /g' "$dir/families-${kind%=*}"); do
			[ $family = 4 ] && to=10.98.${kind#*=}.$((3 - $2)) count=2 || to=fd98:${kind#*=}::$((3 - $2)) count=3
			connect "$1" $to "$3" -c $count
		done
	done
}

# What the file must have of a kind: NAME=NUMBER.
of_kind() {
	name_of=${1%=*}
	inside="fd98:${1#*=}::/64" inside4="10.98.${1#*=}.0/24"
	filter_of=$(cat "$dir/filter-$name_of")
	for family in $(sed 's/./& /g' "$dir/families-$name_of"); do
		case $name_of$family in
		ip6tnl4) key=ipip6 ;;
		ip6tnl6) key=ip6ip6 ;;
		ip6gre*) key=gre ;;
		*) key=$name_of ;;
		esac
		[ $family = 4 ] && match="ip.addr == $inside4" count=2 || match="ipv6.addr == $inside" count=3
		match="$match && tcpdropcap.event == \"drop\" && tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport"
		inner="!tcpdropcap.tunnel && !($filter_of) && frame.interface_name == \"tun${1#*=}\""
		whole="tcpdropcap.tunnel == \"$key\" && $filter_of && frame.interface_name == \"eth0\""
		sender='tcpdropcap.dir == "out" && tcpdropcap.state == "SYN_SENT" && tcpdropcap.sock == "skb"'
		expect $count "$match == 7121 && $inner && $sender"
		expect $count "$match == 7122 && $whole && $sender && $(reason NETFILTER_DROP)"
		expect $count "$match == 7123 && $whole && tcpdropcap.dir == \"in\" && $(reason NETFILTER_DROP)"
		expect $count "$match == 7124 && $inner && tcpdropcap.dir == \"in\""
	done
}
