// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Reasons of resets (6.10 and later). */

/* clang-format off */
const struct explanation reasons_reset[] = {
	{ "ERROR", EXPLAIN_ERROR,
	  "sk_rst_convert_mptcp_reason",
	  "The kernel met a reason for the reset that it cannot name.",
	  "A fault of the kernel, or a value that a later kernel knows.",
	  "Look at the stack; report it with the version of the kernel." },
	{ "INVALID_SYN", EXPLAIN_NOTE,
	  "tcp_check_req",
	  "A segment that does not fit ended a handshake before it was complete.",
	  "The peer restarted its connection from the same port; with "
	  "net.ipv4.tcp_abort_on_overflow the accept queue was full.",
	  "`nstat TcpExtEmbryonicRsts TcpExtListenOverflows`, `sysctl "
	  "net.ipv4.tcp_abort_on_overflow`. Look at the flow before it." },
	{ "MPTCP_RST_EBADPERF", EXPLAIN_NOTE,
	  "mptcp_subflow_reset, __mptcp_close_ssk",
	  "The performance of the MPTCP subflow was too bad.",
	  "The path is slow or loses much, compared with the others.",
	  "`ss -M`, `ss -tni`. Look at the losses on that path." },
	{ "MPTCP_RST_EMIDDLEBOX", EXPLAIN_WARN,
	  "subflow_check_data_avail",
	  "A middlebox disturbs the subflow of MPTCP, for example by changes that break its "
	  "checksum.",
	  "A proxy, a firewall or NAT that rewrites payload.",
	  "`nstat | grep -i mptcp` (checksum errors). Use another path, or bypass the middlebox." },
	{ "MPTCP_RST_EMPTCP", EXPLAIN_WARN,
	  "mptcp_send_active_reset_reason, subflow_check_data_avail",
	  "The options of MPTCP on a subflow are invalid.",
	  "A middlebox changes the options or the data, or one side has a fault.",
	  "`nstat | grep -i mptcp`, `ip mptcp monitor`. Compare the options on both sides." },
	{ "MPTCP_RST_EPROHIBIT", EXPLAIN_NOTE,
	  "subflow_v4_conn_request, subflow_syn_recv_sock",
	  "The configuration does not permit this subflow of MPTCP.",
	  "The limit of subflows or addresses, or the port has no listener for it.",
	  "`ip mptcp limits`, `ip mptcp endpoint`." },
	{ "MPTCP_RST_ERESOURCE", EXPLAIN_WARN,
	  "subflow_v4_conn_request, subflow_syn_recv_sock",
	  "The host has no resources for another subflow of MPTCP.",
	  "Memory is short, or the limit of subflows is reached.",
	  "`ip mptcp limits`, `nstat | grep -i mptcp`." },
	{ "MPTCP_RST_EUNSPEC", EXPLAIN_NOTE,
	  "mptcp_send_active_reset_reason, subflow_syn_recv_sock",
	  "A subflow of MPTCP was reset without a closer reason.",
	  "The connection as a whole was closed, or the peer gave none.",
	  "`ss -M`, `nstat | grep -i mptcp`, `ip mptcp monitor`." },
	{ "MPTCP_RST_EWQ2BIG", EXPLAIN_WARN,
	  "mptcp_subflow_reset",
	  "Too much data of an MPTCP subflow waits to be sent again.",
	  "The path was interrupted, and the data went through another subflow.",
	  "`ss -M`, `ip mptcp monitor`. Look at the losses on that path." },
	{ "NOT_SPECIFIED", EXPLAIN_WARN,
	  "tcp_v4_send_reset, tcp_send_active_reset",
	  "The function that sent the reset gives no reason.",
	  "A path of the kernel that has no reason of its own yet.",
	  "`nstat TcpOutRsts TcpExtTCPAbortOnData TcpExtTCPAbortOnClose` before and after shows "
	  "which counter moves with it." },
	{ "NO_SOCKET", EXPLAIN_NOTE,
	  "tcp_v4_send_reset, tcp_v6_send_reset",
	  "A packet came for a port or a connection that does not exist here, and the kernel "
	  "refused it.",
	  "A client tries a port on which nothing listens; the peer still sends after a close; a "
	  "connection was open before a restart; a scan.",
	  "`ss -ltn` shows whether the port has a listener, and in which namespace. `nstat "
	  "TcpOutRsts` counts the resets." },
	{ "TCP_ABORT_ON_CLOSE", EXPLAIN_WARN,
	  "__tcp_close, tcp_close",
	  "The program closed the connection while received data was not read.",
	  "The program ends or gives up while the peer still sends; a server closes after an "
	  "error without reading the request. The peer may lose data that it has not read yet.",
	  "`nstat TcpExtTCPAbortOnClose` counts them. The program should read until the end of "
	  "the data before close()." },
	{ "TCP_ABORT_ON_DATA", EXPLAIN_WARN,
	  "tcp_rcv_state_process",
	  "Data arrived for a connection that its program had already closed.",
	  "The program closes without reading to the end: a client gives up early, a server "
	  "answers an error and closes, a health check. The peer sees ECONNRESET.",
	  "`nstat TcpExtTCPAbortOnData` counts them. The program should read until the end of the "
	  "data, or call shutdown() before close()." },
	{ "TCP_ABORT_ON_LINGER", EXPLAIN_NOTE,
	  "__tcp_close",
	  "The program closed the connection and does not wait for the close of the peer "
	  "(TCP_LINGER2 below 0).",
	  "A program that sets TCP_LINGER2 so that no connection stays in FIN_WAIT2. A close with "
	  "SO_LINGER of 0 has the reason TCP_STATE.",
	  "`nstat TcpExtTCPAbortOnLinger`. It is harmless if the program means it." },
	{ "TCP_ABORT_ON_MEMORY", EXPLAIN_ERROR,
	  "tcp_check_oom, tcp_out_of_resources, __tcp_close",
	  "The kernel ended a connection that no program owns any more, because memory or the "
	  "number of such connections is at its limit.",
	  "Many peers that do not finish the close, or TCP's memory is exhausted.",
	  "`nstat TcpExtTCPAbortOnMemory TcpExtTCPMemoryPressures`; /proc/net/sockstat (orphan, "
	  "mem) against net.ipv4.tcp_max_orphans and net.ipv4.tcp_mem." },
	{ "TCP_ACK_UNSENT_DATA", EXPLAIN_WARN,
	  "tcp_rcv_state_process, tcp_ack",
	  "A segment of the handshake acknowledges data that this host has not sent.",
	  "A segment of an older connection between the same ports, or a forged one.",
	  "Compare the acknowledgement with the flow before it." },
	{ "TCP_DISCONNECT_WITH_DATA", EXPLAIN_NOTE,
	  "tcp_disconnect",
	  "The program disconnected the socket while data was not sent or not acknowledged.",
	  "connect() with AF_UNSPEC, or the end of an MPTCP subflow or of a tunnel over TCP.",
	  "Look at the owner and the stack. Data that was not acknowledged is lost." },
	{ "TCP_FLAGS", EXPLAIN_NOTE,
	  "tcp_rcv_state_process",
	  "A segment came whose flags are not possible in the state of the socket, such as an ACK "
	  "for a listener.",
	  "The listener has no such connection: this host has restarted, the connection has "
	  "ended, or its handshake was forgotten. Else a scan, or a broken peer.",
	  "Look at the flow before it: the answer to a late packet of a connection that has ended "
	  "is harmless." },
	{ "TCP_INVALID_ACK_SEQUENCE", EXPLAIN_WARN,
	  "tcp_rcv_synsent_state_process",
	  "The answer to the SYN acknowledged something that this host has not sent.",
	  "The peer still has an older connection with the same ports; a middlebox answers for "
	  "the peer.",
	  "Look at the flow before it. Short-lived connections from few ports cause it." },
	{ "TCP_KEEPALIVE_TIMEOUT", EXPLAIN_WARN,
	  "tcp_keepalive_timer",
	  "The peer answered none of the keepalive probes, or TCP_USER_TIMEOUT is over.",
	  "The peer was switched off or moved, or a NAT or firewall on the way has forgotten the "
	  "idle connection.",
	  "`nstat TcpExtTCPKeepAlive TcpExtTCPAbortOnTimeout`; `ss -tno` (keepalive). A shorter "
	  "net.ipv4.tcp_keepalive_time keeps state on the way alive." },
	{ "TCP_OLD_ACK", EXPLAIN_NOTE,
	  "tcp_rcv_state_process, tcp_ack",
	  "An acknowledgement during the handshake is older than the connection.",
	  "The peer answers for an older connection with the same ports.",
	  "Look at the flow before it; it ends with a new attempt of the peer." },
	{ "TCP_RFC7323_PAWS", EXPLAIN_WARN,
	  "tcp_rcv_synsent_state_process",
	  "The handshake failed because a timestamp is older than it may be (PAWS, RFC 7323).",
	  "Several hosts share an address by NAT and reuse a port; a load balancer mixes "
	  "timestamps of several clocks.",
	  "`nstat TcpExtPAWSActive TcpExtPAWSEstab`. Compare the TSval before and after a device "
	  "that translates." },
	{ "TCP_STATE", EXPLAIN_NOTE,
	  "tcp_disconnect, tcp_abort, tcp_keepalive_timer",
	  "A connection was ended at once in a state in which TCP requires a reset for that.",
	  "The program closed it with SO_LINGER of 0 (load generators, proxies, health checks), "
	  "or an administrator or program ended it (`ss -K`, SOCK_DESTROY). A FIN_WAIT2 of a "
	  "closed socket has timed out.",
	  "`nstat TcpExtTCPAbortOnData` counts closes with SO_LINGER of 0; the owner and the "
	  "stack show who ended it. Data that was not acknowledged is lost." },
	{ "TCP_TIMEWAIT_SOCKET", EXPLAIN_NOTE,
	  "tcp_v4_rcv, tcp_v6_rcv, tcp_timewait_state_process",
	  "A segment arrived for a connection in TIME_WAIT that it cannot belong to.",
	  "The peer has forgotten the connection and reuses the port, or still sends after both "
	  "sides have closed.",
	  "`ss -tan state time-wait`; `nstat TcpExtTW`. It is harmless unless new connections "
	  "fail." },
	{ "TCP_TOO_OLD_ACK", EXPLAIN_NOTE,
	  "tcp_rcv_state_process, tcp_ack",
	  "An acknowledgement during the handshake or the close is older than any window of the "
	  "connection.",
	  "A very old duplicate, or somebody who forges segments blindly.",
	  "`nstat TcpExtTCPChallengeACK`. Look at the sender and the age of the packet." },
};
const size_t reasons_reset_count = sizeof(reasons_reset) / sizeof(reasons_reset[0]);
/* clang-format on */
