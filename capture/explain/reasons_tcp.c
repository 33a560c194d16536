// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Reasons of drops within TCP and at its sockets. */

/* clang-format off */
const struct explanation reasons_tcp[] = {
	{ "NO_SOCKET", EXPLAIN_NOTE,
	  "tcp_v4_rcv, tcp_v6_rcv",
	  "No socket accepts this packet, and the kernel answers it with a reset unless it is one.",
	  "A client tries a port on which nothing listens; the peer still sends after this side "
	  "has closed; a connection was open before a restart or before its state in a firewall "
	  "expired; a scan.",
	  "`ss -ltn` shows whether the port has a listener, and in which namespace. `nstat "
	  "TcpOutRsts` counts the answers. A FIN or RST of a closed connection is harmless." },
	{ "PFMEMALLOC", EXPLAIN_ERROR,
	  "sk_filter_trim_cap",
	  "The packet was received in memory that is reserved for swapping, and the socket may "
	  "not use it.",
	  "The host has run out of memory: the driver got its buffer from the emergency reserve.",
	  "`nstat TcpExtPFMemallocDrop` counts them. Look at free memory, `dmesg` and "
	  "vm.min_free_kbytes." },
	{ "PROTO_MEM", EXPLAIN_ERROR,
	  "tcp_data_queue, tcp_data_queue_ofo, tcp_try_rmem_schedule",
	  "The receive buffer of the socket, or the memory that TCP may use, is exhausted.",
	  "The program reads too slowly for the rate; many connections hold unread data; "
	  "net.ipv4.tcp_mem or the memory limit of the cgroup is reached.",
	  "`nstat TcpExtTCPRcvQDrop TcpExtTCPOFODrop TcpExtTCPMemoryPressures`; "
	  "/proc/net/sockstat against net.ipv4.tcp_mem; `ss -tnm` (rb, d); memory.stat of the "
	  "cgroup." },
	{ "QUEUE_PURGE", EXPLAIN_CHAT,
	  "skb_queue_purge_reason, __skb_queue_purge",
	  "The packet was in a queue that was emptied as a whole.",
	  "A socket was closed with unread data, a device or a tunnel was removed, or a neighbour "
	  "entry was deleted.",
	  "The stack names the function that emptied the queue. It needs no action if something "
	  "was closed on purpose." },
	{ "SOCKET_BACKLOG", EXPLAIN_ERROR,
	  "tcp_add_backlog",
	  "The socket was in use by its program, and the queue in which packets wait for it was "
	  "full.",
	  "A program holds the socket for long in one system call while data arrives fast; many "
	  "CPUs send to one listener; the receive and send buffers are small for the rate.",
	  "`nstat TcpExtTCPBacklogDrop` counts them, `ss -tmn` shows the backlog (bl) and the "
	  "drops (d). Larger net.ipv4.tcp_rmem and tcp_wmem raise the limit." },
	{ "SOCKET_RCVBUFF", EXPLAIN_WARN,
	  "sock_queue_rcv_skb_reason",
	  "The receive buffer of a socket that gets whole packets is full.",
	  "A raw socket of a monitoring program does not read fast enough; TCP itself reports "
	  "PROTO_MEM or TCP_ZEROWINDOW instead.",
	  "`ss -wnm` shows raw sockets and their drops. Raise the buffer (SO_RCVBUF, "
	  "net.core.rmem_max) or read faster." },
	{ "TCP_ABORT_ON_DATA", EXPLAIN_WARN,
	  "tcp_rcv_state_process",
	  "Data arrived for a connection that its program had already closed, so the kernel reset "
	  "the connection.",
	  "The program closes without reading to the end: a client gives up early, a server "
	  "answers an error and closes, a health check. The peer sees ECONNRESET.",
	  "`nstat TcpExtTCPAbortOnData` counts them. The program should read until the end of the "
	  "data, or call shutdown() before close()." },
	{ "TCP_ACK_UNSENT_DATA", EXPLAIN_WARN,
	  "tcp_ack",
	  "The segment acknowledges data that this host has not sent.",
	  "A segment of an older connection between the same ports, a middlebox that translates "
	  "sequence numbers badly, or a forged segment.",
	  "`nstat TcpExtTCPChallengeACK TcpExtTCPACKSkippedChallenge`. Compare the "
	  "acknowledgement with the flow before it." },
	{ "TCP_CLOSE", EXPLAIN_CHAT,
	  "tcp_rcv_state_process",
	  "The socket is closed: the packet came too late for it.",
	  "The connection ended, by a reset or a close, while this packet waited for the socket.",
	  "`ss -tan` shows the state of the connection. It needs no action." },
	{ "TCP_CSUM", EXPLAIN_ERROR,
	  "tcp_v4_rcv, tcp_v6_rcv, tcp_rcv_established",
	  "The checksum over the TCP header and the data is wrong.",
	  "A faulty cable, card or memory on the path; a driver or a virtual switch that computes "
	  "no checksum although it says so; a tunnel that changes packets.",
	  "`nstat TcpInCsumErrors TcpInErrs` counts them. `ethtool -K DEVICE rx off tx off` shows "
	  "whether an offload is at fault, `ethtool -S DEVICE` has the errors of the card." },
	{ "TCP_FASTOPEN", EXPLAIN_NOTE,
	  "tcp_rcv_state_process",
	  "The segment does not fit the handshake of a connection that TCP Fast Open has opened "
	  "early.",
	  "A wrong or old acknowledgement during a Fast Open handshake.",
	  "`nstat TcpExtTCPFastOpenPassiveFail`; net.ipv4.tcp_fastopen switches it off." },
	{ "TCP_FLAGS", EXPLAIN_NOTE,
	  "tcp_rcv_state_process, tcp_rcv_established, tcp_rcv_synsent_state_process",
	  "The TCP flags are not possible in the state of the socket, such as an ACK for a "
	  "listener.",
	  "The listener has no such connection: this host has restarted, the connection has "
	  "ended, or its handshake was forgotten. Else a segment without ACK in an open "
	  "connection, SYN with FIN, a scan, or a broken peer.",
	  "Look at the flags, at the state and at the flow before it: a late packet of a "
	  "connection that has ended is harmless." },
	{ "TCP_INVALID_ACK_SEQUENCE", EXPLAIN_WARN,
	  "tcp_rcv_synsent_state_process, tcp_rcv_state_process",
	  "The answer to a SYN acknowledges something that this host has not sent.",
	  "The peer still has an older connection with the same ports; a middlebox answers for "
	  "the peer; a forged answer.",
	  "Look at the flow: the kernel answers with a reset and tries again. Short-lived "
	  "connections from few ports cause it." },
	{ "TCP_INVALID_END_SEQUENCE", EXPLAIN_NOTE,
	  "tcp_validate_incoming, tcp_sequence",
	  "The segment begins in the receive window but ends after it.",
	  "The peer sends more than the window permits while data waits to be read.",
	  "`nstat TcpExtBeyondWindow` counts them; `ss -tnmi` shows the window. Look at the "
	  "peer's TCP." },
	{ "TCP_INVALID_SEQUENCE", EXPLAIN_WARN,
	  "tcp_validate_incoming, tcp_sequence",
	  "The segment begins after the end of the receive window.",
	  "A segment of an older connection between the same ports, a middlebox with wrong state, "
	  "a forged segment, or a peer that ignores the window.",
	  "`nstat TcpExtTCPChallengeACK TcpExtBeyondWindow`. Compare the sequence number with the "
	  "flow before it." },
	{ "TCP_INVALID_SYN", EXPLAIN_NOTE,
	  "tcp_validate_incoming",
	  "A SYN arrived in an open connection, and the kernel answers with a challenge "
	  "acknowledgement.",
	  "The peer has restarted or lost its connection and reuses the port; a duplicate SYN; a "
	  "forged one.",
	  "`nstat TcpExtTCPSYNChallenge TcpExtTCPChallengeACK` counts them. A real peer resets "
	  "the old connection and connects again." },
	{ "TCP_LISTEN_OVERFLOW", EXPLAIN_ERROR,
	  "tcp_check_req",
	  "The handshake is complete, but the listener has no room for the connection in its "
	  "accept queue.",
	  "The program does not call accept() fast enough, or its backlog is too small for bursts.",
	  "`nstat TcpExtListenOverflows TcpExtListenDrops`; `ss -ltn` shows the length (Recv-Q) "
	  "and limit (Send-Q) of the queue. Raise the backlog of listen() and net.core.somaxconn." },
	{ "TCP_MINTTL", EXPLAIN_NOTE,
	  "tcp_v4_rcv, tcp_v6_rcv",
	  "The TTL or hop limit is lower than the socket permits.",
	  "The socket demands a minimum (IP_MINTTL, IPV6_MINHOPCOUNT), as BGP daemons do against "
	  "packets from far away (RFC 5082).",
	  "`nstat TcpExtTCPMinTTLDrop` counts them. Compare the hops to the peer with its "
	  "configuration." },
	{ "TCP_OFOMERGE", EXPLAIN_CHAT,
	  "tcp_data_queue_ofo",
	  "The data is already in the queue of segments that arrived out of order.",
	  "The peer retransmitted a segment that had arrived, while an earlier one is missing. "
	  "Nothing is lost here.",
	  "`nstat TcpExtTCPOFOMerge TcpExtTCPOFOQueue` counts them. The missing earlier segment "
	  "is the loss to look for." },
	{ "TCP_OFO_DROP", EXPLAIN_CHAT,
	  "tcp_ofo_queue",
	  "A segment from the queue out of order has been received as a whole by other segments.",
	  "The gap was filled by retransmissions that overlap. Nothing is lost.",
	  "`nstat TcpExtTCPOFOQueue TcpExtTCPDSACKOfoSent`. It needs no action." },
	{ "TCP_OFO_QUEUE_PRUNE", EXPLAIN_WARN,
	  "tcp_prune_ofo_queue",
	  "Received data was discarded from the queue of segments out of order, because memory is "
	  "short.",
	  "One segment is missing while much arrives after it, and the receive buffer or TCP's "
	  "memory is at its limit. The peer must send the data again.",
	  "`nstat TcpExtOfoPruned TcpExtPruneCalled TcpExtTCPMemoryPressures`; `ss -tnm`; "
	  "net.ipv4.tcp_rmem and net.ipv4.tcp_mem." },
	{ "TCP_OLD_ACK", EXPLAIN_CHAT,
	  "tcp_ack",
	  "The segment acknowledges less than an earlier one did.",
	  "Reordering, or a duplicate. The later acknowledgement covers it.",
	  "`nstat TcpExtTCPSACKReorder TcpExtTCPTSReorder`. It needs no action." },
	{ "TCP_OLD_DATA", EXPLAIN_NOTE,
	  "tcp_data_queue, tcp_rcv_state_process",
	  "All data of the segment has been received before.",
	  "The peer retransmitted although the first transmission had arrived: its "
	  "acknowledgement was lost or late, or the timeout was too short. Nothing is lost here.",
	  "`nstat TcpExtDelayedACKLost TcpExtTCPDSACKOldSent` counts them. Many of them mean lost "
	  "acknowledgements or a delay on the way back; look for drops with dir=out." },
	{ "TCP_OLD_SEQUENCE", EXPLAIN_CHAT,
	  "tcp_validate_incoming, tcp_sequence",
	  "The segment ends before the receive window: all of it has been received.",
	  "A duplicate, a retransmission whose acknowledgement was late, or a keepalive probe, "
	  "which has an old sequence number on purpose.",
	  "`nstat TcpExtTCPACKSkippedSeq TcpExtTCPKeepAlive`. It needs no action; the kernel "
	  "answers with an acknowledgement." },
	{ "TCP_OVERWINDOW", EXPLAIN_NOTE,
	  "tcp_data_queue, tcp_check_req",
	  "The data begins after the end of the receive window.",
	  "The window shrank because memory is short, the peer ignores the window, or the segment "
	  "belongs to an older connection between the same ports.",
	  "`ss -tnmi` shows the window and memory. A few of them around a closed window are "
	  "harmless." },
	{ "TCP_RESET", EXPLAIN_NOTE,
	  "tcp_validate_incoming, tcp_reset, tcp_rcv_synsent_state_process",
	  "The packet is a reset; whether it ended the connection is seen from the socket.",
	  "The peer closed with unread data, refused the connection, or has no such connection; "
	  "firewalls and load balancers send resets, too. A reset outside of the window is "
	  "ignored.",
	  "`nstat TcpEstabResets TcpAttemptFails TcpExtTCPChallengeACK`. Capture with `-e reset` "
	  "to see each reset with its sender." },
	{ "TCP_RFC7323_PAWS", EXPLAIN_WARN,
	  "tcp_validate_incoming, tcp_timewait_state_process",
	  "The timestamp of the segment is older than the last one of the connection (PAWS, RFC "
	  "7323).",
	  "Several hosts share an address by NAT and reuse a port; a load balancer mixes "
	  "timestamps of several clocks; a duplicate that was long on its way.",
	  "`nstat TcpExtPAWSEstab TcpExtPAWSActive` counts them. Compare the TSval of the flow "
	  "before and after a device that translates." },
	{ "TCP_RFC7323_PAWS_ACK", EXPLAIN_CHAT,
	  "tcp_validate_incoming",
	  "A pure acknowledgement arrived with an older timestamp than one that overtook it.",
	  "Packets of the connection were reordered, for example by several queues or CPUs. A "
	  "later acknowledgement covers it.",
	  "`nstat TcpExtPAWSOldAck` counts them. It needs no action unless reordering is a "
	  "problem by itself." },
	{ "TCP_RFC7323_TSECR", EXPLAIN_NOTE,
	  "tcp_check_req",
	  "The last segment of a handshake echoes a timestamp that this host has not sent.",
	  "A broken or hostile peer, or a middlebox that changes timestamps.",
	  "`nstat TcpExtTSEcrRejected` counts them. Compare the TSval of the SYN-ACK with the "
	  "TSecr of this packet." },
	{ "TCP_RFC7323_TW_PAWS", EXPLAIN_NOTE,
	  "tcp_timewait_state_process",
	  "The segment has an older timestamp than the connection in TIME_WAIT to which it "
	  "belongs.",
	  "An old duplicate arrives after the close, or a client behind NAT reuses a port within "
	  "a minute with another clock.",
	  "`nstat TcpExtPAWSTimewait` counts them. If connections of clients fail, look at the "
	  "port reuse of the NAT." },
	{ "TCP_TOO_OLD_ACK", EXPLAIN_NOTE,
	  "tcp_ack",
	  "The acknowledgement is older than any window of the connection, and the kernel answers "
	  "with a challenge.",
	  "A very old duplicate, or somebody who forges segments blindly (RFC 5961).",
	  "`nstat TcpExtTCPChallengeACK` counts them. Look at the sender and the age of the "
	  "packet." },
	{ "TCP_ZEROWINDOW", EXPLAIN_WARN,
	  "tcp_data_queue",
	  "Data arrived although the receive window is closed.",
	  "The program reads more slowly than data arrives, so that the buffer is full; "
	  "zero-window probes of the peer are dropped in this way, too.",
	  "`nstat TcpExtTCPZeroWindowDrop TcpExtTCPToZeroWindowAdv`, `ss -tnmi` (Recv-Q, rb). "
	  "Find out what the owner waits for; net.ipv4.tcp_rmem limits the buffer." },
};
const size_t reasons_tcp_count = sizeof(reasons_tcp) / sizeof(reasons_tcp[0]);
/* clang-format on */
