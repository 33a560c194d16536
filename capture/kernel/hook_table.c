// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "hook_table.h"
#include "hooks.h"

#define LISTEN_DROPS "SYNs that full listeners drop"
#define RECEIVER     "socket and state of drops on receipt"

const struct hook hooks_table[] = {
	{ .program = "on_kfree_skb",
	  .provides = "drop events",
	  .role = ROLE_EVENT_REPEATED,
	  .kind = EVENT_DROP },
	{ .program = "on_kfree_skb_nested", .provides = "nested drop events", .kind = EVENT_DROP },
	/*
	 * A function's exit comes before its entry: what the entry notes would remain for ever
	 * without it.
	 */
	{ .program = "on_tcp_v4_do_rcv_exit",
	  .provides = RECEIVER,
	  .role = ROLE_SOCKET,
	  .when = WHEN_NO_RX_SK,
	  .kind = EVENT_DROP },
	{ .program = "on_tcp_v4_do_rcv",
	  .provides = RECEIVER,
	  .role = ROLE_SOCKET,
	  .when = WHEN_NO_RX_SK,
	  .kind = EVENT_DROP,
	  .requires = "on_tcp_v4_do_rcv_exit",
	  .reported_with = "on_tcp_v4_do_rcv_exit" },
	/* It knows drops within TCP by what the entry has noted. */
	{ .program = "on_silent_kfree_skb",
	  .provides = "drops within TCP",
	  .when = WHEN_SILENT_DROP,
	  .kind = EVENT_DROP,
	  .requires = "on_tcp_v4_do_rcv" },
	{ .program = "on_tcp_v6_do_rcv_exit",
	  .provides = RECEIVER " (IPv6)",
	  .role = ROLE_SOCKET,
	  .when = WHEN_NO_RX_SK,
	  .kind = EVENT_DROP,
	  .reported_with = "on_tcp_v4_do_rcv_exit" },
	{ .program = "on_tcp_v6_do_rcv",
	  .provides = RECEIVER " (IPv6)",
	  .role = ROLE_SOCKET,
	  .when = WHEN_NO_RX_SK,
	  .kind = EVENT_DROP,
	  .requires = "on_tcp_v6_do_rcv_exit",
	  .reported_with = "on_tcp_v6_do_rcv_exit" },
	{ .program = "on_tcp_conn_request_exit",
	  .provides = LISTEN_DROPS,
	  .when = WHEN_LISTEN_FENTRY,
	  .kind = EVENT_DROP },
	{ .program = "on_tcp_conn_request",
	  .provides = LISTEN_DROPS,
	  .when = WHEN_LISTEN_FENTRY,
	  .kind = EVENT_DROP,
	  .requires = "on_tcp_conn_request_exit",
	  .reported_with = "on_tcp_conn_request_exit" },
	/*
	 * Nearly all runs are for packets that were not dropped: those that the kernel has skipped
	 * are no events. The next run for a listener counts what it has missed.
	 */
	{ .program = "on_consume_skb",
	  .provides = "the same, with --listen-drops consume",
	  .role = ROLE_EVENT_REPEATED,
	  .when = WHEN_LISTEN_CONSUME,
	  .kind = EVENT_DROP },
	{ .program = "on_tcp_retransmit_skb",
	  .provides = "retransmit events",
	  .role = ROLE_EVENT_REPEATED,
	  .kind = EVENT_RETRANSMIT },
	{ .program = "on_tcp_retransmit_skb_nested",
	  .provides = "nested retransmit events",
	  .kind = EVENT_RETRANSMIT },
	{ .program = "on_tcp_retransmit_synack",
	  .provides = "synack events",
	  .role = ROLE_EVENT_REPEATED,
	  .kind = EVENT_SYNACK },
	{ .program = "on_tcp_retransmit_synack_nested",
	  .provides = "nested synack events",
	  .kind = EVENT_SYNACK },
	{ .program = "on_tcp_send_loss_probe", .provides = "tlp events", .kind = EVENT_TLP },
	{ .program = "on_kprobe_tcp_send_loss_probe",
	  .provides = "tlp events",
	  .kind = EVENT_TLP,
	  .fallback_of = "on_tcp_send_loss_probe" },
	{ .program = "on_tcp_send_reset",
	  .provides = "events of resets sent",
	  .role = ROLE_EVENT_REPEATED,
	  .kind = EVENT_RESET },
	{ .program = "on_tcp_send_reset_nested",
	  .provides = "nested events of resets sent",
	  .kind = EVENT_RESET },
	{ .program = "on_tcp_receive_reset",
	  .provides = "events of resets received",
	  .role = ROLE_EVENT_REPEATED,
	  .kind = EVENT_RESET },
	{ .program = "on_tcp_receive_reset_nested",
	  .provides = "nested events of resets received",
	  .kind = EVENT_RESET },
	{ .program = "on_inet_sock_set_state",
	  .provides = "owners of sockets that are closed already, state and life events",
	  .role = ROLE_OWNER,
	  .reports = 1U << EVENT_STATE | 1U << EVENT_LIFE },
	{ .program = "on_inet_sock_set_state_nested",
	  .provides = "nested state and life events",
	  .reports = 1U << EVENT_STATE | 1U << EVENT_LIFE },
	{ .program = "on_tcp_destroy_sock",
	  .provides = "the end of sockets (owners may be stale)",
	  .role = ROLE_OWNER },
	{ .program = "on_inet_csk_accept",
	  .provides = "owners at the moment of accept",
	  .role = ROLE_OWNER },
	{ .program = "on_task_file", .provides = "owners by their open files", .role = ROLE_SCAN },
};

const unsigned int hooks_table_count = sizeof(hooks_table) / sizeof(hooks_table[0]);

_Static_assert(sizeof(hooks_table) / sizeof(hooks_table[0]) <= HOOKS_MAX, "each hook has a state");
