# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Connections that were open before the capture: their duration is a lower bound, and no more than
# they were seen.
scenario() {
	helper_start "$server" held lives hold 127.0.0.1 7078 5
	held=$helper
	helper_start "$server" held6 lives hold ::1 7078 3
	held6=$helper
	before=$(centiseconds)
	tool_start "$server" -e life
	without_account
	lives local 127.0.0.1 7079 3
	wait_until 'end of the first connections' no_connection "$server" 'sport = :7079 or dport = :7079'
	kill -USR1 $held $held6
	wait_until 'end of all connections' all_ended "$server"
	after=$(centiseconds)
	tool_stop
	expect_both 10 6 'tcp.port == 7078 && tcpdropcap.event == "life"'
	expect 16 'tcp.port == 7078 && tcpdropcap.born == "before-start" && tcpdropcap.duration_min_us > 0 && !tcpdropcap.opened'
	expect 0 "tcp.port == 7078 && (tcpdropcap.duration_us || tcpdropcap.duration_min_us > $(((after - before + 1) * 10000)))"
	expect 6 'tcp.port == 7079 && tcpdropcap.duration_us && !tcpdropcap.born && !tcpdropcap.duration_min_us'
	expect 16 'tcpdropcap.summary contains " after more than "'
	same 'marked lines' "$("$TOOL" life -r "$dir/drops.pcapng" -L 7078 2>/dev/null | grep -c ' >[0-9.]*$')" 8
}

centiseconds() { cut -d ' ' -f 1 /proc/uptime | tr -d .; } # since the boot
