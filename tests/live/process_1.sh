# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# On some virtual machines, which run a service of their own as process 1, the kernel runs no BPF
# program in an interrupt of that process's threads: ftrace has the event, no BPF program has it.
# What these threads free, send again, reset, or whose state they change, is traced, so that a test
# knows whether this may have happened.
process_1_tracefs=$(mktemp -d)
process_1_trace=$process_1_tracefs/instances/tcpdropcap$$

# A segment that has found no route has no protocol yet; what process 1 frees itself is not of a
# softirq (flag 0x10).
process_1_watch() {
	mount -t tracefs tracefs "$process_1_tracefs" && mkdir "$process_1_trace" &&
		ls /proc/1/task >"$process_1_trace/set_event_pid" &&
		echo 'protocol == 0x800 || protocol == 0x86dd || (protocol == 0 && common_flags & 0x10)' \
			>"$process_1_trace/events/skb/kfree_skb/filter" &&
		for event in skb/kfree_skb sock/inet_sock_set_state tcp/tcp_retransmit_skb tcp/tcp_retransmit_synack tcp/tcp_send_reset; do
			echo 1 >"$process_1_trace/events/$event/enable" || return 1
		done
}

process_1_unwatch() {
	rmdir "$process_1_trace" 2>/dev/null
	umount "$process_1_tracefs" 2>/dev/null
	rmdir "$process_1_tracefs" 2>/dev/null
}

process_1_is_watched() { [ -e "$process_1_trace/trace" ]; }
process_1_forget() { ! process_1_is_watched || : >"$process_1_trace/trace"; }

# Since the start, or since it was forgotten.
process_1_has_missed() { grep -qs '^[^#]' "$process_1_trace/trace"; }
