#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: unseen.sh BUILD [PACKETS [ROUNDS]]
# Measures what a capture costs that also sees the SYNs which listeners drop, counts what XDP drops
# and makes the account: a flood of SYNs that a firewall drops, without a capture, with one as it is
# by default, with one that has none of that (--no-account --listen-drops off), and with one that
# sees the SYNs by consume_skb, in turn; and packets of which none is dropped.
# UNSEEN_SECONDS: of each transfer (3). Needs root; figures to quote need a machine that runs
# nothing else.
# shellcheck disable=SC2154,SC2034,SC2016 # variables of the sourced parts; backquotes of Markdown
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 tests=$1/tests name=unseen prefix=b$$
packets=${2:-400000} runs=${3:-9} seconds=${UNSEEN_SECONDS:-3}
TOOL=$build/tcpdropcap PEER=$build/tests/peer
dir=$(mktemp -d)

# shellcheck source=tests/live/lib.sh
. "$here/../live/lib.sh"
# shellcheck source=tests/bench/lib.sh
. "$here/lib.sh"

clean_up() {
	trap "" INT TERM HUP
	lab_down
	rm -rf "$dir"
}

start_with() { # OPTIONS of the capture
	tool_options=$*
	start_tool
}

start_default() { start_with; }
stop_default() { stop_tool; }
start_bare() { start_with --no-account --listen-drops off; }
stop_bare() { stop_tool; }
start_consume() { start_with --listen-drops consume; }
stop_consume() { stop_tool; }

# CPU time of all threads, by the scheduler's count.
cpu_ns() { cat "/proc/$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

# transfer RESULT [OPTION...]: a bulk transfer over the loopback device, which drops nothing.
# Appends the time of the programs for each packet, and the share of a core that the process has, to
# RESULT.bpf and RESULT.cpu.
transfer() {
	result=$1
	shift
	tool_under=$tests/bpf_stats
	start_with -v "$@" || return 1
	tool_under=
	process=$(pgrep -xP "$watcher" tcpdropcap || echo "$watcher")
	in_ns "$server" iperf3 -s -1 >/dev/null 2>&1 &
	receiver=$!
	wait_until 'the receiver to listen' listens
	before=$(cpu_ns "$process") since=$(now_ns) sent=$(device_count "$server" lo tx_packets)
	in_ns "$server" iperf3 -c 127.0.0.1 -t "$seconds" >/dev/null
	took=$(($(now_ns) - since)) spent=$(($(cpu_ns "$process") - before))
	sent=$(($(device_count "$server" lo tx_packets) - sent))
	wait $receiver
	kill -INT "$process"
	wait "$watcher" || return 1
	calc '%.6f\n' "100 * $spent / $took" >>"$dir/$result.cpu"
	calc '%.0f\n' "1e9 * $sent / $took" >>"$dir/$result.rate"
	awk -v sent=$sent '/: [0-9]* runs, [0-9]* ns each/ {
		for (i = 2; i <= NF; i++) if ($i == "runs,") runs = $(i - 1); else if ($i == "ns") sum += runs * $(i - 1)
	} END { printf "%.6f\n", sum / sent }' "$dir/summary" >>"$dir/$result.bpf"
}

listens() { [ -n "$(in_ns "$server" ss -Htln 'sport = :5201')" ]; }

# The fastest round is the one that other programs have disturbed least.
best() { sort -n "$dir/dropped.$1" | tail -1; } # WATCHER

row_flood() { # WATCHER BASE TARGET WHAT
	row "flood of dropped SYNs, rate with $4" "$3" "$(ratios "$dir/dropped.$1" "$dir/dropped.$2" | spread '%.3f'); best rounds: $(
		calc '%.3f' "$(best "$1") / $(best "$2")")"
}

row_transfer() { # RESULT WHAT
	row "100,000 packets a second of which none is dropped, $2: programs of BPF" 'at most 0.1% of a core' \
		"$(awk '{ print $1 / 100 }' "$dir/$1.bpf" | spread '%.4f%%'); $(spread '%.2f ns' <"$dir/$1.bpf") a packet, at $(
		spread '%.0f' <"$dir/$1.rate") a second"
	row "the same: the process" 'at most 0.1% of a core, with the programs' "$(spread '%.3f%%' <"$dir/$1.cpu") of a core"
}

trap clean_up EXIT
trap 'exit 1' INT TERM HUP
if ! lab_up || ! rule "$server" input tcp dport 7 drop || ! ip -n "$server" link set lo up; then
	say 'unseen: cannot make namespaces: run as root'
	exit 1
fi
for round in $(seq "$runs"); do
	say "unseen: round $round of $runs"
	for watcher in none default bare consume; do
		watch dropped $watcher "$packets" || say "unseen: a round of $watcher failed: $why"
	done
	transfer passed || say 'unseen: a transfer failed'
	transfer passed-consume --listen-drops consume || say 'unseen: a transfer failed'
done
printf '%s, Linux %s, %s cores, %s; medians of %s rounds of %s packets (lowest to highest)\n\n' \
	"$(date +%F)" "$(uname -r)" "$(nproc)" "$("$TOOL" -V)" "$runs" "$packets" >"$dir/table"
printf '| what | target | measured |\n|---|---|---|\n' >>"$dir/table"
row_flood default bare 'at least 0.99' 'a capture; with `--no-account --listen-drops off` = 1'
row_flood default none - 'a capture; without = 1'
row_flood consume default - '`--listen-drops consume`; by default = 1'
row_transfer passed 'by default'
row_transfer passed-consume '`--listen-drops consume`'
cat "$dir/table"
