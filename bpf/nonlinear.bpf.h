/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NONLINEAR_BPF_H
#define NONLINEAR_BPF_H

/*
 * A packet whose headers are not in the linear part of its skb, as some drivers hand them up until
 * they are first looked at. A dynptr reads it wherever its bytes are (6.12 and later: 451d3a2fc9a1
 * let tp_btf programs make one of an skb); before, such a packet has no ports, or is not known to
 * be of TCP.
 */

#include "event.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"

/* Whether the kernel takes a program that makes a dynptr of a freed skb; tried before the load. */
const volatile bool with_skb_dynptr;

struct gathered {
	__u8 mac[ETH_HLEN];
	__u8 packet[RECORD_PACKET_MAX - ETH_HLEN];
};

/* Each program has one. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SLOT_COUNT);
	__type(key, __u32);
	__type(value, struct gathered);
} gathered SEC(".maps");

extern int bpf_dynptr_from_skb(struct sk_buff *skb, __u64 flags,
			       struct bpf_dynptr *dynptr) __ksym __weak;

/*
 * length bytes of the packet, from that offset on. A function of its own: the verifier lets nothing
 * else use the place on the stack where a dynptr was.
 */
static __noinline bool read_packet(const struct sk_buff *skb, __u64 offset, struct gathered *to,
				   __u64 length)
{
	struct bpf_dynptr packet;

	if (bpf_dynptr_from_skb((void *)skb, 0, &packet))
		return false;
	barrier_var(length);
	if (length > sizeof(to->packet))
		length = sizeof(to->packet);
	return !bpf_dynptr_read(to->packet, length, &packet, offset, 0);
}

/* As find_headers(), by a copy of the packet's start; for a packet that is said to be of IP. */
static __always_inline bool gather_headers(const struct sk_buff *skb, struct headers *h, __u32 slot)
{
	struct gathered *to = bpf_map_lookup_elem(&gathered, &slot);
	__u32 length = skb->len - (h->network - h->data);

	if (!with_skb_dynptr || !to || h->data > h->network)
		return false;
	if (length > sizeof(to->packet))
		length = sizeof(to->packet);
	if (!read_packet(skb, h->network - h->data, to, length))
		return false;
	/* The MAC header before it is linear always. */
	bpf_probe_read_kernel(to->mac, sizeof(to->mac), h->bytes + h->network - ETH_HLEN);
	/* As a number: what is read there later is read by probe reads. */
	h->bytes = (void *)(as_number(to) + ETH_HLEN - h->network);
	h->end = h->network + length;
	barrier();
	return parse_headers(h);
}

#endif
