# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016,SC2034,SC2153 # the words of lib.sh
# Two pairs of namespaces use the same addresses and ports at the same time. In one pair the data is
# lost beyond the host; in the other the acknowledgement arrives and the host drops it.
scenario() {
	first_prefix=$prefix first_server=$server first_client=$client prefix=${prefix}b
	trap 'prefix=${first_prefix}b; lab_down; prefix=$first_prefix; lab_down' EXIT
	lab_up || return 1
	second_client=$client second_server=$server
	prefix=$first_prefix server=$first_server client=$first_client
	seconds_prepare
	"$TOOL" -v -w "$dir/drops.pcapng" tcp port 7041 2>"$dir/summary" &
	tool=$!
	wait_for "$dir/summary" capturing
	seconds_connect "$client" &
	first_clients=$!
	seconds_connect "$second_client"
	wait $first_clients
	seconds_stop
	compare_wires wire.pcap second.pcap
	seconds_expect
}

seconds_prepare() {
	for ns in "$server" "$second_server"; do
		serve "$ns" $server4 7041 read
		serve "$ns" $server6 7041 read
	done
	rule "$server" prerouting tcp dport 7041 'tcp flags & psh == psh' tcp sport != @seen \
		add @seen '{ tcp sport }' drop
	rule "$second_client" input tcp sport 7041 'tcp flags & (syn | fin | rst) == 0' \
		tcp dport != @seen add @seen '{ tcp dport }' drop
	wire_start "$second_client" second.pcap
	second_wire=$wire
	wire_start "$client"
}

seconds_connect() {
	connect "$1" $server4 7041 -c 3 -p 30000 -d 300 -b 100 -t 700 &
	connect "$1" $server6 7041 -c 5 -p 31000 -d 300 -b 100 -t 700
	wait $!
}

seconds_stop() {
	kill -INT "$tool"
	wait "$tool"
	echo "status $?" >>"$dir/expect"
	wire_stop
	wire_stop "$second_wire" second.pcap
}

# Chosen by namespace, since the capture has both pairs, and the drops on the far side of the first.
seconds_expect() {
	first_inode=$(stat -Lc %i "/run/netns/$client") second_inode=$(stat -Lc %i "/run/netns/$second_client")
	again='"event":"retransmit"'
	in_json 8 "$again" "\"netns\":$first_inode," '"verdict":"dropped-by-host"' '"because":"sent before'
	in_json 8 "$again" "\"netns\":$second_inode," '"verdict":"dropped-by-host"' '"because":"its acknowledgement'
	in_json 16 "$again"
	in_json 0 '"verdict":"unknown"'
}
