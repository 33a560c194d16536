# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# top counts exactly the bytes that were sent by four ways over both families, on both sides,
# although some segments are lost and sent again: with their owners, namespaces and cgroups, as ss
# has them. Half of the connections are there when it starts.
ways='send sendfile splice zerocopy'

top_start() { # NAME [OPTION...]
	top_name=$1
	shift
	"$TOOL" top --json "$@" >"$dir/$top_name.json" 2>"$dir/$top_name" &
	tops="$tops $!"
	wait_for "$dir/$top_name" 'counting from now on'
}

bytes_of() { echo $((1000003 + $1 * 10007)); } # NUMBER

move() { # ADDRESS WAY: a mover, in the cgroup of the test if it is the first
	number=$((number + 1))
	into=''
	[ $number != 1 ] || into=$group
	sh -c "[ -z '$into' ] || echo \$\$ >'$into/cgroup.procs'; grep '^0:' /proc/self/cgroup >'$dir/cgroup-$number'
		exec ip netns exec $client ${PEER%/*}/mover $1 7101 $2 $(bytes_of $number)" >"$dir/mover-$number" &
	movers="$movers $!"
	pids="$pids $!"
	wait_for "$dir/mover-$number" owner
}

# Of the lines of top, which sees all namespaces, those of this lab.
own_lines() { grep -E "\"netns\":($client_inode|$server_inode)}" "$dir/$1.json"; }

# The sum of a number over the lines of top.json that have all these texts.
sum_of() { # KEY TEXT...
	sum_key=$1
	shift
	own_lines top >"$dir/lines"
	for text in "$@"; do
		grep -F "$text" "$dir/lines" >"$dir/lines-next"
		mv "$dir/lines-next" "$dir/lines"
	done
	sed -n "s/.*\"$sum_key\":\([0-9]*\).*/\1/p" "$dir/lines" | awk '{ sum += $1 } END { print sum + 0 }'
}

is_counted() { # of all bytes, both sides, and of the segments that were sent again meanwhile
	[ "$(sum_of retrans "\"netns\":$client_inode}")" = "$again" ] &&
		[ "$(sum_of tx_bytes '"rport":7101')" = $all ] && [ "$(sum_of rx_bytes '"lport":7101')" = $all ] &&
		[ "$(sum_of rx_bytes '"lport":7102')" != 0 ]
}

is_half_closed() { [ -n "$(in_ns "$client" ss -Htan state fin-wait-2 'dport = :7102')" ]; }

ss_sent() { # PORT: what ss says that was sent for the first time
	in_ns "$client" ss -tinH "sport = :$1" | tr ' ' '\n' | awk -F: '/^bytes_sent:/ { sent = $2 } /^bytes_retrans:/ { again = $2 }
		END { print sent - again }'
}

same_connection() { # NUMBER ADDRESS
	same_bytes=$(bytes_of $1)
	read -r _ port pid <"$dir/mover-$1"
	same "pid of mover $1" "$pid" "$3"
	same "bytes that mover $1 sent" "$(sum_of tx_bytes "\"lport\":$port,\"remote\":\"$2\"")" $same_bytes
	same "bytes that the server had of mover $1" "$(sum_of rx_bytes "\"lport\":7101," "\"rport\":$port,")" $same_bytes
	same "bytes that mover $1 received" "$(sum_of rx_bytes "\"lport\":$port,\"remote\":\"$2\"")" 0
	same "bytes of mover $1 with its owner" "$(sum_of tx_bytes "\"lport\":$port," "\"owner_pid\":$pid,\"owner\":\"mover\",\"owner_src\":\"exact\"" \
		"\"netns\":$client_inode}")" $same_bytes
	same "bytes of mover $1 with the server's owner" "$(sum_of rx_bytes "\"rport\":$port," "\"owner_pid\":$server_pid," \
		"\"netns\":$server_inode}")" $same_bytes
	same "ss's bytes of mover $1" "$(ss_sent "$port")" $same_bytes
	path=$(sed 's/^0:://' "$dir/cgroup-$1")
	[ -z "$path" ] || same "bytes of mover $1 with its cgroup" "$(sum_of tx_bytes "\"lport\":$port," "\"cgroup\":\"$path\"")" $same_bytes
}

all_alone() { # NAME TEXT: each line has the text, and there are lines
	[ -s "$dir/$1.json" ] && ! grep -vqF "$2" "$dir/$1.json" ||
		echo "false $1: $(grep -vF "$2" "$dir/$1.json" | head -1)" >>"$dir/expect"
}

scenario() {
	movers='' tops='' number=0 group=''
	client_inode=$(stat -L -c %i "/run/netns/$client")
	server_inode=$(stat -L -c %i "/run/netns/$server")
	unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -z "$unified" ] || ! mkdir "$unified/$prefix" 2>/dev/null || group=$unified/$prefix
	# One server for both families: an IPv4 peer has a mapped address there.
	serve "$server" :: 7101 read
	server_pid=${pids##* }
	serve "$server" $server4 7102 hold
	for way in $ways; do
		move $server4 $way
	done
	before=$(retransmitted "$client") # the SYNs of those that come after the start count
	top_start top
	for way in $ways; do
		move $server6 $way
	done
	read -r _ _ third <"$dir/mover-3"
	top_start of-pid -p "$third"
	[ -z "$group" ] || top_start of-cgroup --cgroup "/$prefix"
	top_start of-family -6 --netns "$client"
	tool_start "$client"
	rule "$server" input tcp dport 7101 numgen inc mod 61 0 drop
	kill -USR1 $movers
	# The server neither reads these bytes nor closes; the FIN after them is no byte.
	ip netns exec "$client" "$PEER" connect $server4 7102 -b 5003 -h >"$dir/half" 2>&1 &
	pids="$pids $!"
	all=0
	for number in 1 2 3 4 5 6 7 8; do
		wait_for "$dir/mover-$number" sent
		all=$((all + $(bytes_of $number)))
	done
	wait_until "the server's acknowledgement of the FIN" is_half_closed
	again=$(($(retransmitted "$client") - before))
	wait_until "all bytes in top.json" is_counted
	kill -INT $tops
	for pid in $tops; do
		wait "$pid" || echo "false top ended with $?" >>"$dir/expect"
	done
	tool_stop
	number=0
	for pid in $movers; do
		number=$((number + 1))
		[ $number -le 4 ] && address=$server4 || address=$server6
		same_connection $number $address "$pid"
	done
	same "segments sent again" "$(sum_of retrans "\"netns\":$client_inode}")" "$again"
	same "bytes sent before a FIN" "$(sum_of tx_bytes '"rport":7102')" 5003
	same "bytes received before a FIN" "$(sum_of rx_bytes '"lport":7102')" 5003
	at_least "segments sent again" "$again" 1
	all_alone of-pid "\"owner_pid\":$third,"
	[ -z "$group" ] || all_alone of-cgroup "\"cgroup\":\"/$prefix\""
	all_alone of-family "\"remote\":\"$server6\""
	# What was moved before the start belongs to no interval.
	"$TOOL" top --json 1 1 >"$dir/late.json" 2>>"$dir/late"
	same "lines of connections that rest" "$(own_lines late | wc -l)" 0
	kill $movers
	wait $movers 2>/dev/null
	[ -z "$group" ] || rmdir "$group"
}
