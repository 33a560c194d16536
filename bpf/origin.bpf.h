/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ORIGIN_BPF_H
#define ORIGIN_BPF_H

/*
 * Where a packet is when it is freed: its direction, namespace, device and socket, decided here by
 * what the skb and its route say, so that all four are of one world. Where that leaves two
 * possibilities the direction is unknown; user space may then decide it by the stack
 * (capture/enrich/enrich.c).
 */

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"
#include "socket.bpf.h"
#include "symbols.bpf.h"

struct origin {
	struct sock *sk;     /* the sender's on its way out, the receiver's on its way in; NULL */
	struct sock *holder; /* the same, or one that is not TCP's and has the packet */
	struct net_device *dev; /* NULL: unknown */
	__u32 netns;		/* 0: unknown */
	__u8 direction;		/* enum record_direction */
	bool received;		/* sk is the receiver */
	bool is_framed; /* the packet starts with the MAC header that its device is to send */
};

enum side {
	SIDE_NONE,
	SIDE_SENDER,
	SIDE_RECEIVER,
};

static __always_inline bool is_source(const struct sock *sk, const struct headers *h)
{
	__u32 source[4] = {}, local[4] = {};

	if (h->family == AF_INET) {
		bpf_probe_read_kernel(source, 4, h->bytes + h->network + 12);
		local[0] = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
	} else {
		bpf_probe_read_kernel(source, 16, h->bytes + h->network + 8);
		BPF_CORE_READ_INTO((struct in6_addr *)local, sk, __sk_common.skc_v6_rcv_saddr);
	}
	return same_bytes(source, local, 4);
}

/*
 * Which end of the packet's connection the socket is, by its port, and by its address where both
 * ports are the same. A listener of another port has the packet by TPROXY.
 */
static __always_inline enum side side_of(const struct sock *sk, const struct headers *h)
{
	__u16 port = local_port(&sk->__sk_common);

	if (h->sport == h->dport && port == h->sport && !h->no_ip)
		return is_source(sk, h) ? SIDE_SENDER : SIDE_RECEIVER;
	if (port == h->sport)
		return SIDE_SENDER;
	return port == h->dport || socket_state(sk) == TCP_LISTEN ? SIDE_RECEIVER : SIDE_NONE;
}

/*
 * The route that the packet has; NULL: none yet, none any more, or what a tunnel notes in its
 * place.
 */
static __always_inline struct dst_entry *packet_route(const struct sk_buff *skb)
{
	struct dst_entry *dst = (void *)(skb->_skb_refdst & ~1UL);

	return dst && !(BPF_CORE_READ(dst, flags) & DST_METADATA) ? dst : NULL;
}

static __always_inline struct net_device *route_device(const struct sk_buff *skb)
{
	struct dst_entry *dst = packet_route(skb);

	return dst ? BPF_CORE_READ(dst, dev) : NULL;
}

/*
 * A packet that has been through the receive path has skb_iif, which is zero while the stack sends
 * one. It leaves by another device, or, where it is sent back, by the same: its route then leads
 * there. at is skb->dev.
 */
static __always_inline __u8 direction_of_received(const struct sk_buff *skb,
						  const struct net_device *at, bool is_framed)
{
	struct dst_entry *dst = (void *)(skb->_skb_refdst & ~1UL);

	if (is_framed)
		return RECORD_DIR_OUT;
	if (!at)
		return RECORD_DIR_IN; /* TCP has it */
	if (at->ifindex != skb->skb_iif)
		return dst ? RECORD_DIR_OUT : RECORD_DIR_UNKNOWN; /* a bridge has no route */
	if (!dst || at->type == ARPHRD_LOOPBACK || BPF_CORE_READ(dst, dev) != at)
		return RECORD_DIR_IN;
	return RECORD_DIR_UNKNOWN;
}

/*
 * A packet without skb_iif: one that is sent has a route, or a MAC header at its start, or none at
 * all.
 */
static __always_inline __u8 direction_of_new(const struct sk_buff *skb, const struct headers *h)
{
	__u32 mac = skb->mac_header;

	if (mac == MAC_HEADER_UNSET || packet_route(skb))
		return RECORD_DIR_OUT;
	return h->data > mac ? RECORD_DIR_IN : RECORD_DIR_UNKNOWN;
}

/*
 * The sender's socket is in the skb until the packet is received, and then may still be there: on a
 * cable between namespaces, or within one. Returns the direction; forgets the socket if the packet
 * has left it.
 */
static __always_inline __u8 direction_with_sender(const struct sk_buff *skb,
						  const struct headers *h, struct origin *origin)
{
	__u32 mac = skb->mac_header;
	bool left = origin->dev && device_net(origin->dev) != socket_net(origin->sk);

	/* Past its MAC header: it is in the hands of the device that received it. */
	if (mac != MAC_HEADER_UNSET && h->data > mac && !packet_route(skb)) {
		origin->sk = NULL;
		return RECORD_DIR_IN;
	}
	if (!left)
		return RECORD_DIR_OUT;
	origin->sk = NULL;
	return RECORD_DIR_UNKNOWN; /* a lower device of another namespace sends it, or a program
				      there refuses it */
}

static __always_inline void find_direction(const struct sk_buff *skb, const struct headers *h,
					   const struct net_device *at, struct origin *origin)
{
	enum side side = origin->sk ? side_of(origin->sk, h) : SIDE_NONE;

	if (side == SIDE_RECEIVER && skb->skb_iif) {
		origin->received = true;
		origin->direction = RECORD_DIR_IN;
		return;
	}
	if (side == SIDE_SENDER && !skb->skb_iif) {
		origin->direction = direction_with_sender(skb, h, origin);
		return;
	}
	origin->sk = NULL;
	origin->direction = skb->skb_iif ? direction_of_received(skb, at, origin->is_framed)
					 : direction_of_new(skb, h);
}

/*
 * What a socket has received, TCP may have queued, and then skb->dev is a link of that queue: it is
 * a device only if it is of the socket's namespace. Later on TCP's way skb->dev is NULL: the
 * namespace is the socket's or the route's, and the index that the packet came in by tells the
 * device; one that has not reached its device yet has a route that leads there. at is skb->dev, as
 * the verifier knows it.
 */
static __always_inline void find_device(const struct sk_buff *skb, const struct net_device *at,
					struct origin *origin)
{
	struct dst_entry *dst = (void *)(skb->_skb_refdst & ~1UL);
	int iif = skb->skb_iif;
	struct net_device *dev;
	struct net *net;

	if (origin->dev && (origin->received || (origin->holder && is_in_receive_queue(skb))) &&
	    device_net(origin->dev) != socket_net(origin->holder))
		origin->dev = NULL;
	if (origin->dev) {
		origin->netns = at->nd_net.net->ns.inum;
		return;
	}
	dev = BPF_CORE_READ(dst, dev);
	net = origin->holder ? socket_net(origin->holder) : dev ? device_net(dev) : NULL;
	origin->netns = net_inode(net);
	if (!net)
		return;
	/*
	 * nft's reject gives its answer the route by which the packet came in, which leads to the
	 * loopback.
	 */
	if (!iif && !origin->holder && dev && BPF_CORE_READ(dev, type) == ARPHRD_LOOPBACK)
		return;
	origin->dev = iif ? kernel_device(net, iif) : dev;
}

/*
 * rx_sk: the socket that the kernel names as the receiver, or NULL; at: skb->dev, as the verifier
 * knows it, dev: the same as a number.
 */
static __always_inline void find_origin(const struct sk_buff *skb, const struct headers *h,
					const struct net_device *at, struct net_device *dev,
					struct sock *rx_sk, struct origin *origin)
{
	__u32 mac = skb->mac_header;

	origin->dev = dev;
	origin->sk = origin->holder = rx_sk ?: kernel_skb_sk(skb);
	if (origin->sk && !is_tcp_socket(origin->sk))
		origin->sk = NULL;
	origin->is_framed = mac != MAC_HEADER_UNSET && h->data <= mac && mac < h->network;
	origin->received = rx_sk;
	origin->direction = RECORD_DIR_IN;
	if (!rx_sk)
		find_direction(skb, h, at, origin);
	/* nft's reject has set the device of what it answers to the loopback (nf_send_unreach6). */
	if (at && at->type == ARPHRD_LOOPBACK && origin->direction == RECORD_DIR_OUT &&
	    !origin->is_framed)
		origin->dev = route_device(skb) ?: origin->dev;
	find_device(skb, at, origin);
}

/*
 * A MAC header is the packet's if its device has received it or is about to send it. Until then a
 * forwarded packet has that of the frame that it came in.
 */
static __always_inline bool has_valid_mac(const struct origin *origin)
{
	return origin->is_framed || origin->direction == RECORD_DIR_IN;
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
	if (skb->vlan_proto && kernel_vlan_tag(skb, &record->vlan_proto, &record->vlan_tci))
		record->flags |= RECORD_HAS_VLAN;
	/*
	 * A receive queue is stored plus one (skb_record_rx_queue). Of a virtual device it may be
	 * what is left of the sender's queue.
	 */
	if (record->direction == RECORD_DIR_IN && queue && dev && BPF_CORE_READ(dev, dev.parent)) {
		record->queue = queue - 1;
		record->flags |= RECORD_HAS_QUEUE;
	}
}

static __always_inline void fill_origin(struct drop_record *record, const struct sk_buff *skb,
					const struct net_device *at, const struct origin *origin)
{
	record->direction = origin->direction;
	fill_device_at(record, at, origin->dev);
	fill_packet_marks(record, skb, origin->dev);
}

#endif
