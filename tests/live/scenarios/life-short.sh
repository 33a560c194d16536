# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Thousands of short connections, one after the other: each of their ends has exactly one event, as
# many as the kernel has opened.
scenario() {
	count=30000
	[ -z "${PERMITTED:-}" ] || count=1000 # a guest is slow
	tool_start "$server" -e life
	without_account
	opens=$(opens_of "$server")
	lives short 127.0.0.1 7080 $((count - 100))
	lives short ::1 7080 100
	wait_until 'end of all connections' all_ended "$server"
	opens=$(($(opens_of "$server") - opens))
	tool_stop
	same 'opens of the kernel' "$opens" $((2 * count))
	expect $opens 'tcpdropcap.event == "life"'
	expect_both $((count - 100)) 100 'tcp.dstport == 7080 && tcpdropcap.ended == "local-close" && tcpdropcap.duration_us'
	expect_both $((count - 100)) 100 'tcp.srcport == 7080 && tcpdropcap.ended == "peer-close" && tcpdropcap.duration_us'
}
