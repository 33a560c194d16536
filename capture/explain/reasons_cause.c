// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Causes: our words for drops for which the kernel gives no reason. */

/* clang-format off */
const struct explanation reasons_cause[] = {
	{ "listen-drop", EXPLAIN_ERROR,
	  "tcp_conn_request, tcp_v4_syn_recv_sock",
	  "The listener dropped the packet, although its accept queue and its queue of requests "
	  "had room.",
	  "No memory, no route back to the client, an LSM or a BPF program that refuses the "
	  "connection, a SYN to a multicast address; without SYN cookies also a client that is "
	  "not known, while the last quarter of net.ipv4.tcp_max_syn_backlog is in use.",
	  "`nstat TcpExtListenDrops` counts them, with those of full queues. `ip route get` the "
	  "client, `dmesg`, `sysctl net.ipv4.tcp_max_syn_backlog net.ipv4.tcp_syncookies`." },
	{ "listen-overflow", EXPLAIN_ERROR,
	  "tcp_conn_request, tcp_v4_syn_recv_sock",
	  "The accept queue of the listener is full: the program does not accept its connections "
	  "fast enough.",
	  "The program is busy or blocked, has too few threads, or gave listen() a small backlog; "
	  "net.core.somaxconn limits it. The client sends its SYN again after a second.",
	  "accept_queue and accept_queue_max are in the event; `ss -ltn` shows them as Recv-Q and "
	  "Send-Q. `nstat TcpExtListenOverflows` counts them." },
	{ "syn-queue-full", EXPLAIN_ERROR,
	  "tcp_conn_request, tcp_syn_flood_action",
	  "The listener has as many requests as its backlog permits, and SYN cookies are off.",
	  "A SYN flood, clients that do not complete the handshake because the SYN-ACK is lost, "
	  "or a small backlog.",
	  "syn_queue and accept_queue_max are in the event. `nstat TcpExtTCPReqQFullDrop` counts "
	  "them; `ss -tan state syn-recv`; `sysctl net.ipv4.tcp_syncookies` (1 answers them)." },
};
const size_t reasons_cause_count = sizeof(reasons_cause) / sizeof(reasons_cause[0]);
