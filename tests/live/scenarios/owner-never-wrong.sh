# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Connections whose owner is easily mistaken: a transparent proxy accepts a connection to another
# process's port; an MPTCP listener shares its port with a process that speaks TCP; one process
# shuts a socket down and another closes it; a socket in TIME_WAIT has the ports of an earlier one.
# The event has the right owner, or none.
scenario() {
	proxied
	[ ! -e /proc/sys/net/mptcp ] || neighbours
	serve "$client" $client4 7089 read
	rule "$client" input tcp dport 7089 'tcp flags & fin == fin' drop
	tool_start "$server"
	connect "$client" $server4 7086 -c 3 -d 300 -b 100 -t 100
	connect "$client" 10.94.0.1 7086 -c 5 -d 300 -b 100 -t 100
	[ ! -e /proc/sys/net/mptcp ] || neighbours_called
	rm "$dir/owners"
	shut_by_another
	earlier_flow
	tool_stop
	expect_owner 'tcpdropcap.event == "drop" && ip.dst == 10.94.0.1' "$proxy" listener
	expect_owner "tcpdropcap.event == \"drop\" && ip.dst == $server4 && tcp.dstport == 7086" "$web" listener
	[ ! -e /proc/sys/net/mptcp ] || neighbours_expected
}

proxied() {
	ip -n "$server" -batch - <<-END
		rule add fwmark 1 lookup 100
		route add local 0.0.0.0/0 dev lo table 100
	END
	ip -n "$client" route add 10.94.0.0/24 via $server4
	in_ns "$server" nft 'add table ip lab; add chain ip lab to_proxy { type filter hook prerouting priority -150; };
		add rule ip lab to_proxy ip daddr 10.94.0.1 tcp dport 7086 tproxy to :7087 meta mark set 1 accept'
	serve "$server" $server4 7086 ignore
	web=${pids##* }
	serve "$server" 0.0.0.0 7087 ignore -t
	proxy=${pids##* }
	rule "$server" input tcp dport 7086 'tcp flags & psh == psh' drop
}

neighbours() {
	ip -n "$server" addr add 10.99.0.3/24 dev eth0
	serve "$server" $server4 7088 ignore -m
	multipath=${pids##* }
	serve "$server" 10.99.0.3 7088 ignore
	plain=${pids##* }
	rule "$server" input tcp dport 7088 'tcp flags & psh == psh' drop
}

neighbours_called() {
	connect "$client" $server4 7088 -c 3 -d 300 -b 100 -t 100
	connect "$client" $server4 7088 -m -c 2 -d 300 -b 100 -t 100
	connect "$client" 10.99.0.3 7088 -c 5 -d 300 -b 100 -t 100
}

neighbours_expected() {
	drop='tcpdropcap.event == "drop" && tcp.dstport == 7088'
	expect_some "$drop && ip.dst == $server4"
	expect 0 "$drop && ip.dst == $server4 && tcpdropcap.owner && !(tcpdropcap.owner_pid == $multipath)"
	expect_owner "$drop && ip.dst == 10.99.0.3" "$plain" listener
}

# One process shuts them down after 300 ms; another closes them 100 ms later and exits as well.
# Packets that are sent after that belong to the other process.
shut_by_another() {
	connect "$server" $client4 7089 -c 3 -o shutdown -t 400 &
	shutting=$!
	connect "$server" $client4 7089 -c 5 -o leave -t 400
	wait $shutting
	closed=$(date +%s)
	sleep 2
	while read -r _ port closer; do
		late="tcpdropcap.event == \"retransmit\" && tcp.srcport == $port && frame.time_epoch > $((closed + 1))"
		expect_some "$late"
		expect 0 "$late && tcpdropcap.owner && !(tcpdropcap.owner_pid == $closer) && !(tcpdropcap.owner_src == \"current\")"
	done <"$dir/owners"
	rm "$dir/owners"
}

is_in_time_wait() { [ -n "$(in_ns "$server" ss -Htan state time-wait '( sport = :23000 )')" ]; }

# The peer closes the first one, which so has no TIME_WAIT; the second shuts down first. Then data
# arrives for it.
earlier_flow() {
	serve "$client" $client4 7090 close
	first_server=${pids##* }
	connect "$server" $client4 7090 -p 23000 -t 1000
	kill "$first_server"
	{ wait "$first_server"; } 2>/dev/null
	serve "$client" $client4 7090 read
	connect "$server" $client4 7090 -p 23000 -b 100 -h
	second=$(sed -n '2s/.* //p' "$dir/owners")
	wait_until TIME_WAIT is_in_time_wait
	inject "$client" eth0 $server_mac $client4 $server4 7090 23000 -f 0x18 -b 100
	sleep 0.3
	stray='tcpdropcap.event == "drop" && tcp.dstport == 23000 && tcp.len == 100'
	expect 1 "$stray"
	expect 0 "$stray && tcpdropcap.owner && !(tcpdropcap.owner_pid == $second)"
}
