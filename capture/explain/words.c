// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Events, kinds of retransmissions, and TCP's states, in the order of their numbers. */

/* clang-format off */
const struct explanation event_words[] = {
	{ "drop", EXPLAIN_WARN,
	  "kfree_skb, sk_skb_reason_drop",
	  "The kernel discarded the packet before it reached its destination.",
	  "Packet filters, full queues and buffers, missing routes or neighbours, segments that "
	  "TCP does not accept.",
	  "The reason, which kernels give since 5.17, says why; the location and the stack say "
	  "where. `tcpdropcap explain REASON` explains a reason." },
	{ "retransmit", EXPLAIN_WARN,
	  "tcp_retransmit_skb, __tcp_retransmit_skb",
	  "The kernel sent a segment again, because it was not acknowledged.",
	  "The segment or its acknowledgement was lost or late; the kind says how TCP found out.",
	  "`nstat TcpRetransSegs`; `ss -tni` (retrans, lost). `tcpdropcap compare` with a capture "
	  "of the wire finds out whether the segment was lost at all." },
	{ "synack", EXPLAIN_WARN,
	  "tcp_rtx_synack, inet_rtx_syn_ack",
	  "The kernel sent a SYN-ACK again, because the handshake was not completed.",
	  "The SYN-ACK or the last segment of the handshake was lost; the client has gone away; a "
	  "SYN flood.",
	  "`nstat TcpExtTCPSynRetrans TcpExtTCPReqQFullDrop`; `ss -tan state syn-recv`." },
	{ "tlp", EXPLAIN_CHAT,
	  "tcp_send_loss_probe",
	  "TCP tried a tail loss probe: no acknowledgement came for about two round trips.",
	  "The last segments of a burst, or their acknowledgement, are lost or late.",
	  "`nstat TcpExtTCPLossProbes TcpExtTCPLossProbeRecovery`. By itself it is harmless: it "
	  "replaces a timeout." },
	{ "reset", EXPLAIN_NOTE,
	  "tcp_v4_send_reset, tcp_send_active_reset, tcp_reset",
	  "A reset was sent or received: the connection has ended at once, or did not exist.",
	  "A refused connection, a program that closed with unread data, a timeout, a peer that "
	  "has restarted.",
	  "The reason and dir say who sent it and why. `nstat TcpOutRsts TcpEstabResets "
	  "TcpAttemptFails`." },
	{ "state", EXPLAIN_CHAT,
	  "inet_sk_set_state, inet_sk_state_store",
	  "A TCP socket changed its state.",
	  "Connections that open and close; each makes several changes at either end.",
	  "old_state and state are the change. `tcpdropcap count -e state --by old_state,state` "
	  "counts them." },
	{ "life", EXPLAIN_CHAT,
	  "tcp_set_state, tcp_done",
	  "A connection has ended: its socket went to CLOSE.",
	  "A close by either end, a reset, a timeout, or a connection that was refused.",
	  "ended says how, duration_us how long it was; `tcpdropcap life` prints a line for each "
	  "connection." },
};
const size_t event_words_count = sizeof(event_words) / sizeof(event_words[0]);

const struct explanation kind_words[] = {
	{ "rto", EXPLAIN_WARN,
	  "tcp_retransmit_timer",
	  "The retransmission timeout expired: nothing was acknowledged for the whole time.",
	  "All of a window or the last segments were lost, the path was interrupted, or the peer "
	  "has gone away.",
	  "`ss -tni` (rto, backoff), `nstat TcpExtTCPTimeouts TcpExtTCPSpuriousRTOs`. Several in "
	  "a row (retransmits) mean that the path or the peer is gone." },
	{ "fast", EXPLAIN_NOTE,
	  "tcp_xmit_retransmit_queue, tcp_fastretrans_alert",
	  "Selective or duplicate acknowledgements showed that the segment is missing (fast "
	  "retransmit).",
	  "Congestion or an error on the path lost single segments, or packets were reordered.",
	  "`nstat TcpExtTCPFastRetrans TcpExtTCPSACKReorder`; `ss -tni` (lost, sacked, "
	  "reordering). A low rate is the ordinary work of TCP." },
	{ "tlp", EXPLAIN_NOTE,
	  "tcp_send_loss_probe",
	  "A tail loss probe sent the last segment again, about two round trips after it.",
	  "The end of a burst, or its acknowledgement, was lost or late.",
	  "`nstat TcpExtTCPLossProbes TcpExtTCPLossProbeRecovery`. Many without losses mean that "
	  "acknowledgements are late." },
	{ "syn", EXPLAIN_WARN,
	  "tcp_retransmit_timer",
	  "The SYN of a connection was sent again, because no answer came.",
	  "The server is down, a firewall drops the SYN or the answer, or the accept queue of the "
	  "server is full.",
	  "`nstat TcpExtTCPSynRetrans`; on the server `nstat TcpExtListenOverflows "
	  "TcpExtListenDrops`; a capture of the wire on both sides." },
	{ "synack", EXPLAIN_WARN,
	  "tcp_rtx_synack, inet_rtx_syn_ack",
	  "The SYN-ACK of a handshake was sent again, because its last segment did not come.",
	  "The SYN-ACK or the answer was lost, the client has gone away, the accept queue is "
	  "full, or a SYN flood.",
	  "`nstat TcpExtListenOverflows TcpExtTCPReqQFullDrop`; `ss -ltn`, `ss -tan state "
	  "syn-recv`." },
};
const size_t kind_words_count = sizeof(kind_words) / sizeof(kind_words[0]);

const struct explanation state_words[] = {
	{ "ESTABLISHED", EXPLAIN_CHAT,
	  "",
	  "The connection is open in both directions.",
	  "The handshake is complete, and neither side has closed.",
	  "`ss -tni state established`." },
	{ "SYN_SENT", EXPLAIN_CHAT,
	  "",
	  "This side has sent a SYN and waits for the answer.",
	  "A program has called connect().",
	  "`ss -tan state syn-sent`. Many of them mean that servers do not answer." },
	{ "SYN_RECV", EXPLAIN_CHAT,
	  "",
	  "A SYN was received and answered, and the last segment of the handshake is missing.",
	  "A client connects; simultaneous open.",
	  "`ss -tan state syn-recv`. Many of them mean lost SYN-ACKs or a SYN flood." },
	{ "FIN_WAIT1", EXPLAIN_CHAT,
	  "",
	  "This side has closed and waits until its FIN is acknowledged.",
	  "A program has called close() or shutdown().",
	  "`ss -tano state fin-wait-1`. Many of them mean peers that do not answer." },
	{ "FIN_WAIT2", EXPLAIN_CHAT,
	  "",
	  "This side has closed, and the peer has acknowledged that but has not closed.",
	  "The peer still sends, or its program does not close.",
	  "`ss -tano state fin-wait-2`; net.ipv4.tcp_fin_timeout." },
	{ "TIME_WAIT", EXPLAIN_CHAT,
	  "",
	  "Both sides have closed, and this one keeps the addresses for a minute against late "
	  "packets.",
	  "The side that closes first gets this state.",
	  "`ss -tan state time-wait`. It is harmless; many of them can use up the ports of a "
	  "client." },
	{ "CLOSE", EXPLAIN_CHAT,
	  "",
	  "The socket has no connection.",
	  "It is new, or its connection has ended.",
	  "Look at the events before this one." },
	{ "CLOSE_WAIT", EXPLAIN_NOTE,
	  "",
	  "The peer has closed, and the program on this side has not.",
	  "The program still has something to do, or forgets to close its sockets.",
	  "`ss -tanp state close-wait`. A growing number is a fault of the program." },
	{ "LAST_ACK", EXPLAIN_CHAT,
	  "",
	  "Both sides have closed, and the acknowledgement of the last FIN is missing.",
	  "The ordinary end of a connection that the peer closed first.",
	  "`ss -tano state last-ack`." },
	{ "LISTEN", EXPLAIN_CHAT,
	  "",
	  "The socket accepts connections.",
	  "A server.",
	  "`ss -ltn` shows the length and the limit of its queue." },
	{ "CLOSING", EXPLAIN_CHAT,
	  "",
	  "Both sides have closed at the same time, and the acknowledgement of the FIN is missing.",
	  "A simultaneous close.",
	  "`ss -tano state closing`." },
	{ "NEW_SYN_RECV", EXPLAIN_CHAT,
	  "",
	  "A SYN was received and answered; the connection has no full socket yet.",
	  "A client connects. `ss` shows it as SYN-RECV.",
	  "`ss -tan state syn-recv`. Many of them mean lost SYN-ACKs or a SYN flood." },
	{ "BOUND_INACTIVE", EXPLAIN_CHAT,
	  "",
	  "The socket has an address but neither listens nor connects.",
	  "A program has called bind() alone.",
	  "`ss -tan state bound-inactive`." },
};
const size_t state_words_count = sizeof(state_words) / sizeof(state_words[0]);

const struct explanation ca_state_words[] = {
	{ "Open", EXPLAIN_CHAT,
	  "",
	  "The connection is in its normal state: nothing points to a loss.",
	  "Ordinary traffic, or a loss that TCP has not noticed yet.",
	  "`ss -tni`." },
	{ "Disorder", EXPLAIN_CHAT,
	  "",
	  "Duplicate or selective acknowledgements came, but not enough to infer a loss.",
	  "Reordering, or the beginning of a recovery.",
	  "`ss -tni` (sacked, reordering), `nstat TcpExtTCPSACKReorder`." },
	{ "CWR", EXPLAIN_NOTE,
	  "",
	  "TCP reduces its congestion window without a loss.",
	  "The network marks packets (ECN), or the queue of this host is full.",
	  "`ss -tni` (ecn), `nstat TcpExtTCPDeliveredCE`, `tc -s qdisc show dev DEVICE`." },
	{ "Recovery", EXPLAIN_NOTE,
	  "",
	  "TCP repairs losses that selective acknowledgements have shown, with a smaller window.",
	  "Single segments were lost on the path.",
	  "`ss -tni` (lost, retrans), `nstat TcpExtTCPSackRecovery`." },
	{ "Loss", EXPLAIN_WARN,
	  "",
	  "A timeout has expired: TCP considers all segments in flight lost and starts with a "
	  "small window.",
	  "The path was interrupted, or the end of a burst was lost.",
	  "`ss -tni` (backoff, lost), `nstat TcpExtTCPTimeouts TcpExtTCPLossFailures`." },
};
const size_t ca_state_words_count = sizeof(ca_state_words) / sizeof(ca_state_words[0]);
/* clang-format on */
