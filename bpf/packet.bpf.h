/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_BPF_H
#define PACKET_BPF_H

/*
 * Finds the TCP packet in an skb and copies its headers. Every byte is read with a probe read that
 * ends at the skb's linear data; nothing here trusts the skb's transport offsets, which are stale
 * or unset in half of the places that free.
 */

#include "kernel.bpf.h"
#include "record.h"

#define ETH_HLEN	    14
#define MAC_HEADER_UNSET    0xffff
#define IPV6_EXTENSIONS_MAX 12
#define TCP_HEADER_MIN	    20

/* Offsets are from skb->head. */
struct headers {
	unsigned char
		*bytes; /* where the byte of offset 0 can be read, or could if there were one */
	__u32 data;	/* where the packet starts at the layer that has it */
	__u32 start;	/* of the MAC header, or of the IP header where there is none */
	__u32 l2_len;
	__u32 network;
	__u32 tcp;
	__u32 end; /* of the TCP header, or of the readable bytes if that comes first */
	__u32 seq;
	__u16 sport;
	__u16 dport;
	__u8 flags;
	__u8 family; /* AF_INET or AF_INET6 */
	bool is_cut; /* the TCP header is not, or not wholly, among the bytes */
	bool no_ip; /* TCP has made the segment, and IP has not got it: network and start are tcp */
};

/* The TCP header as far as it is looked at. */
struct tcp_start {
	__be16 sport;
	__be16 dport;
	__be32 seq;
	__be32 ack;
	__u8 offset; /* in the upper half, in words */
	__u8 flags;
};

static __always_inline bool read_at(const struct headers *h, __u32 offset, void *to, __u32 size)
{
	return offset + size <= h->end && !bpf_probe_read_kernel(to, size, h->bytes + offset);
}

/*
 * Returns the offset of the TCP header, 0 if the packet is something else. Its start is in tcp
 * then, unless that could not be read; mostly by the same probe read, which costs more than its
 * bytes.
 */
static __always_inline __u32 find_tcp_ipv4(const struct headers *h, __u32 at, struct tcp_start *tcp,
					   bool *has_tcp)
{
	struct {
		__u8 ip[20];
		struct tcp_start tcp;
	} first;
	const __u8 *ip = first.ip;
	__u32 length;
	bool both = read_at(h, at, &first, sizeof(first));

	if (!both && !read_at(h, at, first.ip, sizeof(first.ip)))
		return 0;
	if (ip[0] >> 4 != 4 || ip[9] != IPPROTO_TCP)
		return 0;
	if (ip[6] & 0x1f || ip[7]) /* a later fragment has no TCP header */
		return 0;
	length = (ip[0] & 0xf) * 4;
	if (length < sizeof(first.ip))
		return 0;
	*has_tcp = both && length == sizeof(first.ip);
	if (*has_tcp)
		*tcp = first.tcp;
	else
		*has_tcp = read_at(h, at + length, tcp, sizeof(*tcp));
	return at + length;
}

/*
 * The same at bytes + at, of bytes that end there. Global: the verifier looks at the loop once, and
 * not at all that follows for each number of extension headers.
 */
__attribute__((noinline)) int find_tcp_ipv6(__u64 bytes, __u64 at, __u64 end)
{
	const struct headers h = { .bytes = (void *)bytes, .end = end };
	__u8 ip[8], extension[4], next;

	if (!read_at(&h, at, ip, sizeof(ip)) || ip[0] >> 4 != 6)
		return 0;
	next = ip[6];
	at += 40;
	for (int i = 0; i < IPV6_EXTENSIONS_MAX && next != IPPROTO_TCP; i++) {
		if (!read_at(&h, at, extension, sizeof(extension)))
			return 0;
		if (next == 44) { /* fragment: the first one only has a TCP header */
			if (extension[2] || extension[3] & 0xf8)
				return 0;
			at += 8;
		} else if (next == 0 || next == 43 ||
			   next == 60) { /* hop by hop, routing, destination */
			at += (extension[1] + 1) * 8;
		} else if (next == 51) { /* authentication */
			at += (extension[1] + 2) * 4;
		} else {
			return 0;
		}
		next = extension[0];
	}
	return next == IPPROTO_TCP ? at : 0;
}

/*
 * What the TCP header says of itself; one that says that it has no length gets none of the payload.
 */
static __always_inline void use_tcp_start(struct headers *h, const struct tcp_start *start,
					  __u32 tcp)
{
	__u32 length = (start->offset >> 4) * 4;

	if (length < TCP_HEADER_MIN)
		length = TCP_HEADER_MIN;
	h->is_cut = tcp + length > h->end;
	if (!h->is_cut)
		h->end = tcp + length;
	h->sport = bpf_ntohs(start->sport);
	h->dport = bpf_ntohs(start->dport);
	h->seq = bpf_ntohl(start->seq);
	h->flags = start->flags;
}

/* Returns whether there is a TCP packet at h->network, and where its headers lie. */
static __always_inline bool parse_headers(struct headers *h)
{
	struct tcp_start start = {};
	bool has_start = false;
	__u32 tcp;

	if (h->family == AF_INET) {
		tcp = find_tcp_ipv4(h, h->network, &start, &has_start);
	} else {
		barrier(); /* or what is passed is a pointer that the verifier knows, not a number
			    */
		tcp = find_tcp_ipv6((__u64)h->bytes, h->network, h->end);
		has_start = tcp && read_at(h, tcp, &start, sizeof(start));
	}
	if (!tcp)
		return false;
	if (has_start)
		use_tcp_start(h, &start, tcp);
	else
		h->is_cut = true;
	h->tcp = tcp;
	return true;
}

/* Returns whether the skb holds a TCP packet over IPv4 or IPv6, and where its headers lie. */
static __always_inline bool find_headers(const struct sk_buff *skb, struct headers *h)
{
	__be16 protocol = skb->protocol;
	__u32 mac = skb->mac_header;

	if (protocol == bpf_htons(ETH_P_IP))
		h->family = AF_INET;
	else if (protocol == bpf_htons(ETH_P_IPV6))
		h->family = AF_INET6;
	else
		return false;
	h->bytes = skb->head;
	h->data = (__u32)(skb->data - skb->head);
	h->end = skb->tail;
	h->network = skb->network_header;
	h->l2_len = mac != MAC_HEADER_UNSET && mac + ETH_HLEN == h->network ? ETH_HLEN : 0;
	h->start = h->network - h->l2_len;
	return parse_headers(h);
}

/* Bytes after the headers. */
static __always_inline __u32 payload_len(const struct headers *h, const struct sk_buff *skb)
{
	return skb->len + h->data - h->end;
}

static __always_inline void copy_bytes(struct drop_record *record, const void *from, __u64 length)
{
	barrier_var(length); /* or clang bounds a copy of it, and the verifier misses that */
	if (length > RECORD_PACKET_MAX)
		length = RECORD_PACKET_MAX;
	if (!bpf_probe_read_kernel(record->packet, length, from))
		record->packet_len = length;
}

/* Size of the segments that a packet is to be cut into; 0: it is one segment itself. */
static __always_inline __u16 gso_size(const struct sk_buff *skb)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);

	return BPF_CORE_READ(shared, gso_size);
}

/* How many segments the packet is on the wire, 0: one, or that is unknown. */
static __always_inline __u16 segments(const struct sk_buff *skb, __u32 payload)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);
	__u16 size = payload ? gso_size(skb) : 0, count;

	if (!size)
		return 0;
	count = BPF_CORE_READ(shared, gso_segs);
	return count
		       ?: (payload + size - 1) /
				  size; /* what a guest or GRO has joined is not counted */
}

/* with_mac: whether the MAC header before the packet's is its own. */
static __always_inline void copy_headers(struct drop_record *record, const struct sk_buff *skb,
					 const struct headers *h, bool with_mac)
{
	__u32 start = with_mac ? h->start : h->network;

	copy_bytes(record, h->bytes + start, h->end - start);
	record->l2_len = with_mac ? h->l2_len : 0;
	record->len = h->data - start + skb->len;
	record->segs = segments(skb, payload_len(h, skb));
}

static __always_inline bool same_bytes(const void *a, const void *b, __u32 words)
{
	const __u32 *left = a, *right = b;

	for (__u32 i = 0; i < words; i++) {
		if (left[i] != right[i])
			return false;
	}
	return true;
}

static __always_inline __u32 be32_at(const __u8 *bytes)
{
	return (__u32)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* The reset that answers the packet: its addresses and ports turned round. */
static __always_inline void fill_answering_reset(struct drop_record *record,
						 const struct sk_buff *skb, const struct headers *h)
{
	__u32 size = h->family == AF_INET ? 4 : 16, at = h->family == AF_INET ? 12 : 8;
	__u32 payload = payload_len(h, skb);
	struct record_flow *flow = &record->flow;
	__u8 tcp[20] = {};

	bpf_probe_read_kernel(flow->daddr, size, h->bytes + h->network + at);
	bpf_probe_read_kernel(flow->saddr, size, h->bytes + h->network + at + size);
	if (!read_at(h, h->tcp, tcp, sizeof(tcp)))
		return;
	flow->dport = tcp[0] << 8 | tcp[1];
	flow->sport = tcp[2] << 8 | tcp[3];
	flow->tcp_flags = TCPHDR_RST;
	if (tcp[13] & TCPHDR_ACK) {
		flow->seq = be32_at(tcp + 8);
	} else {
		flow->tcp_flags |= TCPHDR_ACK;
		flow->ack = be32_at(tcp + 4) + payload + !!(tcp[13] & TCPHDR_SYN) +
			    !!(tcp[13] & TCPHDR_FIN);
	}
	record->flags |= RECORD_HAS_FLOW;
}

static __always_inline struct net *device_net(struct net_device *dev)
{
	return BPF_CORE_READ(dev, nd_net.net);
}

static __always_inline struct net *socket_net(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net);
}

static __always_inline __u32 net_inode(const struct net *net)
{
	return BPF_CORE_READ(net, ns.inum);
}

#endif
