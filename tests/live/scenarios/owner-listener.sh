# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Three workers share a listener: each connection is of the one that accepted it, or of none yet.
scenario() {
	serve "$server" $server4 7014 workers
	workers=$dir/serve-7014-$server4
	serve "$server" $server4 7015 ignore
	ignorer=$!
	rule "$server" input tcp dport 7014-7015 'tcp flags & psh == psh' drop
	tool_start "$server"
	connect "$client" $server4 7014 -c 11 -d 300 -b 100 -t 100
	connect "$client" $server4 7015 -c 7 -d 300 -b 100 -t 100
	tool_stop
	grep '^owner' "$workers" | while read -r _ port pid; do
		expect_owner "tcp.srcport == $port && tcp.dstport == 7014" "$pid" exact
	done
	[ "$(grep -c '^owner' "$workers")" = 11 ] || echo "false not all were accepted" >>"$dir/expect"
	expect_owner 'tcp.dstport == 7015' "$ignorer" listener
	expect 0 'tcp.dstport == 7015 && tcpdropcap.owner_src == "exact"'
}
