/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXPRESSION_BPF_H
#define EXPRESSION_BPF_H

/*
 * The user's filter expression, evaluated before an event takes room in the ring. The frame is the
 * one that user space makes from the record (capture/event/decode_frame.c), and the instructions
 * are those that user space has written into a stub before the load
 * (capture/filter/cbpf_to_ebpf.h). A packet for which this is not possible is accepted, and user
 * space evaluates the expression again for each event.
 */

#include "event.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"

#define EXPRESSION_FRAME_MAX (ETH_HLEN + RECORD_PACKET_MAX)

const volatile bool with_expression;
/* Whether it is about the TCP packet, without the headers of tags and tunnels before it. */
const volatile bool with_inner;

struct expression_frame {
	__u8 bytes[EXPRESSION_FRAME_MAX];
	__u16 is_in_use; /* as that of struct drop */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SLOT_COUNT);
	__type(key, __u32);
	__type(value, struct expression_frame);
} expression_frames SEC(".maps");

/*
 * The stub: room for EBPF_FILTER_INSNS_MAX instructions and for two that jump over the rest. As it
 * is here, it accepts everything. It is hidden, so that the verifier knows the caller's arguments
 * in it, but not static, or clang would remove arguments; and clang cannot know its result.
 */
__hidden __attribute__((noinline)) __u64 expression_accepts(const __u8 *frame, __u64 caplen,
							    __u64 len)
{
	register __u64 accepted asm("r0");

	/*
	 * Bytes of "goto +0": an instruction would have line information, which the patch breaks.
	 */
	asm volatile("r0 = 1\n\tif r0 == 1 goto +2045\n\t"
		     ".rept 2045\n\t.byte 5, 0, 0, 0, 0, 0, 0, 0\n\t.endr"
		     : "=r"(accepted)
		     : "r"(frame), "r"(caplen), "r"(len)
		     : "memory");
	return accepted;
}

/* The same as clamp_ipv6_length() in capture/event/decode_frame.c. */
static __always_inline void clamp_ipv6_length(__u8 *ip, __u64 caplen, __u64 len)
{
	if (caplen < ETH_HLEN + 40 || ip[4] || ip[5] || len - ETH_HLEN - 40 <= 0xffff)
		return;
	ip[4] = ip[5] = 0xff;
}

/* The MAC header as in the file: one that is missing, or of another type, has zero addresses. */
static __always_inline void complete_mac_header(__u8 *frame, bool missing, __u16 type)
{
	if (!missing && frame[12] == type >> 8 && frame[13] == (type & 0xff))
		return;
	__builtin_memset(frame, 0, 12);
	frame[12] = type >> 8;
	frame[13] = type & 0xff;
}

/*
 * Returns whether the expression accepts the packet of len bytes, whose first size bytes are at
 * start. It also accepts one that cannot be read. link: 0 or 1 MAC headers in the upper half, the
 * ethertype of what follows it in the lower.
 */
static __always_inline bool evaluate(__u8 *frame, __u64 start, __u64 size, __u64 link, __u64 len)
{
	__u64 missing = link >> 16 ? 0 : ETH_HLEN; /* bytes of the MAC header */

	barrier_var(size); /* as in copy_bytes() */
	if (size > RECORD_PACKET_MAX)
		size = RECORD_PACKET_MAX;
	if (bpf_probe_read_kernel(frame + missing, size, (void *)start))
		return true;
	complete_mac_header(frame, missing, link);
	size += missing;
	len += missing;
	if (len < size)
		len = size;
	if ((__u16)link == ETH_P_IPV6)
		clamp_ipv6_length(frame + ETH_HLEN, size, len);
	return expression_accepts(frame, size, len);
}

/*
 * A global function, which therefore takes no pointers: the verifier checks it once and by itself,
 * so that the branches of the expression do not multiply with those of the program.
 */
__attribute__((noinline)) int expression_rejects(__u64 start, __u64 size, __u64 link, __u64 len,
						 __u64 slot)
{
	__u32 key = slot;
	struct expression_frame *frame = bpf_map_lookup_elem(&expression_frames, &key);
	bool accepted;

	if (!frame || frame->is_in_use)
		return 0;
	frame->is_in_use = 1;
	barrier();
	accepted = evaluate(frame->bytes, start, size, link, len);
	barrier();
	frame->is_in_use = 0;
	return !accepted;
}

/* with_mac: as in copy_headers(). */
static __always_inline bool packet_is_rejected(const struct sk_buff *skb, const struct headers *h,
					       bool with_mac, __u64 slot)
{
	__u32 start = with_mac ? h->start : h->outer, mac = with_mac && h->l2_len;
	__u64 bytes = (__u64)h->bytes, link = mac << 16 | h->type;

	if (with_inner && h->network != h->outer) {
		start = h->network;
		link = h->family == AF_INET ? ETH_P_IP : ETH_P_IPV6;
	}
	return expression_rejects(bytes + start, h->end - start, link, h->data - start + skb->len,
				  slot);
}

#endif
