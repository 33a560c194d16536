# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034 # variables of tests/live/lib.sh ($server), bench.sh ($dir) and lib.sh
# Other programs that can watch a flood, with output as close to tcpdropcap's as possible: watchers
# of lib.sh.

# Tracing needs its file system, which is not mounted on every machine: mounts it in a private mount
# namespace.
with_tracefs() {
	# shellcheck disable=SC2016 # for the inner shell
	exec unshare -m sh -c 'mount -t tracefs none /sys/kernel/tracing 2>/dev/null; exec "$@"' sh "$@"
}

present() {
	command -v "$1" >/dev/null && return
	why="$1 is not installed"
	return 1
}

# The peer is running, and has had the time to attach: none of them reports when it has.
settled() { # PID LOG
	pids="$pids $1"
	sleep "${BENCH_SETTLE:-2}"
	kill -0 "$1" 2>/dev/null && return
	why=$(grep -v WARN "$2" | tail -1 | tr -s '|~ \t' ' ')
	return 1
}

# A shell's background command ignores SIGINT until it handles it, so the signal is sent until the
# peer has ended.
end_peer() {
	(
		for signal in INT INT TERM KILL; do
			kill -$signal "$watcher" 2>/dev/null
			sleep 5
		done
	) &
	killer=$!
	wait "$watcher"
	kill $killer 2>/dev/null
	wait $killer 2>/dev/null
	return 0
}

start_tcpdump() {
	present tcpdump || return 1
	nsenter --net="/run/netns/$server" tcpdump -i eth0 -Z root -s 128 -w "$dir/tcpdump.pcap" 2>"$dir/tcpdump" &
	watcher=$!
	settled $watcher "$dir/tcpdump"
}

stop_tcpdump() {
	end_peer
	kept=$(sed -n 's/^\([0-9]*\) packets captured$/\1/p' "$dir/tcpdump")
	rm -f "$dir/tcpdump.pcap"
}

# The same filters, and the fields of tcpdropcap's text: time, process, addresses, ports, reason,
# location and stack.
bpftrace_program() {
	cat <<-END
	tracepoint:skb:kfree_skb
	/args->protocol == 0x0800/
	{
		\$skb = (struct sk_buff *)args->skbaddr;
		\$ip = (struct iphdr *)(\$skb->head + \$skb->network_header);
		if (\$ip->protocol == 6 && \$skb->dev->nd_net.net->ns.inum == $(stat -Lc %i "/run/netns/$server")) {
			\$tcp = (struct tcphdr *)(\$skb->head + \$skb->network_header + \$ip->ihl * 4);
			printf("%llu drop %d/%s %s:%d > %s:%d because=%d at=%s\n%s\n", nsecs, pid, comm, ntop(\$ip->saddr),
				bswap(\$tcp->source), ntop(\$ip->daddr), bswap(\$tcp->dest), args->reason,
				ksym(args->location), kstack);
		}
	}
	END
}

start_bpftrace() {
	present bpftrace || return 1
	bpftrace_program >"$dir/drops.bt"
	(with_tracefs bpftrace "$dir/drops.bt") >"$dir/bpftrace.out" 2>"$dir/bpftrace" &
	watcher=$!
	pids="$pids $watcher"
	wait_for "$dir/bpftrace.out" Attaching && settled $watcher "$dir/bpftrace" && return
	why=$(grep -v MEMLOCK "$dir/bpftrace" "$dir/bpftrace.out" | tail -1 | cut -d: -f2- | tr -s '|~ \t' ' ')
	return 1
}

stop_bpftrace() {
	end_peer
	kept=$(grep -c ' because=' "$dir/bpftrace.out")
	rm -f "$dir/bpftrace.out"
}

start_perf() {
	present perf || return 1
	(with_tracefs perf record -e skb:kfree_skb -a -g -o "$dir/perf.data") >"$dir/perf" 2>&1 &
	watcher=$!
	settled $watcher "$dir/perf"
}

# For the whole machine: perf has no filter for namespaces.
stop_perf() {
	end_peer
	kept=$(sed -n 's/.*(\([0-9]*\) samples).*/\1/p' "$dir/perf")
	rm -f "$dir/perf.data"
}

# xdpdump's own XDP program runs in the device's driver; otherwise it would use libpcap, as tcpdump
# does.
start_xdpdump() {
	present xdpdump || return 1
	nsenter --net="/run/netns/$server" xdpdump -i eth0 --load-xdp-program -s 128 -w "$dir/xdpdump.pcapng" \
		>"$dir/xdpdump" 2>&1 &
	watcher=$!
	settled $watcher "$dir/xdpdump"
}

stop_xdpdump() {
	end_peer
	kept=$(sed -n 's/^\([0-9]*\) packets captured$/\1/p' "$dir/xdpdump")
	rm -f "$dir/xdpdump.pcapng"
}
