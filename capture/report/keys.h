/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KEYS_H
#define KEYS_H

/*
 * The keys of the annotation and their groups, in the order in which they are written. They are
 * defined here alone: the annotation, JSON, filters and the test of the dissector's table use these
 * tables. Add a key at the end of its group. Never rename a key: files of all versions must remain
 * readable.
 *
 * GROUP(identifier, title): the title begins a comment (annotation.h), and names a branch of the
 * dissector's tree. The most important group comes first.
 */
#define ANNOTATION_GROUPS(GROUP)  \
	GROUP(EVENT, "Event")     \
	GROUP(OWNER, "Owner")     \
	GROUP(LIFE, "Connection") \
	GROUP(VERDICT, "Verdict") \
	GROUP(SOCKET, "Socket")   \
	GROUP(TCP, "TCP state")   \
	GROUP(CPU, "CPU")         \
	GROUP(PACKET, "Packet")   \
	GROUP(STACK, "Stack")

/*
 * KEY(identifier, type, group, unit, description): type TEXT or NUMBER (unsigned 64 bits); unit ""
 * if none. The keys of a group follow each other.
 */
#define ANNOTATION_KEYS(KEY)                                                                      \
	KEY(event, TEXT, EVENT, "",                                                               \
	    "Kind of the event: drop, retransmit, synack, tlp, reset, state or life")             \
	KEY(kind, TEXT, EVENT, "", "Kind of the retransmission: rto, fast, tlp, syn or synack")   \
	KEY(err, TEXT, EVENT, "", "Error for which the retransmission could not be sent")         \
	KEY(reason, TEXT, EVENT, "", "Reason of the drop or reset, by its name in the kernel")    \
	KEY(reason_code, NUMBER, EVENT, "", "Number of the reason in the kernel of the capture")  \
	KEY(at, TEXT, EVENT, "", "Location of the drop in the kernel: symbol and offset")         \
	KEY(dir, TEXT, EVENT, "", "Direction: in or out")                                         \
	KEY(state, TEXT, EVENT, "", "State of the socket")                                        \
	KEY(old_state, TEXT, EVENT, "", "State of the socket before the change")                  \
	KEY(cause, TEXT, EVENT, "",                                                               \
	    "Cause of the drop: listen-overflow, syn-queue-full or listen-drop")                  \
	KEY(qdisc, TEXT, EVENT, "", "Queue discipline that dropped the packet: its kind")         \
	KEY(qdisc_handle, TEXT, EVENT, "", "Its handle, as tc shows it")                          \
	KEY(qdisc_parent, TEXT, EVENT, "", "Its parent: root, or a class")                        \
	KEY(qdisc_reason, TEXT, EVENT, "", "Why it dropped the packet, in Linux 7.1 and later")   \
	KEY(tx_queue, NUMBER, EVENT, "", "Transmit queue of the device that has this discipline") \
	KEY(owner_pid, NUMBER, OWNER, "", "Process that owns the socket")                         \
	KEY(owner, TEXT, OWNER, "", "Command name of the owner")                                  \
	KEY(owner_src, TEXT, OWNER, "", "How certain the owner is: exact, listener or current")   \
	KEY(duration_us, NUMBER, LIFE, "us", "Time from the birth of the connection to its end")  \
	KEY(duration_min_us, NUMBER, LIFE, "us",                                                  \
	    "Lower bound of that time, if the birth was not seen")                                \
	KEY(born, TEXT, LIFE, "",                                                                 \
	    "Why the duration is not known: before-start, restored or unknown")                   \
	KEY(opened, TEXT, LIFE, "", "active: by connect(); passive: by a listener")               \
	KEY(ended, TEXT, LIFE, "", "How the connection ended: local-close, peer-reset, ...")      \
	KEY(sk_err, TEXT, LIFE, "", "Error of the socket at the end")                             \
	KEY(drops, NUMBER, LIFE, "", "Drops of packets of the connection that were seen")         \
	KEY(min_rtt_us, NUMBER, LIFE, "us", "Least round trip time of the last minutes")          \
	KEY(rto_time_ms, NUMBER, LIFE, "ms", "Time spent waiting for the retransmission timer")   \
	KEY(rto_count, NUMBER, LIFE, "", "How often the retransmission timer expired")            \
	KEY(verdict, TEXT, VERDICT, "", "Verdict of tcpdropcap compare")                          \
	KEY(wire_frame, NUMBER, VERDICT, "",                                                      \
	    "Frame of the wire capture on which the verdict is based")                            \
	KEY(because, TEXT, VERDICT, "", "Reason of the verdict")                                  \
	KEY(sock, TEXT, SOCKET, "",                                                               \
	    "How the socket was found: rx_sk, skb, hook, fentry, stack or none")                  \
	KEY(uid, NUMBER, SOCKET, "", "User of the socket")                                        \
	KEY(cgroup, TEXT, SOCKET, "", "Cgroup of the socket")                                     \
	KEY(netns, NUMBER, SOCKET, "", "Inode number of the network namespace")                   \
	KEY(ifindex, NUMBER, SOCKET, "", "Index of the network device")                           \
	KEY(accept_queue, NUMBER, SOCKET, "connections",                                          \
	    "Connections of the listener that wait for accept()")                                 \
	KEY(accept_queue_max, NUMBER, SOCKET, "connections",                                      \
	    "Backlog of the listener; it has one more connection when it is full")                \
	KEY(syn_queue, NUMBER, SOCKET, "requests",                                                \
	    "Requests of the listener: handshakes that are not complete")                         \
	KEY(mptcp_token, TEXT, SOCKET, "", "Token of the MPTCP connection, as ss shows it")       \
	KEY(mptcp_local_id, NUMBER, SOCKET, "", "Subflow: the id of its local address")           \
	KEY(mptcp_remote_id, NUMBER, SOCKET, "", "Subflow: the id of its remote address")         \
	KEY(ca_state, TEXT, TCP, "",                                                              \
	    "Congestion control state: Open, Disorder, CWR, Recovery, Loss")                      \
	KEY(cwnd, NUMBER, TCP, "segments", "Congestion window")                                   \
	KEY(ssthresh, NUMBER, TCP, "segments", "Slow start threshold")                            \
	KEY(srtt_us, NUMBER, TCP, "us", "Smoothed round trip time")                               \
	KEY(rttvar_us, NUMBER, TCP, "us", "Variance of the round trip time")                      \
	KEY(rto_us, NUMBER, TCP, "us", "Retransmission timeout")                                  \
	KEY(retransmits, NUMBER, TCP, "",                                                         \
	    "Consecutive timeouts, including this one; for a SYN-ACK, retransmissions")           \
	KEY(packets_out, NUMBER, TCP, "segments", "Segments that are sent and not acknowledged")  \
	KEY(retrans_out, NUMBER, TCP, "segments", "Retransmitted segments in flight")             \
	KEY(lost_out, NUMBER, TCP, "segments", "Segments that TCP considers lost")                \
	KEY(sacked_out, NUMBER, TCP, "segments", "Segments that are acknowledged by SACK")        \
	KEY(snd_wnd, NUMBER, TCP, "bytes", "Window that the peer offers")                         \
	KEY(rcv_wnd, NUMBER, TCP, "bytes", "Window that is offered to the peer")                  \
	KEY(rmem, NUMBER, TCP, "bytes", "Receive memory in use")                                  \
	KEY(rcvbuf, NUMBER, TCP, "bytes", "Limit of the receive buffer")                          \
	KEY(wmem, NUMBER, TCP, "bytes", "Send memory in use")                                     \
	KEY(sndbuf, NUMBER, TCP, "bytes", "Limit of the send buffer")                             \
	KEY(backlog, NUMBER, TCP, "bytes", "Length of the socket's backlog")                      \
	KEY(bytes_acked, NUMBER, TCP, "bytes", "Bytes that the peer has acknowledged")            \
	KEY(bytes_received, NUMBER, TCP, "bytes", "Bytes that were received in order")            \
	KEY(total_retrans, NUMBER, TCP, "segments",                                               \
	    "Segments that the connection has retransmitted so far")                              \
	KEY(cc, TEXT, TCP, "", "Congestion control algorithm")                                    \
	KEY(cpu, NUMBER, CPU, "", "CPU of the event")                                             \
	KEY(cpu_pid, NUMBER, CPU, "", "Process on that CPU, related or not")                      \
	KEY(cpu_comm, TEXT, CPU, "", "Command name of the process on that CPU")                   \
	KEY(segs, NUMBER, PACKET, "segments",                                                     \
	    "Segments on the wire, if the packet is more than one")                               \
	KEY(hdr, TEXT, PACKET, "",                                                                \
	    "wire: headers as sent or received; synthesized: made from the socket")               \
	KEY(l2, TEXT, PACKET, "", "absent: the packet had no MAC header, which is zeros")         \
	KEY(skb_len, NUMBER, PACKET, "bytes",                                                     \
	    "True length, if the IP length field had to be clamped")                              \
	KEY(lost, NUMBER, PACKET, "", "Events that were lost just before this one")               \
	KEY(tunnel, TEXT, PACKET, "",                                                             \
	    "What the packet is in: vxlan, geneve, gre, ipip, sit, ... from the outermost")       \
	KEY(vni, NUMBER, PACKET, "", "Network identifier of VXLAN or Geneve")                     \
	KEY(vlan, TEXT, PACKET, "", "VLAN ids of the frame, from the outermost")                  \
	KEY(frag_sport, NUMBER, PACKET, "", "Source port of a later fragment's first one")        \
	KEY(frag_dport, NUMBER, PACKET, "", "Destination port of a later fragment's first one")   \
	KEY(stack, TEXT, STACK, "",                                                               \
	    "own: frames in comments of this packet; sampled: of a recent event; none")           \
	KEY(stack_id, NUMBER, STACK, "", "Number of the stack in this file")

/* GROUP_EVENT, GROUP_OWNER, ...; GROUP_COUNT is their number. */
enum key_group {
#define GROUP(id, title) GROUP_##id,
	ANNOTATION_GROUPS(GROUP)
#undef GROUP
	GROUP_COUNT
};

/* KEY_event, KEY_kind, ...; KEY_COUNT is their number. */
enum key {
#define KEY(id, type, group, unit, description) KEY_##id,
	ANNOTATION_KEYS(KEY)
#undef KEY
	KEY_COUNT
};

#endif
