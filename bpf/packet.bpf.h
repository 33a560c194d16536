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
#define IPV6_EXTENSIONS_MAX 6

/* Offsets are from skb->head. */
struct headers {
	unsigned char *head;
	__u32 start; /* of the MAC header, or of the IP header where there is none */
	__u32 l2_len;
	__u32 network;
	__u32 tcp;
	__u32 end; /* of the TCP header, or of the linear data if that comes first */
	__u16 sport;
	__u16 dport;
	__u8 flags;
	__u8 family; /* AF_INET or AF_INET6 */
};

/* The TCP header as far as it is looked at. */
struct tcp_start {
	__be16 sport;
	__be16 dport;
	__u8 numbers[8];
	__u8 offset; /* in the upper half, in words */
	__u8 flags;
};

static __always_inline bool read_at(const struct headers *h, __u32 offset, void *to, __u32 size)
{
	return offset + size <= h->end && !bpf_probe_read_kernel(to, size, h->head + offset);
}

/*
 * Returns the offset of the TCP header, 0 if the packet is something else. Its start is in tcp then,
 * unless that could not be read; mostly by the same probe read, which costs more than its bytes.
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

static __always_inline __u32 find_tcp_ipv6(const struct headers *h, __u32 at)
{
	__u8 ip[8], extension[4], next;

	if (!read_at(h, at, ip, sizeof(ip)) || ip[0] >> 4 != 6)
		return 0;
	next = ip[6];
	at += 40;
	for (int i = 0; i < IPV6_EXTENSIONS_MAX && next != IPPROTO_TCP; i++) {
		if (!read_at(h, at, extension, sizeof(extension)))
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

/* Returns whether the skb holds a TCP packet over IPv4 or IPv6, and where its headers lie. */
static __always_inline bool find_headers(const struct sk_buff *skb, struct headers *h)
{
	__be16 protocol = skb->protocol;
	__u32 network, mac, tcp;
	struct tcp_start start = {};
	bool has_start = false;

	if (protocol == bpf_htons(ETH_P_IP))
		h->family = AF_INET;
	else if (protocol == bpf_htons(ETH_P_IPV6))
		h->family = AF_INET6;
	else
		return false;
	h->head = skb->head;
	h->end = skb->tail;
	network = skb->network_header;
	if (h->family == AF_INET) {
		tcp = find_tcp_ipv4(h, network, &start, &has_start);
	} else {
		tcp = find_tcp_ipv6(h, network);
		has_start = tcp && read_at(h, tcp, &start, sizeof(start));
	}
	if (!tcp)
		return false;
	/* What says that it has no header at all is one without it: no payload is copied. */
	if (has_start && tcp + (start.offset >> 4) * 4 < h->end)
		h->end = tcp + (start.offset >> 4) * 4;
	h->sport = bpf_ntohs(start.sport);
	h->dport = bpf_ntohs(start.dport);
	h->flags = start.flags;
	h->network = network;
	h->tcp = tcp;
	mac = skb->mac_header;
	h->l2_len = mac != MAC_HEADER_UNSET && mac + ETH_HLEN == network ? ETH_HLEN : 0;
	h->start = network - h->l2_len;
	return true;
}

/* Bytes behind the headers. */
static __always_inline __u32 payload_len(const struct headers *h, const struct sk_buff *skb)
{
	return skb->len + (__u32)(skb->data - h->head) - h->end;
}

static __always_inline void copy_bytes(struct drop_record *record, const void *from, __u64 length)
{
	barrier_var(length); /* or clang bounds a copy of it, and the verifier misses that */
	if (length > RECORD_PACKET_MAX)
		length = RECORD_PACKET_MAX;
	if (!bpf_probe_read_kernel(record->packet, length, from))
		record->packet_len = length;
}

static __always_inline void copy_headers(struct drop_record *record, const struct sk_buff *skb,
					 const struct headers *h)
{
	__u64 data = (__u64)skb->data, start = (__u64)(h->head + h->start);

	copy_bytes(record, (void *)start, h->end - h->start);
	record->l2_len = h->l2_len;
	record->len = (__u32)(data - start) + skb->len;
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

	bpf_probe_read_kernel(flow->daddr, size, h->head + h->network + at);
	bpf_probe_read_kernel(flow->saddr, size, h->head + h->network + at + size);
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

/* Where a packet in hand is; what is unknown is 0. */
struct place {
	__u32 netns;
	struct net_device *dev;
};

/*
 * Where a packet is that a socket has received, TCP may have queued it, and then skb->dev is a link of
 * that queue: it is a device only if it is of the socket's namespace. Later on TCP's way skb->dev is
 * NULL. The namespace is the socket's or the route's, and the index that the packet came in by tells the
 * device; one that has not reached its device yet has a route that leads there. at is skb->dev, as the
 * verifier knows it, dev the same as a number.
 */
static __always_inline void find_place(const struct sk_buff *skb, const struct net_device *at,
				       struct net_device *dev, const struct sock *sk, bool received,
				       struct place *place)
{
	struct dst_entry *dst = (void *)(skb->_skb_refdst & ~1UL);
	int iif = skb->skb_iif;
	struct net *net;

	if (dev && received && device_net(dev) != socket_net(sk))
		dev = NULL;
	place->dev = dev;
	if (dev) {
		place->netns = at->nd_net.net->ns.inum;
		return;
	}
	dev = BPF_CORE_READ(dst, dev);
	net = sk ? socket_net(sk) : dev ? device_net(dev) : NULL;
	place->netns = net_inode(net);
	if (net)
		place->dev = iif ? kernel_device(net, iif) : dev;
}

/*
 * skb_iif is set when the stack receives a packet and zero while it sends one. A forwarded packet
 * has it too, and leaves by another device.
 */
static __always_inline __u8 packet_direction(const struct sk_buff *skb, bool received,
					     struct net_device *dev)
{
	int iif = skb->skb_iif;

	if (received)
		return RECORD_DIR_IN;
	if (!iif) /* a sender's packet has its socket; one in the receive backlog has none yet */
		return kernel_skb_sk(skb) ? RECORD_DIR_OUT : RECORD_DIR_IN;
	return dev && BPF_CORE_READ(dev, ifindex) != iif ? RECORD_DIR_OUT : RECORD_DIR_IN;
}

static __always_inline void fill_device_type(struct drop_record *record, __u16 type)
{
	if (type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK)
		record->flags |= RECORD_ETHERNET;
}

static __always_inline void fill_device(struct drop_record *record, struct net_device *dev)
{
	if (!dev)
		return;
	record->ifindex = BPF_CORE_READ(dev, ifindex);
	BPF_CORE_READ_STR_INTO(&record->ifname, dev, name);
	fill_device_type(record, BPF_CORE_READ(dev, type));
}

/* The same, without probe reads where dev is one that the verifier knows. */
static __always_inline void fill_device_at(struct drop_record *record, const struct net_device *at,
					   struct net_device *dev)
{
	__u64 *name = (__u64 *)record->ifname, address = (__u64)at;

	barrier_var(address); /* or clang reads by dev, of which the verifier knows nothing */
	if (!at || address != (__u64)dev) {
		fill_device(record, dev);
		return;
	}
	record->ifindex = at->ifindex;
	name[0] = ((const __u64 *)at->name)[0];
	name[1] = ((const __u64 *)at->name)[1];
	fill_device_type(record, at->type);
}

static __always_inline void fill_packet_marks(struct drop_record *record, const struct sk_buff *skb,
					      struct net_device *dev)
{
	__u16 queue = skb->queue_mapping;

	record->skb = (__u64)skb;
	record->pkt_type = BPF_CORE_READ_BITFIELD(skb, pkt_type);
	if (BPF_CORE_READ_BITFIELD(skb, ip_summed) == CHECKSUM_PARTIAL)
		record->flags |= RECORD_CSUM_PARTIAL;
	/*
	 * A receive queue is stored plus one (skb_record_rx_queue). Of a virtual device it may be what
	 * is left of the sender's queue.
	 */
	if (record->direction == RECORD_DIR_IN && queue && dev && BPF_CORE_READ(dev, dev.parent)) {
		record->queue = queue - 1;
		record->flags |= RECORD_HAS_QUEUE;
	}
}

#endif
