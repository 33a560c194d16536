# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Half a minute of drops that tcpdump captures as well.
scenario() {
	rule "$server" input tcp dport 7018 drop
	wire_start "$server"
	tool_start "$server"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31; do
		connect "$client" $server4 7018 -c 7 -t 100
		sleep 0.9
	done
	tool_stop
	wire_stop
	expect 217 'tcpdropcap.event == "drop"'
	echo "times 217" >>"$dir/expect"
}
