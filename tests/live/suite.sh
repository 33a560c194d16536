#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: TOOL=... PEER=... suite.sh RESULTS tcpdropcap.lua [SCENARIO...]
# Plays and judges the scenarios (names or files), all by default. On some virtual machines, which
# run a service of their own as process 1, the kernel runs no BPF program in an interrupt of that
# process's threads: ftrace has the event, no BPF program has it. A scenario that fails while that
# happened is played again, twice at most, and the output says so. Where it did not happen, the
# first failure counts.
set -u
here=$(cd "$(dirname "$0")" && pwd)
results=$1 dissector=$2
shift 2
mkdir -p "$results"
tracefs=$(mktemp -d)
instance=$tracefs/instances/tcpdropcap$$

clean_up() {
	rmdir "$instance" 2>/dev/null
	umount "$tracefs" 2>/dev/null
	rmdir "$tracefs" 2>/dev/null
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# Watches what is freed and sent again, and what changes its state, in the context of process 1. A
# segment that has found no route has no protocol yet; what process 1 frees itself is not of a
# softirq (flag 0x10).
watch_process_1() {
	mount -t tracefs tracefs "$tracefs" 2>/dev/null && mkdir "$instance" 2>/dev/null &&
		ls /proc/1/task >"$instance/set_event_pid" &&
		echo 'protocol == 0x800 || protocol == 0x86dd || (protocol == 0 && common_flags & 0x10)' \
			>"$instance/events/skb/kfree_skb/filter" &&
		echo 1 >"$instance/events/skb/kfree_skb/enable" &&
		echo 1 >"$instance/events/sock/inet_sock_set_state/enable" &&
		echo 1 >"$instance/events/tcp/tcp_retransmit_skb/enable" &&
		echo 1 >"$instance/events/tcp/tcp_retransmit_synack/enable" &&
		echo 1 >"$instance/events/tcp/tcp_send_reset/enable"
}

has_missed() { grep -qs '^[^#]' "$instance/trace"; }

judge() {
	sh "$here/judge.sh" "$results" "$dissector" "$@"
	judge_status=$?
	[ $judge_status -le 1 ] || echo "not ok the judge: it died with exit status $judge_status"
}

failing() { sed -n 's/^not ok \([a-z0-9-]*\):.*/\1/p' "$results/judged" | sort -u; }

watch_process_1 2>/dev/null
sh "$here/provoke.sh" "$results" "$@"
judge "$@" >"$results/judged"
for attempt in second third; do
	again=$(failing)
	if [ -z "$again" ] || ! has_missed; then
		break
	fi
	for name in $again; do
		grep -m1 "^not ok $name:" "$results/judged" |
			sed "s/^not ok [^:]*/skip $name: this is a $attempt try; in the one before/"
		grep -v "^[a-z ]* $name: " "$results/judged" >"$results/others"
		mv "$results/others" "$results/judged"
	done
	# shellcheck disable=SC2086 # a list of names
	sh "$here/provoke.sh" "$results" $again
	# shellcheck disable=SC2086 # a list of names
	judge $again >>"$results/judged"
done
cat "$results/judged"
! grep -q '^not ok' "$results/judged"
