# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# A module is removed during the capture, another one uses its memory, and it is loaded again at
# another address: its functions soon have their names again, and never a wrong one.
scenario() {
	tool_start "$client" tcp dst portrange 7650-7653
	if ! modprobe macvlan 2>/dev/null || ! holds /proc/modules 'macvlan '; then
		tool_stop
		echo "skip macvlan is not a loadable module of this kernel" >>"$dir/expect"
		return
	fi
	ip -n "$client" -batch - <<-END
		link add sink type veth peer name sink-peer
		link set sink up
		link set sink-peer up
	END
	in_ns "$client" tc qdisc add dev sink root blackhole
	wait_until "name of macvlan's functions" is_named 7650
	macvlan_syns 7651 3
	ip -n "$client" link del upper
	modprobe -r macvlan || echo "false macvlan was not removed" >>"$dir/expect"
	modprobe ipvlan && modprobe macvlan
	wait_until "name of macvlan's functions again" is_named 7652
	macvlan_syns 7653 5
	tool_stop
	modprobe -r ipvlan
	named=' && tcpdropcap.event == "drop" && tcpdropcap.stack contains " macvlan_start_xmit+" && tcpdropcap.stack contains " [macvlan]"'
	expect 3 "tcp.dstport == 7651$named"
	expect 5 "tcp.dstport == 7653$named"
	expect 0 'tcpdropcap.stack && !(tcpdropcap.stack contains " macvlan_start_xmit+") && !(tcpdropcap.stack contains " ?")'
	expect 0 'tcpdropcap.stack contains "[ipvlan]"'
}

# Sends SYNs through a macvlan device on top of the sink.
macvlan_syns() { # PORT COUNT
	ip -n "$client" link show upper >"$dir/upper" 2>&1 || ip -n "$client" -batch - <<-END
		link add link sink upper type macvlan mode bridge
		addr add 10.95.0.1/24 dev upper
		link set upper up
		neigh replace 10.95.0.2 lladdr 02:00:00:00:95:02 dev upper
	END
	connect "$client" 10.95.0.2 $1 -c $2 -t 100
	sleep 0.3 # the events are read while the module is loaded
}

# The symbol table is read again in the background, which takes seconds in an emulated guest.
is_named() { # PORT
	macvlan_syns $1 1
	"$TOOL" -r "$dir/drops.pcapng" tcp dst port $1 2>"$dir/read" | grep -q 'macvlan_start_xmit.*\[macvlan]'
}
