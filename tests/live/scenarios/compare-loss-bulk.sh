# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Segments are lost during a transfer, with super-segments on the wire: the duplicates that the
# receiver reports are spurious retransmissions, all others were lost.
scenario() {
	serve "$server" $server4 7034 read
	serve "$server" $server6 7034 read
	rule "$server" prerouting tcp dport 7034 tcp flags '&' syn == 0 numgen inc mod 67 == 31 drop
	wire_start "$client"
	tool_start "$client"
	connect_both "$client" $server4 $server6 7034 1 1 -d 200 -b 3000000 -t 300
	tool_stop
	wire_stop
	twice=$(duplicate_sacks)
	compare_wires
	expect "$twice" 'tcpdropcap.verdict == "spurious"'
	echo 'some tcpdropcap.verdict == "lost-beyond-host"' >>"$dir/expect"
	expect 0 'tcpdropcap.verdict && !(tcpdropcap.verdict in {"spurious", "lost-beyond-host"})'
}
