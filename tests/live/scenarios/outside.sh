# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Packets that XDP drops. In a driver: those that it aborts, cannot redirect, cannot send back (the
# peer does not receive frames of XDP) or cannot send from another device (they are longer than the
# peer's MTU) are counted by device; those that are dropped on purpose are named as what is not
# seen. veth has made skbs before its program runs, so that what it drops or aborts is a drop, too.
# With generic XDP, all are skbs: drops, and not counted once more.
scenario() {
	ip -n "$server" link add out0 type veth peer name out1
	ip -n "$server" link set out1 mtu 68
	ip -n "$server" link set out0 up
	ip -n "$server" link set out1 up
	helper_start "$server" xdp-out1 inject xdp out1
	tool_start "$server" -e drop
	helper_start "$server" xdp-native xdp eth0 native 7190 out0
	native=$helper
	frames 25000 7190 7191 7192 7193 7194 7199
	wait_until 'the last frame' refused 7 # its answer; frames pass the ring in order
	helper_stop $native
	helper_start "$server" xdp-generic xdp eth0 generic 7190 out0
	generic=$helper
	frames 26000 7190 7191 7192 7199
	wait_until 'all drops of generic XDP' has_written 74
	tool_stop
	helper_stop $generic
	"$TOOL" -r "$dir/drops.pcapng" --json >"$dir/json" 2>"$dir/read-summary"
	netns=$(netns_number "$server")
	counted 'XDP aborted' eth0 12
	counted 'XDP redirect failed' eth0 12
	counted 'XDP_TX failed' eth0 12
	counted 'XDP redirect failed' out0 12
	same 'counts of devices' "$(grep -c '"device"' "$dir/json")" 4
	same 'devices with a program' "$(sed -n 's/.*account: devices with XDP in their driver: \([0-9]*\);.*/\1/p' "$dir/summary" | tail -1)" 1
	drop='tcpdropcap.event == "drop" && tcpdropcap.dir == "in" && frame.interface_name == "eth0" && tcp.srcport in'
	for port in 7190 7191; do
		expect_both 7 5 "$drop {25000 .. 25009} && tcp.dstport == $port"
		expect_both 7 5 "$drop {26000 .. 26009} && tcp.dstport == $port"
	done
	expect 0 'tcp.srcport in {25000 .. 25009} && tcp.dstport in {7192 .. 7194}'
	expect_both 7 5 "$drop {26000 .. 26009} && tcp.dstport == 7192 && $(reason XDP)"
}

frames() { # SOURCE-PORT PORT...
	from=$1
	shift
	for port in "$@"; do
		inject "$client" eth0 $server_mac $client4 $server4 $from $port -b 100 -c 7
		[ $port = 7199 ] || inject "$client" eth0 $server_mac $client6 $server6 $from $port -b 100 -c 5
	done
}

refused() { # COUNT
	[ "$(mib "$server" Tcp OutRsts)" -ge "$1" ]
}

counted() { # NAME DEVICE COUNT
	same "$1 on $2" "$(sed -n "s/^{\"account\":\"$1\",\"netns\":$netns,\"device\":\"$2\",\"counted\":\([0-9]*\),\"events\":0,\"state\":\"noted\"}/\1/p" \
		"$dir/json")" "$3"
	grep -q "account: $1: $3 counted on $2 in namespace $netns (" "$dir/summary" ||
		echo "false the summary has $3 of $1 on $2" >>"$dir/expect"
}
