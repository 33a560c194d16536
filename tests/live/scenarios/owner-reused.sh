# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Sockets at addresses that sockets of other processes had before. The capture records owners by
# address, and an entry may outlive its socket: this scenario restores all entries of a process
# after its sockets are destroyed. Each drop of a later socket has the right owner, or none.
scenario() {
	serve "$client" $client4 7100 ignore
	ignorer=${pids##* }
	serve "$client" $client4 7102 read
	rule "$server" output tcp dport 7100 'tcp flags & fin == fin' drop
	rule "$server" output tcp sport 7101 'tcp flags & (syn|fin|rst) == 0' drop
	rule "$server" output tcp dport 7102 'tcp flags & psh == psh' drop
	tool_start "$server"
	leave_owners
	accepted
	rounds
	tool_stop
}

# Events match, and none has another owner. On a loaded machine none may have one: scans get only a
# share of the time.
owned_by() { # PID FILTER
	expect_some "$2"
	expect 0 "$2 && tcpdropcap.owner && !(tcpdropcap.owner_pid == $1)"
}

owners() { "${PEER%/*}/owners" "$@"; }

# This process closes its connections, but the FINs are lost, so that their owner stays recorded.
# Resets then end the connections.
leave_owners() {
	connect "$server" $client4 7100 -c 100 -p 21000 -d 300 -b 100
	at_least 'recorded owners' "$(owners save $tool "$dir/left")" 100
	kill "$ignorer"
	{ wait "$ignorer"; } 2>/dev/null
	tries=0
	until [ -z "$(in_ns "$server" ss -Htan 'dport = :7100')" ] || [ $tries = 50 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	at_least 'restored owners' "$(owners restore $tool "$dir/left")" 100
}

# This process accepts sockets at the same addresses. Its acknowledgements get lost. Its listener
# may be at such an address, too, before the first connection.
accepted() {
	serve "$server" $server4 7101 read
	acceptor=${pids##* }
	before=$(owners reused $tool "$dir/left")
	reused=$before tries=0
	while [ "$reused" -le "$before" ] && [ $tries -lt 5 ]; do
		tries=$((tries + 1))
		connect "$client" $server4 7101 -c 100 -d 300 -b 100 -t 400
		reused=$(owners reused $tool "$dir/left")
	done
	[ "$reused" -gt "$before" ] ||
		echo 'skip the kernel gave accepted sockets no address that was used before' >>"$dir/expect"
	owned_by "$acceptor" 'tcpdropcap.event == "drop" && tcp.srcport == 7101'
}

# Four processes, one after the other, connect, send and exit.
rounds() {
	reused=0
	for round in 1 2 3 4; do
		rm "$dir/owners"
		[ $round = 1 ] || owners restore $tool "$dir/round" >>"$dir/restored"
		connect "$server" $client4 7102 -c 250 -p $((22000 + 1000 * round)) -d 300 -b 100 -t 300 -r &
		wait_for_lines 250 "$dir/owners"
		[ $round = 1 ] || reused=$((reused + $(owners reused $tool "$dir/round")))
		owners save $tool "$dir/round" >>"$dir/saved"
		wait $!
		sent="tcpdropcap.event == \"drop\" && tcp.dstport == 7102 && tcp.srcport in {$((22000 + 1000 * round)) .. $((22249 + 1000 * round))}"
		connector=$(sed -n '1s/.* //p' "$dir/owners")
		owned_by "$connector" "$sent"
		expect_some "$sent && tcpdropcap.owner_pid == $connector"
	done
	at_least 'connected sockets at used addresses' $reused 10
}
