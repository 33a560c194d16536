#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a guest (COST=1 initrd.sh ...): measures what the hooks cost a receiver, with a hundred
# megabytes over loopback: elapsed time without and with tcpdropcap, in turn, and each hook's own
# time by the kernel's count.
set -u
: "${TOOL:?}" "${PEER:?}"
ip netns add cost
ip -n cost link set lo up
ip netns exec cost "$PEER" serve 127.0.0.1 7001 read >/tmp/serve 2>&1 &
sleep 1

now_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

transfer() {
	before=$(now_ms)
	ip netns exec cost "$PEER" connect 127.0.0.1 7001 -b 100000000 >/dev/null
	echo "$1: $(($(now_ms) - before)) ms"
}

with_tool() { # LABEL
	"$TOOL" -v -w /tmp/cost.pcapng 2>/tmp/cost-summary &
	tool=$!
	until grep -q capturing /tmp/cost-summary; do sleep 0.1; done
	transfer "$1"
	kill -INT $tool
	wait $tool
}

for _ in 1 2 3 4 5; do
	transfer without
	with_tool with
done
sysctl -q -w kernel.bpf_stats_enabled=1
with_tool 'with, and the kernel counts'
cat /tmp/cost-summary
