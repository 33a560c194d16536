# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086 # the words of lib.sh
# While nothing happens, the capture sleeps, but for a look at the time twice a second; a busy
# machine makes it less. Events that come one by one, each after such a pause, are captured.
scenario() {
	rule "$server" input tcp dport 7165 drop
	tool_start "$server"
	read -r uptime_before _ </proc/uptime
	before=$(wakeups)
	sleep 2
	after=$(wakeups)
	read -r uptime_after _ </proc/uptime
	at_most 'wakeups in a second' "$(echo "$before $after $uptime_before $uptime_after" |
		awk '{ printf "%.0f", ($2 - $1) / ($4 - $3) }')" 8
	for _ in 1 2 3; do
		size=$(bytes)
		inject "$client" eth0 $server_mac $client4 $server4 26000 7165
		wait_until 'the event in the file' grows
	done
	tool_stop
	expect 3 'tcpdropcap.event == "drop" && tcp.dstport == 7165'
}

# How often the thread that waits for events has slept.
wakeups() { awk '/^voluntary_ctxt_switches:/ { print $2 }' "/proc/$tool/status"; }

bytes() { stat -c %s "$dir/drops.pcapng"; }

grows() { [ "$(bytes)" -gt "$size" ]; }
