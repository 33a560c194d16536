/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KEYS_H
#define KEYS_H

/*
 * The keys of the annotation, schema 1, in the order in which they are written. This table is their
 * only definition: the annotation, JSON, filters and the test that compares the dissector with it
 * are all made from it. Add a key where it belongs in the order; never rename one.
 *
 * KEY(identifier, type, unit, description): type TEXT or NUMBER (unsigned 64 bits); unit "" if
 * none.
 */
#define ANNOTATION_KEYS(KEY)                                                                      \
	KEY(event, TEXT, "", "What the kernel did: drop, retransmit, synack, tlp or reset")       \
	KEY(kind, TEXT, "", "Kind of retransmission: rto, fast, tlp, syn or synack")              \
	KEY(err, TEXT, "", "Why the retransmission could not be sent")                            \
	KEY(reason, TEXT, "", "Drop reason or reset reason, as the kernel names it")              \
	KEY(reason_code, NUMBER, "", "Number of the reason in the kernel that dropped")           \
	KEY(at, TEXT, "", "Where the kernel dropped: symbol and offset")                          \
	KEY(dir, TEXT, "", "Direction: in or out")                                                \
	KEY(state, TEXT, "", "State of the socket")                                               \
	KEY(sock, TEXT, "", "How the socket was found: rx_sk, skb, hook, fentry or none")         \
	KEY(owner_pid, NUMBER, "", "Process that owns the socket")                                \
	KEY(owner, TEXT, "", "Command name of the owner")                                         \
	KEY(owner_src, TEXT, "", "How sure the owner is: exact, listener or current")             \
	KEY(uid, NUMBER, "", "User of the socket")                                                \
	KEY(cgroup, TEXT, "", "Cgroup of the socket")                                             \
	KEY(cpu, NUMBER, "", "CPU of the event")                                                  \
	KEY(cpu_pid, NUMBER, "", "Process on that CPU, related or not")                           \
	KEY(cpu_comm, TEXT, "", "Command name of the process on that CPU")                        \
	KEY(netns, NUMBER, "", "Inode number of the network namespace")                           \
	KEY(ifindex, NUMBER, "", "Index of the network device")                                   \
	KEY(ca_state, TEXT, "", "Congestion control state: Open, Disorder, CWR, Recovery, Loss")  \
	KEY(cwnd, NUMBER, "segments", "Congestion window")                                        \
	KEY(ssthresh, NUMBER, "segments", "Slow start threshold")                                 \
	KEY(srtt_us, NUMBER, "us", "Smoothed round trip time")                                    \
	KEY(rttvar_us, NUMBER, "us", "Variance of the round trip time")                           \
	KEY(rto_us, NUMBER, "us", "Retransmission timeout")                                       \
	KEY(retransmits, NUMBER, "",                                                              \
	    "Timeouts in a row; of a SYN-ACK its retransmissions, this one included")             \
	KEY(packets_out, NUMBER, "segments", "Segments sent and not acknowledged")                \
	KEY(retrans_out, NUMBER, "segments", "Retransmitted segments in flight")                  \
	KEY(lost_out, NUMBER, "segments", "Segments taken for lost")                              \
	KEY(sacked_out, NUMBER, "segments", "Segments acknowledged by SACK")                      \
	KEY(snd_wnd, NUMBER, "bytes", "Window that the peer offers")                              \
	KEY(rcv_wnd, NUMBER, "bytes", "Window offered to the peer")                               \
	KEY(rmem, NUMBER, "bytes", "Receive memory in use")                                       \
	KEY(rcvbuf, NUMBER, "bytes", "Receive buffer limit")                                      \
	KEY(wmem, NUMBER, "bytes", "Send memory queued")                                          \
	KEY(sndbuf, NUMBER, "bytes", "Send buffer limit")                                         \
	KEY(backlog, NUMBER, "bytes", "Bytes that wait in the socket's backlog")                  \
	KEY(bytes_acked, NUMBER, "bytes", "Bytes the peer has acknowledged")                      \
	KEY(bytes_received, NUMBER, "bytes", "Bytes received in order")                           \
	KEY(total_retrans, NUMBER, "segments", "Segments retransmitted in the connection's life") \
	KEY(cc, TEXT, "", "Congestion control algorithm")                                         \
	KEY(segs, NUMBER, "segments", "Segments on the wire, where the packet is more than one")  \
	KEY(hdr, TEXT, "", "wire: bytes as sent or received; synthesized: made from the socket")  \
	KEY(l2, TEXT, "", "absent: the packet had no MAC header, zeros stand in its place")       \
	KEY(skb_len, NUMBER, "bytes", "True length, where the IP length field had to be clamped") \
	KEY(stack, TEXT, "", "own: in the next comment; sampled: of a recent event; none")        \
	KEY(stack_id, NUMBER, "", "Number of the stack in this file")                             \
	KEY(lost, NUMBER, "", "Events lost just before this one")                                 \
	KEY(verdict, TEXT, "", "What captures of the wire tell of the event")                     \
	KEY(wire_frame, NUMBER, "", "Frame of that capture on which the verdict rests")           \
	KEY(because, TEXT, "", "Why this verdict")

/* KEY_event, KEY_kind, ...; KEY_COUNT is their number. */
enum key {
#define KEY(id, type, unit, description) KEY_##id,
	ANNOTATION_KEYS(KEY)
#undef KEY
	KEY_COUNT
};

#endif
