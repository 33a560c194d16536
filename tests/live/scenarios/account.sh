# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The account at the end has what the kernel has counted meanwhile, and says how much of it has an
# event: segments with a wrong checksum, with an old timestamp, SYNs and data that are sent again,
# SYNs that a full listener drops. An account before the end, the file and JSON say the same.
scenario() {
	counters='Tcp:RetransSegs Tcp:InCsumErrors TcpExt:TCPSynRetrans TcpExt:PAWSEstab TcpExt:ListenDrops TcpExt:ListenOverflows'
	# Timestamps are milliseconds since the boot: these are an hour old.
	in_ns "$client" sysctl -q -w net.ipv4.tcp_timestamps=2
	read -r uptime _ </proc/uptime
	old=$(((${uptime%.*} * 1000 - 3600000) & 0xffffffff))
	serve "$server" $server4 7150 read
	serve "$server" $server6 7150 read
	serve "$server" $server4 7151 full
	rule "$client" input tcp dport 7152 drop
	connect "$client" $server4 7150 -p 23000 -i 1000000 -w -b 100 -t 100 &
	connect "$client" $server6 7150 -p 23000 -i 1000000 -w -b 100 -t 100 &
	wait_for_lines 2 "$dir/owners"
	sleep 0.3
	count_all >"$dir/before"
	tool_start "$server" --listen-drops consume
	"$TOOL" --json --strict --listen-drops consume --netns "$server" >"$dir/json" 2>"$dir/json-summary" &
	json=$!
	pids="$pids $json"
	wait_for "$dir/json-summary" capturing
	inject "$client" eth0 $server_mac $client4 $server4 24000 7150 -k -c 7
	inject "$client" eth0 $server_mac $client6 $server6 24000 7150 -k -c 5
	inject "$client" eth0 $server_mac $client4 $server4 23000 7150 -s 1000001 -f 0x18 -b 10 -t $old
	inject "$client" eth0 $server_mac $client6 $server6 23000 7150 -s 1000001 -f 0x18 -b 10 -t $old
	connect "$client" $server4 7151 -c 8 -t 1200 &
	full=$!
	connect "$server" $client4 7152 -c 3 -t 1300
	connect "$server" $client6 7152 -c 2 -t 100
	wait $full
	kill -USR1 "$tool"
	wait_until 'account before the end' has_lines_of 'account: ' "$dir/summary" 1
	kill -INT "$json"
	wait "$json"
	strict=$?
	tool_stop
	count_all >"$dir/after"
	while read -r _ port pid; do
		[ $port != 23000 ] || kill -USR1 "$pid"
	done <"$dir/owners"
	"$TOOL" -v -r "$dir/drops.pcapng" --json >"$dir/read-json" 2>"$dir/read-summary"
	same 'the account that -r prints' "$(grep -c 'account: ' "$dir/read-summary")" \
		"$(awk '/ written, / { n = 0 } /account: / && !/were read$/ { n++ } END { print n }' "$dir/summary")"
	for json in json read-json; do
		for row in TcpRetransSegs TcpInCsumErrors TcpExtTCPSynRetrans; do
			same "$row in $json" "$(in_account $row counted $json)" "$(counted $row)"
		done
		! kernel_has SKB_DROP_REASON_TCP_CSUM ||
			same "checksums in $json" "$(in_account TcpInCsumErrors events $json)" 12
	done
	at_least 'checksum errors' "$(counted TcpInCsumErrors)" 12
	at_least 'SYNs sent again' "$(counted TcpExtTCPSynRetrans)" 3
	at_least 'SYNs that the listener dropped' "$(counted TcpExtListenDrops)" 6
	! kernel_has SKB_DROP_REASON_TCP_RFC7323_PAWS || expect 2 "$(reason TCP_RFC7323_PAWS)"
	same 'exit status of --strict' $strict 0
	expect "$(counted TcpExtListenOverflows)" 'tcpdropcap.cause == "listen-overflow"'
}

has_lines_of() { # TEXT FILE COUNT
	[ "$(grep -c "$1" "$2")" -ge "$3" ]
}

count_all() {
	for counter in $counters; do
		echo "${counter%:*}${counter#*:} $(mib "$server" ${counter%:*} ${counter#*:})"
	done
}

counted() { # NAME
	awk -v name="$1" '$1 == name { n = $2 - n } END { print n }' "$dir/before" "$dir/after"
}

in_account() { # NAME KEY FILE
	sed -n "s/^{\"account\":\"$1\",.*\"$2\":\([0-9]*\).*/\1/p" "$dir/$3"
}
