/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ORIGIN_BPF_H
#define ORIGIN_BPF_H

/*
 * Where a packet is when it is freed: its direction, namespace, device and socket. All four are
 * decided here, from the skb and its route, so that they agree with each other. If these leave two
 * possible directions, path_direction() decides by the stack (symbols.bpf.h).
 */

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"
#include "socket.bpf.h"
#include "symbols.bpf.h"

struct origin {
	struct sock *sk;     /* of the sender on the way out, of the receiver on the way in; NULL */
	struct sock *holder; /* the socket that has the packet: sk, or one that is not of TCP */
	struct net_device *dev; /* NULL: unknown */
	__u32 netns;		/* 0: unknown */
	__u8 direction;		/* enum record_direction */
	bool received;		/* sk is the receiver */
	bool starts_at_mac;	/* skb->data is at the MAC header that the device sends */
};

/* Which end of a packet's connection a socket is. */
enum endpoint {
	ENDPOINT_NONE,
	ENDPOINT_SENDER,
	ENDPOINT_RECEIVER,
};

/* Returns whether the local address of sk is the source of the packet. */
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
	return same_words(source, local, 4);
}

/*
 * Compares the port of the socket with those of the packet, and the address if both ports are the
 * same. A listener with another port got the packet by TPROXY.
 */
static __always_inline enum endpoint endpoint_of(const struct sock *sk, const struct headers *h)
{
	__u16 port = local_port(&sk->__sk_common);

	if (h->sport == h->dport && port == h->sport && !h->no_ip_header)
		return is_source(sk, h) ? ENDPOINT_SENDER : ENDPOINT_RECEIVER;
	if (port == h->sport)
		return ENDPOINT_SENDER;
	return port == h->dport || socket_state(sk) == TCP_LISTEN ? ENDPOINT_RECEIVER
								  : ENDPOINT_NONE;
}

/*
 * Returns the route of the packet; NULL if it has none, only a tunnel's metadata, or only the
 * stand-in that br_nf_pre_routing() gives each packet of a bridge.
 */
static __always_inline struct dst_entry *packet_route(const struct sk_buff *skb)
{
	struct dst_entry *dst = (void *)(skb->_skb_refdst & ~1UL);

	return dst && !(BPF_CORE_READ(dst, flags) & (DST_METADATA | DST_FAKE_RTABLE)) ? dst : NULL;
}

/* Returns the namespace of a packet by its route, NULL if it has none. */
static __always_inline struct net *packet_net(const struct sk_buff *skb)
{
	struct dst_entry *dst = packet_route(skb);

	return dst ? BPF_CORE_READ(dst, dev, nd_net.net) : NULL;
}

static __always_inline struct net_device *route_device(const struct sk_buff *skb)
{
	struct dst_entry *dst = packet_route(skb);

	return dst ? BPF_CORE_READ(dst, dev) : NULL;
}

/*
 * The direction of a packet with skb_iif, which __netif_receive_skb_core() sets: the packet has
 * been received. If it is forwarded, it leaves by another device, or by the same one, to which its
 * route then leads. Generic XDP moves data back to the MAC header of a packet that it redirects,
 * which has not left the device yet. skb_dev: skb->dev.
 */
static __always_inline __u8 direction_of_received(const struct sk_buff *skb,
						  const struct net_device *skb_dev,
						  bool starts_at_mac)
{
	struct dst_entry *dst = (void *)(skb->_skb_refdst & ~1UL);

	if (starts_at_mac)
		return !dst && skb_dev && skb_dev->ifindex == skb->skb_iif ? RECORD_DIR_UNKNOWN
									   : RECORD_DIR_OUT;
	if (!skb_dev)
		return RECORD_DIR_IN;	      /* tcp_v4_rcv() and tcp_v6_rcv() clear skb->dev */
	if (skb_dev->ifindex != skb->skb_iif) /* a bridge uses no route */
		return packet_route(skb) ? RECORD_DIR_OUT : RECORD_DIR_UNKNOWN;
	if (!dst || skb_dev->type == ARPHRD_LOOPBACK || BPF_CORE_READ(dst, dev) != skb_dev)
		return RECORD_DIR_IN;
	return RECORD_DIR_UNKNOWN;
}

/*
 * The direction of a packet without skb_iif. One that is sent has a route, or no MAC header, or
 * starts at its MAC header.
 */
static __always_inline __u8 direction_of_new(const struct sk_buff *skb, const struct headers *h)
{
	__u32 mac = skb->mac_header;

	if (mac == MAC_HEADER_UNSET || packet_route(skb))
		return RECORD_DIR_OUT;
	return h->data > mac ? RECORD_DIR_IN : RECORD_DIR_UNKNOWN;
}

/*
 * The direction of a packet that has its sender's socket and no skb_iif. veth and the loopback
 * leave the socket in the skb that the other side receives. Clears origin->sk if the packet has
 * left the sender.
 */
static __always_inline __u8 direction_with_sender(const struct sk_buff *skb,
						  const struct headers *h, struct origin *origin)
{
	__u32 mac = skb->mac_header;
	bool left = origin->dev && device_net(origin->dev) != socket_net(origin->sk);

	/* eth_type_trans() of the receiving device has moved data past the MAC header. */
	if (mac != MAC_HEADER_UNSET && h->data > mac && !packet_route(skb)) {
		origin->sk = NULL;
		return RECORD_DIR_IN;
	}
	if (!left)
		return RECORD_DIR_OUT;
	origin->sk = NULL;
	/* A lower device of another namespace sends it, or a BPF program there rejects it. */
	return RECORD_DIR_UNKNOWN;
}

static __always_inline void find_direction(const struct sk_buff *skb, const struct headers *h,
					   const struct net_device *skb_dev, struct origin *origin)
{
	enum endpoint endpoint = origin->sk ? endpoint_of(origin->sk, h) : ENDPOINT_NONE;

	if (endpoint == ENDPOINT_RECEIVER && skb->skb_iif) {
		origin->received = true;
		origin->direction = RECORD_DIR_IN;
		return;
	}
	if (endpoint == ENDPOINT_SENDER && !skb->skb_iif) {
		origin->direction = direction_with_sender(skb, h, origin);
		return;
	}
	origin->sk = NULL;
	origin->direction = skb->skb_iif
				    ? direction_of_received(skb, skb_dev, origin->starts_at_mac)
				    : direction_of_new(skb, h);
}

/*
 * Decides the device and the namespace. skb->dev shares its bytes with a link of the socket's
 * out-of-order queue (skb->rbnode): of a received packet it is only believed if the device is in
 * the socket's namespace. tcp_v4_rcv() clears skb->dev: after that, the namespace is that of the
 * socket or the route, and skb_iif is the index of the device that received the packet. A packet
 * that has not reached its device yet has a route that leads there. skb_dev: skb->dev, as a typed
 * pointer.
 */
static __always_inline void find_device(const struct sk_buff *skb, const struct net_device *skb_dev,
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
		origin->netns = skb_dev->nd_net.net->ns.inum;
		return;
	}
	dev = BPF_CORE_READ(dst, dev);
	net = origin->holder ? socket_net(origin->holder) : dev ? device_net(dev) : NULL;
	origin->netns = net_inode(net);
	if (!net)
		return;
	/*
	 * nft's reject gives its answer the route of the packet that it rejects, which leads to the
	 * loopback.
	 */
	if (!iif && !origin->holder && dev && BPF_CORE_READ(dev, type) == ARPHRD_LOOPBACK)
		return;
	origin->dev = iif ? kernel_device(net, iif) : dev;
}

/*
 * Returns the device of the route if skb->dev is another one: an encapsulated packet has that of
 * the tunnel until ip_output(), and nft's reject gives the packet that it rejects the loopback
 * device (nf_send_unreach6).
 */
static __always_inline struct net_device *routed_device(const struct sk_buff *skb,
							const struct headers *h,
							const struct net_device *skb_dev)
{
	return is_in_tunnel(h) || skb_dev->type == ARPHRD_LOOPBACK ? route_device(skb) : NULL;
}

/*
 * rx_sk: the socket that the kernel names as the receiver, or NULL. skb_dev: skb->dev as a typed
 * pointer; dev: the same, laundered.
 */
static __always_inline void find_origin(const struct sk_buff *skb, const struct headers *h,
					const struct net_device *skb_dev, struct net_device *dev,
					struct sock *rx_sk, struct origin *origin)
{
	struct net_device *routed = NULL;
	__u32 mac = skb->mac_header;

	origin->dev = dev;
	origin->sk = origin->holder = rx_sk ?: kernel_skb_sk(skb);
	if (origin->sk && !is_tcp_socket(origin->sk))
		origin->sk = NULL;
	origin->starts_at_mac = mac != MAC_HEADER_UNSET && h->data <= mac && mac < h->outer;
	origin->received = rx_sk;
	origin->direction = RECORD_DIR_IN;
	if (!rx_sk)
		find_direction(skb, h, skb_dev, origin);
	if (skb_dev && origin->direction == RECORD_DIR_OUT && !origin->starts_at_mac)
		routed = routed_device(skb, h, skb_dev);
	if (routed)
		origin->dev = routed;
	find_device(skb, skb_dev, origin);
	if (routed)
		origin->netns = net_inode(device_net(routed));
}

/*
 * Returns whether a MAC header before the IP header belongs to the packet: a device has received it
 * or is about to send it. In between, a forwarded packet has the header of the frame in which it
 * was received.
 */
static __always_inline bool has_valid_mac(const struct origin *origin)
{
	return origin->starts_at_mac || origin->direction == RECORD_DIR_IN;
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

/* Like fill_device(), but without probe reads if dev is skb_dev, the typed pointer. */
static __always_inline void fill_skb_device(struct drop_record *record,
					    const struct net_device *skb_dev,
					    struct net_device *dev)
{
	__u64 *name = (__u64 *)record->ifname, address = (__u64)skb_dev;

	barrier_var(address); /* or clang reads by dev, whose type the verifier does not know */
	if (!skb_dev || address != (__u64)dev) {
		fill_device(record, dev);
		return;
	}
	record->ifindex = skb_dev->ifindex;
	name[0] = ((const __u64 *)skb_dev->name)[0];
	name[1] = ((const __u64 *)skb_dev->name)[1];
	fill_device_type(record, skb_dev->type);
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
	 * skb_record_rx_queue() stores the queue plus one. A virtual device, which has no parent,
	 * may leave the sender's queue there.
	 */
	if (record->direction == RECORD_DIR_IN && queue && dev && BPF_CORE_READ(dev, dev.parent)) {
		record->queue = queue - 1;
		record->flags |= RECORD_HAS_QUEUE;
	}
}

static __always_inline void fill_origin(struct drop_record *record, const struct sk_buff *skb,
					const struct net_device *skb_dev,
					const struct origin *origin)
{
	record->direction = origin->direction;
	fill_skb_device(record, skb_dev, origin->dev);
	fill_packet_marks(record, skb, origin->dev);
}

#endif
