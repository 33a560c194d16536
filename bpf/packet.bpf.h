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
#define VLAN_HLEN	    4
#define MAC_HEADER_UNSET    0xffff
#define IPV6_HEADER	    40
#define IPV6_EXTENSIONS_MAX 12
#define TCP_HEADER_MIN	    20

/* Values that find_tcp_ipv4() and find_tcp_ipv6() return instead of the offset of a TCP header. */
#define PARSE_NOT_TCP	 0
#define PARSE_UNREADABLE -1 /* a header before it is not readable, or not of IP */
#define PARSE_CHAIN	 -2 /* a tunnel or a fragment: chain.bpf.h continues */

/* The ports to which tunnels over UDP are sent: their own, and the one that Linux had before. */
#define VXLAN_PORT     4789
#define VXLAN_PORT_OLD 8472
#define GENEVE_PORT    6081

/* Offsets are from skb->head. */
struct headers {
	unsigned char *bytes; /* the address of offset 0, which itself need not be readable */
	__u32 data;	      /* skb->data: the start of the packet for the layer that has it */
	__u32 start;	      /* the MAC header, or outer if there is no MAC header */
	__u32 l2_len;	      /* bytes of the MAC header, and of tags after it; 0: none */
	__u32 outer;	      /* the first header after these: that of the type */
	__u32 network;	      /* the IP header before the TCP header; outer if there is no tunnel */
	__u32 tcp;	      /* of a later fragment: what follows its IP header */
	__u32 end;	      /* of the TCP header, or of the readable bytes if these end before */
	__u32 seq;
	__u32 fragment_id; /* IP ID, if it is a fragment */
	__u32 at;	   /* the header that chain_step() examines, */
	__u32 next;	   /* and what it is: an ethertype, or below 256 an IP protocol */
	__u16 type;	   /* skb->protocol in host order */
	__u16 sport;
	__u16 dport;
	__u8 flags;
	__u8 family;	   /* AF_INET or AF_INET6; 0: skb->protocol is another protocol */
	__u8 fragment;	   /* enum fragment */
	bool is_truncated; /* the TCP header, or a part of it, is not readable */
	bool is_unparsed;  /* whether it is a TCP packet is unknown: PARSE_UNREADABLE */
	bool is_chain;	   /* only chain.bpf.h can find the TCP header: PARSE_CHAIN */
	bool no_ip_header; /* TCP has not yet passed the segment to IP: network and start are tcp */
};

enum fragment {
	FRAGMENT_NONE,
	FRAGMENT_FIRST, /* it has the TCP header */
	FRAGMENT_LATER,
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

static __always_inline bool is_tunnel_port(__be16 port)
{
	return port == bpf_htons(VXLAN_PORT) || port == bpf_htons(GENEVE_PORT) ||
	       port == bpf_htons(VXLAN_PORT_OLD);
}

/* Returns PARSE_CHAIN if packets of that IP protocol may have another packet in them. */
static __always_inline int tunnel_or_not(__u8 protocol)
{
	return protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6 || protocol == IPPROTO_GRE ||
			       protocol == IPPROTO_MPLS
		       ? PARSE_CHAIN
		       : PARSE_NOT_TCP;
}

/*
 * The same for UDP, which has its ports where TCP has them. They are known unless the IP header has
 * options, or the packet is shorter than a TCP header, as no tunnel over UDP is.
 */
static __always_inline int udp_or_tunnel(const __u8 *ip, bool has_ports, __be16 dport)
{
	if (!has_ports && !ip[2] && ip[3] && ip[3] < 20 + 16)
		return PARSE_NOT_TCP;
	return !has_ports || ip[0] != 0x45 || is_tunnel_port(dport) ? PARSE_CHAIN : PARSE_NOT_TCP;
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
	if (ip[9] == IPPROTO_UDP)
		return udp_or_tunnel(ip, both, first.tcp.dport);
	if (ip[9] != IPPROTO_TCP)
		return tunnel_or_not(ip[9]);
	if (ip[6] & 0x3f || ip[7])
		return PARSE_CHAIN;
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

static __always_inline bool is_vlan_type(__u16 type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD || type == ETH_P_QINQ1;
}

static __always_inline bool is_ipv6_extension(__u8 type)
{
	return type == IPPROTO_HOPOPTS || type == IPPROTO_ROUTING || type == IPPROTO_FRAGMENT ||
	       type == IPPROTO_AH || type == IPPROTO_DSTOPTS;
}

/* The same as find_tcp_ipv4() for a protocol that is not TCP. */
static __always_inline int after_extensions(const struct headers *h, __u64 at, __u8 protocol)
{
	__be16 ports[2] = {};

	if (protocol != IPPROTO_UDP)
		return tunnel_or_not(protocol);
	return !read_at(h, at, ports, sizeof(ports)) || is_tunnel_port(ports[1]) ? PARSE_CHAIN
										 : PARSE_NOT_TCP;
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
		if (next == IPPROTO_FRAGMENT)
			return PARSE_CHAIN;
		if (!is_ipv6_extension(next))
			return after_extensions(&h, at, next);
		if (!read_at(&h, at, extension, sizeof(extension)))
			return PARSE_UNREADABLE;
		if (next == IPPROTO_AH)
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
	h->is_chain = tcp == PARSE_CHAIN;
	if (tcp <= 0)
		return false;
	if (has_start)
		parse_tcp_start(h, &start, tcp);
	else
		h->is_truncated = true;
	h->tcp = tcp;
	return true;
}

/* Returns whether a packet of that type may have a TCP packet in it. */
static __always_inline bool is_chain_type(__u16 type)
{
	return is_vlan_type(type) || type == ETH_P_MPLS_UC || type == ETH_P_MPLS_MC ||
	       type == ETH_P_PPP_SES || type == ETH_P_TEB;
}

/*
 * Finds the MAC header of a packet with a type of is_chain_type(). If the kernel has put a tag into
 * the data, skb->network_header is after it and skb->protocol before it.
 */
static __always_inline void find_chain(struct headers *h, __u32 mac)
{
	__be16 type = 0;

	h->is_chain = true;
	if (mac != MAC_HEADER_UNSET && mac + ETH_HLEN <= h->network &&
	    read_at(h, mac + ETH_HLEN - 2, &type, sizeof(type)) && type == bpf_htons(h->type)) {
		h->l2_len = ETH_HLEN;
		h->outer = mac + ETH_HLEN;
	}
	h->start = h->outer - h->l2_len;
}

/* Returns the bytes of the MAC header and of up to two tags between it and the network header. */
static __always_inline __u32 link_length(__u32 mac, __u32 network)
{
	__u32 length = network - mac;

	if (mac == MAC_HEADER_UNSET)
		return 0;
	return length == ETH_HLEN || length == ETH_HLEN + VLAN_HLEN ||
			       length == ETH_HLEN + 2 * VLAN_HLEN
		       ? length
		       : 0;
}

/*
 * Returns whether the skb has a TCP packet over IPv4 or IPv6; describes its headers if it has. If
 * h->is_chain is set instead, find_in_chain() may find one.
 */
static __always_inline bool find_headers(const struct sk_buff *skb, struct headers *h)
{
	__be16 protocol = skb->protocol;
	__u32 mac = skb->mac_header;

	if (protocol == bpf_htons(ETH_P_IP))
		h->family = AF_INET;
	else if (protocol == bpf_htons(ETH_P_IPV6))
		h->family = AF_INET6;
	else if (!is_chain_type(bpf_ntohs(protocol)))
		return false;
	h->type = bpf_ntohs(protocol);
	h->bytes = skb->head;
	h->data = (__u32)(skb->data - skb->head);
	h->end = skb->tail;
	h->network = h->outer = skb->network_header;
	if (!h->family) {
		find_chain(h, mac);
		return false;
	}
	h->l2_len = link_length(mac, h->network);
	h->start = h->network - h->l2_len;
	return parse_headers(h);
}

/* Returns whether the TCP packet is in another packet. */
static __always_inline bool is_in_tunnel(const struct headers *h)
{
	return h->network != h->outer;
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
	__u32 start = with_mac ? h->start : h->outer;

	record->protocol = h->type;
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
