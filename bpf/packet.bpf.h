/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_BPF_H
#define PACKET_BPF_H

/*
 * Finds the TCP packet in an skb and copies its headers. Every byte is read by a probe read that
 * ends at the skb's linear data. Nothing here trusts the skb's transport offsets, which are stale
 * or unset in half of the functions that free.
 */

#include "kernel.bpf.h"
#include "record.h"

#define ETH_HLEN	    14
#define MAC_HEADER_UNSET    0xffff
#define IPV6_HEADER	    40
#define IPV6_EXTENSIONS_MAX 12
#define TCP_HEADER_MIN	    20

/* Values that find_tcp_ipv4() and find_tcp_ipv6() return instead of the offset of a TCP header. */
#define PARSE_NOT_TCP	 0
#define PARSE_UNREADABLE -1 /* a header before it is not readable, or not of IP */

/* Offsets are from skb->head. */
struct headers {
	unsigned char *bytes; /* the address of offset 0, which itself need not be readable */
	__u32 data;	      /* skb->data: the start of the packet for the layer that has it */
	__u32 start;	      /* the MAC header, or the IP header if there is no MAC header */
	__u32 l2_len;	      /* bytes of the MAC header; 0: none */
	__u32 network;	      /* the IP header */
	__u32 tcp;
	__u32 end; /* of the TCP header, or of the readable bytes if these end before */
	__u32 seq;
	__u16 sport;
	__u16 dport;
	__u8 flags;
	__u8 family;	   /* AF_INET or AF_INET6; 0: skb->protocol is another protocol */
	bool is_truncated; /* the TCP header, or a part of it, is not readable */
	bool is_unparsed;  /* whether it is a TCP packet is unknown: PARSE_UNREADABLE */
	bool no_ip_header; /* TCP has not yet passed the segment to IP: network and start are tcp */
};

/* The first bytes of a TCP header, which are all that is examined. */
struct tcp_start {
	__be16 sport;
	__be16 dport;
	__be32 seq;
	__be32 ack;
	__u8 offset; /* upper half: length of the header in words of four bytes */
	__u8 flags;
};

static __always_inline bool read_at(const struct headers *h, __u32 offset, void *to, __u32 size)
{
	return offset + size <= h->end && !bpf_probe_read_kernel(to, size, h->bytes + offset);
}

/*
 * Returns the offset of the TCP header, or PARSE_*. Sets *has_tcp and *tcp if the start of the TCP
 * header is readable: mostly by the probe read that also reads the IP header, because a probe read
 * costs more than its bytes.
 */
static __always_inline int find_tcp_ipv4(const struct headers *h, __u32 at, struct tcp_start *tcp,
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
		return PARSE_UNREADABLE;
	if (ip[0] >> 4 != 4)
		return PARSE_UNREADABLE;
	if (ip[9] != IPPROTO_TCP)
		return PARSE_NOT_TCP;
	if (ip[6] & 0x1f || ip[7]) /* only the first fragment has a TCP header */
		return PARSE_NOT_TCP;
	length = (ip[0] & 0xf) * 4;
	if (length < sizeof(first.ip))
		return PARSE_UNREADABLE;
	*has_tcp = both && length == sizeof(first.ip);
	if (*has_tcp)
		*tcp = first.tcp;
	else
		*has_tcp = read_at(h, at + length, tcp, sizeof(*tcp));
	return at + length;
}

static __always_inline bool is_ipv6_extension(__u8 type)
{
	return type == IPPROTO_HOPOPTS || type == IPPROTO_ROUTING || type == IPPROTO_FRAGMENT ||
	       type == IPPROTO_AH || type == IPPROTO_DSTOPTS;
}

/*
 * Returns the offset of the TCP header, or PARSE_*, of the IPv6 packet at bytes + at; offsets up to
 * end are readable. A global function: the verifier checks its loop once, and not all that follows
 * once for each number of extension headers.
 */
__attribute__((noinline)) int find_tcp_ipv6(__u64 bytes, __u64 at, __u64 end)
{
	const struct headers h = { .bytes = (void *)bytes, .end = end };
	__u8 ip[8], extension[4], next;

	if (at + IPV6_HEADER > end || !read_at(&h, at, ip, sizeof(ip)) || ip[0] >> 4 != 6)
		return PARSE_UNREADABLE;
	next = ip[6];
	at += IPV6_HEADER;
	for (int i = 0; i < IPV6_EXTENSIONS_MAX && next != IPPROTO_TCP; i++) {
		if (!is_ipv6_extension(next))
			return PARSE_NOT_TCP;
		if (!read_at(&h, at, extension, sizeof(extension)))
			return PARSE_UNREADABLE;
		if (next == IPPROTO_FRAGMENT && (extension[2] || extension[3] & 0xf8))
			return PARSE_NOT_TCP; /* as in find_tcp_ipv4() */
		if (next == IPPROTO_FRAGMENT)
			at += 8;
		else if (next == IPPROTO_AH)
			at += (extension[1] + 2) * 4;
		else
			at += (extension[1] + 1) * 8;
		next = extension[0];
	}
	return next == IPPROTO_TCP ? (int)at : PARSE_UNREADABLE;
}

/*
 * Takes the ports, the flags and the length from the start of the TCP header. A length below the
 * minimum counts as the minimum, so that no byte of the payload passes for the header.
 */
static __always_inline void parse_tcp_start(struct headers *h, const struct tcp_start *start,
					    __u32 tcp)
{
	__u32 length = (start->offset >> 4) * 4;

	if (length < TCP_HEADER_MIN)
		length = TCP_HEADER_MIN;
	h->is_truncated = tcp + length > h->end;
	if (!h->is_truncated)
		h->end = tcp + length;
	h->sport = bpf_ntohs(start->sport);
	h->dport = bpf_ntohs(start->dport);
	h->seq = bpf_ntohl(start->seq);
	h->flags = start->flags;
}

/* Returns whether there is a TCP packet at h->network; describes its headers if there is one. */
static __always_inline bool parse_headers(struct headers *h)
{
	struct tcp_start start = {};
	bool has_start = false;
	int tcp;

	if (h->family == AF_INET) {
		tcp = find_tcp_ipv4(h, h->network, &start, &has_start);
	} else {
		barrier(); /* or clang passes a typed pointer, which the verifier refuses */
		tcp = find_tcp_ipv6((__u64)h->bytes, h->network, h->end);
		has_start = tcp > 0 && read_at(h, tcp, &start, sizeof(start));
	}
	h->is_unparsed = tcp == PARSE_UNREADABLE;
	if (tcp <= 0)
		return false;
	if (has_start)
		parse_tcp_start(h, &start, tcp);
	else
		h->is_truncated = true;
	h->tcp = tcp;
	return true;
}

/* Returns whether the skb has a TCP packet over IPv4 or IPv6; describes its headers if it has. */
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

/* Returns how many bytes of the packet follow the headers. */
static __always_inline __u32 payload_len(const struct headers *h, const struct sk_buff *skb)
{
	return skb->len + h->data - h->end;
}

static __always_inline void copy_bytes(struct drop_record *record, const void *from, __u64 length)
{
	barrier_var(length); /* or clang checks a copy, and the verifier sees no bound */
	if (length > RECORD_PACKET_MAX)
		length = RECORD_PACKET_MAX;
	if (!bpf_probe_read_kernel(record->packet, length, from))
		record->packet_len = length;
}

/* Returns the payload of each segment of a GSO or GRO packet; 0: the packet is one segment. */
static __always_inline __u16 gso_size(const struct sk_buff *skb)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);

	return BPF_CORE_READ(shared, gso_size);
}

/* Returns how many segments the packet is on the wire; 0: one, or the number is unknown. */
static __always_inline __u16 wire_segments(const struct sk_buff *skb, __u32 payload)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);
	__u16 size = payload ? gso_size(skb) : 0, count;

	if (!size)
		return 0;
	count = BPF_CORE_READ(shared, gso_segs); /* 0 if a guest or GRO has joined them */
	return count ?: (payload + size - 1) / size;
}

/* with_mac: whether the MAC header before the IP header belongs to the packet. */
static __always_inline void copy_headers(struct drop_record *record, const struct sk_buff *skb,
					 const struct headers *h, bool with_mac)
{
	__u32 start = with_mac ? h->start : h->network;

	copy_bytes(record, h->bytes + start, h->end - start);
	record->l2_len = with_mac ? h->l2_len : 0;
	record->len = h->data - start + skb->len;
	record->segs = wire_segments(skb, payload_len(h, skb));
}

static __always_inline bool same_words(const void *a, const void *b, __u32 words)
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

/* Fills the flow of the reset that answers the packet, as tcp_v4_send_reset() makes it. */
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
