# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Each way in which a connection can end. Both ends are in one namespace: the client is the end that
# connects.
scenario() {
	rule "$server" input tcp dport 7068 'tcp flags & fin == fin' drop
	rule "$server" input tcp dport '{ 7069, 7070 }' 'tcp flags & (syn | ack) == syn' drop
	rule "$server" input tcp dport 7071 'tcp flags & psh == psh' drop
	tool_start "$server" -e life,retransmit,synack
	opens=$(opens_of "$server")
	while read -r how port count; do
		lives $how 127.0.0.1 $port $count
		lives $how ::1 $port 1
	done <<-END
		local 7064 5
		peer 7065 3
		reset 7066 7
		unread 7067 2
		late 7068 2
		cancel 7069 3
		no-answer 7070 1
		timeout 7071 1
		refused 7072 5
		pending 7073 3
		again 7074 2
	END
	lives no-syn 127.0.0.1 7075 2
	shut_down
	wait_until 'end of all connections' all_ended "$server"
	opens=$(($(opens_of "$server") - opens))
	tool_stop
	expect $opens 'tcpdropcap.event == "life"'
	expect 0 'tcpdropcap.event == "life" && (tcpdropcap.born || tcpdropcap.duration_min_us || !tcpdropcap.duration_us || !tcpdropcap.opened)'
	ended 5 1 7064 local-close peer-close
	ended 3 1 7065 peer-close local-close
	ended 7 1 7066 local-reset peer-reset
	ended 2 1 7067 local-reset peer-reset
	ended 2 1 7068 reset-after-close peer-reset
	ended 3 1 7069 local-close
	ended 1 1 7070 timeout
	ended 1 1 7071 timeout reset-after-close
	ended 5 1 7072 refused
	ended 3 1 7073 peer-reset local-reset
	expect_both 5 1 'tcp.dstport == 7064 && tcpdropcap.summary contains "Connection ended: local-close after "'
	# Two connections by one socket: the first one is reset by the disconnect.
	expect_both 2 1 'tcp.dstport == 7074 && tcpdropcap.ended == "local-reset" && tcpdropcap.old_state == "ESTABLISHED"'
	expect_both 2 1 'tcp.dstport == 7074 && tcpdropcap.ended == "local-close" && tcpdropcap.old_state == "FIN_WAIT2"'
	expect_both 4 2 'tcp.srcport == 7074 && tcpdropcap.opened == "passive"'
	# The connect() that failed made no connection.
	expect 4 'tcpdropcap.event == "life" && tcp.port == 7075'
	expect 2 'tcpdropcap.sk_err == "ETIMEDOUT" && tcp.dstport == 7070'
	expect 2 'tcpdropcap.event == "life" && tcp.dstport == 7071 && tcpdropcap.total_retrans > 0'
	expect 6 'tcpdropcap.sk_err == "ECONNREFUSED"'
}

# The server shuts its connections down. With 7126, its FINs are lost once, so that it closes before
# they are acknowledged. No other call shows the owner where the kernel has no hook of accept().
shut_down() {
	rule "$server" input tcp sport 7126 'tcp flags & fin == fin' numgen inc mod 2 0 drop
	while read -r how port count source; do
		lives $how 127.0.0.1 $port $count
		shut="tcpdropcap.event == \"life\" && tcp.srcport == $port"
		expect $count "$shut && tcpdropcap.ended == \"local-close\" && tcpdropcap.owner_pid == $lives_pid ${source:-}"
		ended $count 0 $port peer-close local-close
	done <<-END
		shut 7125 6 && tcpdropcap.owner_src == "exact"
		shut 7126 2 && tcpdropcap.owner_src == "exact"
		half 7127 4
	END
}

# All connections to PORT have ended in this way at their client, and so at their server if it has
# an end.
ended() { # COUNT4 COUNT6 PORT CLIENT [SERVER]
	expect_both $1 $2 "tcp.dstport == $3 && tcpdropcap.opened == \"active\" && tcpdropcap.ended == \"$4\""
	expect 0 "tcpdropcap.event == \"life\" && tcp.dstport == $3 && !(tcpdropcap.ended == \"$4\")"
	[ -n "${5:-}" ] || { expect 0 "tcpdropcap.event == \"life\" && tcp.srcport == $3"; return; }
	expect_both $1 $2 "tcp.srcport == $3 && tcpdropcap.opened == \"passive\" && tcpdropcap.ended == \"$5\""
	expect 0 "tcpdropcap.event == \"life\" && tcp.srcport == $3 && !(tcpdropcap.ended == \"$5\")"
}
