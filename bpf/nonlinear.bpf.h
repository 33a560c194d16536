/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NONLINEAR_BPF_H
#define NONLINEAR_BPF_H

/*
 * Headers that are not in the linear part of the skb: some drivers leave them in its fragments
 * until the stack first pulls them. A dynptr reads them there (6.12 and later: 451d3a2fc9a1 allows
 * tp_btf programs to make one of an skb). Before 6.12, such a packet has no ports, or is only
 * counted as one that could not be parsed.
 */

#include "chain.bpf.h"
#include "cpu_state.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"

/*
 * Whether the kernel accepts a program that makes a dynptr of a freed skb: tried before the load.
 */
const volatile bool with_skb_dynptr;

/* A copy of the start of a packet. */
struct pulled_packet {
	__u8 mac[ETH_HLEN + 2 * VLAN_HLEN];
	__u8 packet[RECORD_PACKET_MAX - ETH_HLEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SLOT_COUNT);
	__type(key, __u32);
	__type(value, struct pulled_packet);
} pulled_packets SEC(".maps");

extern int bpf_dynptr_from_skb(struct sk_buff *skb, __u64 flags,
			       struct bpf_dynptr *dynptr) __ksym __weak;

/*
 * Copies length bytes from that offset of the packet. A function of its own, because the verifier
 * does not let anything else use the stack slot of a dynptr.
 */
static __noinline bool read_packet(const struct sk_buff *skb, __u64 offset,
				   struct pulled_packet *to, __u64 length)
{
	struct bpf_dynptr packet;

	if (bpf_dynptr_from_skb((void *)skb, 0, &packet))
		return false;
	barrier_var(length);
	if (length > sizeof(to->packet))
		length = sizeof(to->packet);
	return !bpf_dynptr_read(to->packet, length, &packet, offset, 0);
}

/* Like find_in_chain(), for a copy of the packet's start. */
static __always_inline bool pull_headers(const struct sk_buff *skb, struct drop *drop)
{
	struct headers *h = &drop->headers;
	struct pulled_packet *to = bpf_map_lookup_elem(&pulled_packets, &drop->slot);
	__u32 length = skb->len - (h->outer - h->data);

	if (!with_skb_dynptr || !to || h->data > h->outer)
		return false;
	if (length > sizeof(to->packet))
		length = sizeof(to->packet);
	if (!read_packet(skb, h->outer - h->data, to, length))
		return false;
	/* The MAC header is always in the linear part. */
	bpf_probe_read_kernel(to->mac, sizeof(to->mac), h->bytes + h->outer - sizeof(to->mac));
	/* Laundered, because all later reads of the headers are probe reads. */
	h->bytes = (void *)(launder_ptr(to) + sizeof(to->mac) - h->outer);
	h->end = h->outer + length;
	barrier();
	return find_in_chain(drop);
}

#endif
