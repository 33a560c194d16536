# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The changes of state of a known number of connections that open, close, reset and time out. A
# request has none, nor has TIME_WAIT.
scenario() {
	rule "$server" input tcp dport 7084 'tcp flags & psh == psh' drop
	tool_start "$server" -e state,retransmit
	lives local 127.0.0.1 7081 7
	lives peer ::1 7081 5
	lives reset 127.0.0.1 7082 3
	lives refused ::1 7083 2
	lives timeout 127.0.0.1 7084 1
	wait_until 'end of all connections' all_ended "$server"
	tool_stop
	# Four listeners, 18 clients and 16 servers.
	changes CLOSE LISTEN 4
	changes LISTEN CLOSE 4
	changes CLOSE SYN_SENT 18
	changes SYN_SENT ESTABLISHED 16
	changes SYN_SENT CLOSE 2
	changes LISTEN SYN_RECV 16
	changes SYN_RECV ESTABLISHED 16
	# Those who close first, and the server of the timeout, which gets a reset.
	changes ESTABLISHED FIN_WAIT1 13
	changes FIN_WAIT1 FIN_WAIT2 12
	changes FIN_WAIT1 CLOSE 1
	changes FIN_WAIT2 CLOSE 12
	changes ESTABLISHED CLOSE_WAIT 12
	changes CLOSE_WAIT LAST_ACK 12
	changes LAST_ACK CLOSE 12
	changes ESTABLISHED CLOSE 7
	expect $((4 + 4 + 18 + 16 + 2 + 16 + 16 + 13 + 12 + 1 + 12 + 12 + 12 + 12 + 7)) 'tcpdropcap.event == "state"'
	expect 0 'tcpdropcap.event == "state" && (tcpdropcap.stack_id || tcpdropcap.hdr != "synthesized")'
	expect 16 'tcpdropcap.summary contains "State changed: SYN_RECV > ESTABLISHED"'
	"$TOOL" count -r "$dir/drops.pcapng" -e state --by old_state,state >"$dir/count" 2>/dev/null
	same 'rows of the table' "$(grep -c '^ *[0-9][0-9]* ' "$dir/count")" 15
	same 'its row of FIN_WAIT2' "$(awk '$(NF - 1) == "FIN_WAIT2" { print $1, $NF }' "$dir/count")" '12 CLOSE'
}

changes() { # OLD NEW COUNT
	expect $3 "tcpdropcap.old_state == \"$1\" && tcpdropcap.state == \"$2\""
}
