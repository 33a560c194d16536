# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Three workers share a listener: the owner of a connection is the worker that accepted it, or
# unknown before that.
scenario() {
	serve "$server" $server4 7014 workers
	workers=$dir/serve-7014-$server4
	serve "$server" $server4 7015 ignore
	ignorer=$!
	rule "$server" input tcp dport 7014-7015 'tcp flags & psh == psh' drop
	tool_start "$server"
	# Scans of open files are rare on a slow machine: data is sent again until a scan follows an
	# event.
	connect "$client" $server4 7014 -c 11 -d 300 -b 100 -t 40000 &
	connect "$client" $server4 7015 -c 7 -d 300 -b 100 -t 40000 &
	wait_for_lines 18 "$dir/owners"
	! kernel_has BPF_FUNC_sock_from_file || wait_until 'exact owner for each connection' all_are_exact
	tool_stop
	cut -d' ' -f3 "$dir/owners" | sort -u | xargs kill
	grep '^owner' "$workers" | while read -r _ port pid; do
		expect_owner "tcp.srcport == $port && tcp.dstport == 7014" "$pid" exact
	done
	[ "$(grep -c '^owner' "$workers")" = 11 ] || echo "false not all were accepted" >>"$dir/expect"
	expect_owner 'tcp.dstport == 7015' "$ignorer" listener
	expect 0 'tcp.dstport == 7015 && tcpdropcap.owner_src == "exact"'
}

# The running capture has an event with the exact owner for each accepted connection, and one with
# the listener.
all_are_exact() {
	"$TOOL" -r "$dir/drops.pcapng" --json >"$dir/json" 2>/dev/null
	grep -q '"owner_src":"listener"' "$dir/json" &&
		[ "$(sed -n 's/.*"owner_src":"exact".*"sport":\([0-9]*\),"dport":7014,.*/\1/p' "$dir/json" | sort -u | wc -l)" = 11 ]
}
