# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# An MPTCP connection with two subflows, and one that no process accepts: drops of each subflow have
# the owner of the MPTCP socket or its listener, and the token and the ids that ss shows.
scenario() {
	serve "$server" $server4 7141 read -m
	reader=$!
	serve "$server" $server4 7142 ignore -m
	ignorer=$!
	ip -n "$client" addr add 10.99.0.3/24 dev eth0
	ip -n "$server" neigh replace 10.99.0.3 lladdr $client_mac dev eth0
	for side in "$server" "$client"; do
		in_ns "$side" ip mptcp limits set subflow 2 add_addr_accepted 2
	done
	in_ns "$client" ip mptcp endpoint add 10.99.0.3 id 7 dev eth0 subflow
	rule "$server" input tcp dport 7141-7142 'tcp flags & psh == psh' drop
	tool_start "$server" -e drop
	connect "$client" $server4 7141 -m -d 500 -b 100000 -t 40000 &
	connect "$client" $server4 7142 -m -d 500 -b 100000 -t 40000 &
	wait_for_lines 2 "$dir/owners"
	if kernel_has BPF_FUNC_sock_from_file; then
		wait_until 'drops with their owners' all_have_owners
	else
		sleep 2
	fi
	token=$(in_ns "$server" ss -Htni 'sport = :7141' |
		sed -n 's|.* token:[0-9a-f]*(id:[0-9]*)/\([0-9a-f]*\)(.*|\1|p' | sort -u)
	tool_stop
	sed 's/.* //' "$dir/owners" | xargs kill
	wait $!
	token=$(printf %08x "0x$token") # ss leaves out zeros at its beginning
	expect_some 'ip.src == 10.99.0.3 && tcp.dstport == 7141 && tcpdropcap.mptcp_remote_id == 7'
	expect_some "ip.src == $client4 && tcp.dstport == 7141 && tcpdropcap.mptcp_remote_id == 0"
	expect 0 "tcp.dstport == 7141 && tcpdropcap.state && !(tcpdropcap.mptcp_token == \"$token\" && tcpdropcap.mptcp_local_id == 0)"
	expect_owner "ip.src == 10.99.0.3 && tcp.dstport == 7141" $reader exact
	expect_owner "ip.src == $client4 && tcp.dstport == 7141" $reader exact
	expect_owner "ip.src == $client4 && tcp.dstport == 7142" $ignorer listener
}

# The running capture has an event with its owner for each subflow.
all_have_owners() {
	"$TOOL" -r "$dir/drops.pcapng" --json -q >"$dir/json" 2>/dev/null
	grep -q '"owner_src":"listener".*"dport":7142' "$dir/json" &&
		grep -q '"owner_src":"exact".*"saddr":"10.99.0.3".*"dport":7141' "$dir/json" &&
		grep -q "\"owner_src\":\"exact\".*\"saddr\":\"$client4\".*\"dport\":7141" "$dir/json"
}
