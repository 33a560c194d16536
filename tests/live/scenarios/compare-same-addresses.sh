# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016,SC2034,SC2153 # the words of lib.sh
# Two pairs of namespaces use the same addresses and ports at the same time. In one pair the data is lost beyond the
# host; in the other the acknowledgement arrives and the host drops it.
scenario() {
	first_prefix=$prefix first_server=$server first_client=$client prefix=${prefix}b
	trap 'prefix=${first_prefix}b; lab_down; prefix=$first_prefix; lab_down' EXIT
	lab_up || return 1
	twin_client=$client twin_server=$server
	prefix=$first_prefix server=$first_server client=$first_client
	twins_prepare
	"$TOOL" -w "$dir/drops.pcapng" tcp port 7041 2>"$dir/summary" &
	tool=$!
	wait_for "$dir/summary" capturing
	twins_connect "$client" &
	first_clients=$!
	twins_connect "$twin_client"
	wait $first_clients
	twins_stop
	compare_wires wire.pcap twin.pcap
	twins_expect
}

twins_prepare() {
	for ns in "$server" "$twin_server"; do
		serve "$ns" $server4 7041 read
		serve "$ns" $server6 7041 read
	done
	rule "$server" prerouting tcp dport 7041 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	rule "$twin_client" input tcp sport 7041 'tcp flags & (syn | fin | rst) == 0' \
		tcp dport != @seen add @seen '{ tcp dport }' drop
	wire_start "$twin_client" twin.pcap
	twin_wire=$wire
	wire_start "$client"
}

twins_connect() {
	connect "$1" $server4 7041 -c 3 -p 30000 -d 300 -b 100 -t 700 &
	connect "$1" $server6 7041 -c 5 -p 31000 -d 300 -b 100 -t 700
	wait $!
}

twins_stop() {
	kill -INT "$tool"
	wait "$tool"
	echo "status $?" >>"$dir/expect"
	wire_stop
	wire_stop "$twin_wire" twin.pcap
}

# Chosen by namespace, since the capture has both pairs, and the drops on the far side of the first.
twins_expect() {
	first_inode=$(stat -Lc %i "/run/netns/$client") twin_inode=$(stat -Lc %i "/run/netns/$twin_client")
	again='"event":"retransmit"'
	in_json 8 "$again" "\"netns\":$first_inode," '"verdict":"dropped-by-host"' '"because":"sent before'
	in_json 8 "$again" "\"netns\":$twin_inode," '"verdict":"dropped-by-host"' '"because":"its acknowledgement'
	in_json 16 "$again"
	in_json 0 '"verdict":"unknown"'
}
