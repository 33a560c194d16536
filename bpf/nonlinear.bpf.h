/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NONLINEAR_BPF_H
#define NONLINEAR_BPF_H

/*
 * Headers that are not in the linear part of the skb: some drivers leave them in its fragments
 * until the stack first pulls them, and a packet that was reassembled has its later fragments in a
 * list. A dynptr reads them there (6.12 and later: 451d3a2fc9a1 allows tp_btf programs to make one
 * of an skb). Before 6.12, the first skb of the list is read, or the first fragment where x86_64
 * maps its page (page_memory()); elsewhere, such a packet has no ports, or is only counted as one
 * that could not be parsed.
 */

#include "chain.bpf.h"
#include "cpu_state.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"
#include "symbols.bpf.h"

/*
 * Whether the kernel accepts a program that makes a dynptr of a freed skb: tried before the load.
 */
const volatile bool with_skb_dynptr;

#define PAGE_SIZE  4096
#define PULLED_MAX (RECORD_PACKET_MAX - ETH_HLEN)

/* A copy of the start of a packet, with room for two parts of PULLED_MAX. */
struct pulled_packet {
	__u8 mac[ETH_HLEN + 2 * VLAN_HLEN];
	__u8 packet[512];
};

/* The first page fragment of an skb: skb_frag_t, or struct bio_vec. */
struct page_fragment {
	__u64 page;
	__u32 length;
	__u32 offset;
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
	if (length > PULLED_MAX)
		length = PULLED_MAX;
	return !bpf_dynptr_read(to->packet, length, &packet, offset, 0);
}

/* Returns where the kernel has mapped the memory of a struct page; 0: unknown. */
static __always_inline __u64 page_memory(__u64 page)
{
	const struct symbol_table *table = symbol_table();
	__u64 memory = 0, pages = 0, size = bpf_core_type_size(struct page);

	if (!table || !table->page_offset_base || !table->vmemmap_base || !size)
		return 0;
	bpf_probe_read_kernel(&memory, sizeof(memory), (void *)table->page_offset_base);
	bpf_probe_read_kernel(&pages, sizeof(pages), (void *)table->vmemmap_base);
	return memory && pages && page >= pages ? memory + (page - pages) / size * PAGE_SIZE : 0;
}

/* Returns where the bytes after the linear part are, and how many; 0: that is unknown. */
static __always_inline __u64 next_part(const struct skb_shared_info *shared, __u64 *length)
{
	const struct sk_buff *list;
	struct page_fragment first = {};
	__u64 at;

	if (!BPF_CORE_READ(shared, nr_frags)) {
		list = BPF_CORE_READ(shared, frag_list);
		*length = BPF_CORE_READ(list, len) - BPF_CORE_READ(list, data_len);
		return (__u64)BPF_CORE_READ(list, data);
	}
	at = launder_ptr(shared) + bpf_core_field_offset(struct skb_shared_info, frags);
	bpf_probe_read_kernel(&first, sizeof(first), (void *)at);
	*length = first.length;
	at = page_memory(first.page);
	return at ? at + first.offset : 0;
}

/*
 * Copies the linear part from h->outer on, and then the first page fragment, or the linear part of
 * the first skb in the list (frag_list). Returns the number of bytes; 0: they are not readable.
 */
static __always_inline __u32 read_pages(const struct sk_buff *skb, const struct headers *h,
					struct pulled_packet *to)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);
	__u64 linear = h->end - h->outer, length = 0, from;

	if (h->end < h->outer || linear > PULLED_MAX)
		return 0;
	from = next_part(shared, &length);
	if (length > PULLED_MAX)
		length = PULLED_MAX;
	barrier_var(linear);
	barrier_var(length);
	linear &= 255;
	length &= 255;
	if (!from || bpf_probe_read_kernel(to->packet, linear, h->bytes + h->outer) ||
	    bpf_probe_read_kernel(to->packet + linear, length, (void *)from))
		return 0;
	return linear + length;
}

/* Like find_in_chain(), for a copy of the packet's start. */
static __always_inline bool pull_headers(const struct sk_buff *skb, struct drop *drop)
{
	struct headers *h = &drop->headers;
	struct pulled_packet *to = bpf_map_lookup_elem(&pulled_packets, &drop->slot);
	__u32 length = skb->len - (h->outer - h->data);

	if (!to || h->data > h->outer)
		return false;
	if (length > PULLED_MAX)
		length = PULLED_MAX;
	if (with_skb_dynptr ? !read_packet(skb, h->outer - h->data, to, length)
			    : read_pages(skb, h, to) < length)
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
