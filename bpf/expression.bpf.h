/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXPRESSION_BPF_H
#define EXPRESSION_BPF_H

/*
 * The user's filter expression, put to a packet before the event costs any room: the frame is made as
 * userspace makes it of the record (capture/decode.c), and judged by instructions that userspace writes
 * into a stub before the load (capture/kernel_filter.h). What cannot be judged here passes: userspace
 * judges each event once more.
 */

#include "event.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"

#define EXPRESSION_SLOTS     2
#define EXPRESSION_FRAME_MAX (ETH_HLEN + RECORD_PACKET_MAX)

const volatile bool with_expression;

/* Where a program makes its frame: each has a slot. */
struct expression_frame {
	__u8 bytes[EXPRESSION_FRAME_MAX];
	__u16 busy; /* an interrupt may meet the program amid it (5.10) */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EXPRESSION_SLOTS);
	__type(key, __u32);
	__type(value, struct expression_frame);
} expression_frames SEC(".maps");

/*
 * The stub: room for KERNEL_FILTER_INSNS_MAX instructions and the two that pass over what is left. Hidden,
 * so that the verifier follows the caller's values into it, but not static, of which the compiler would
 * drop arguments; and the result is one that the compiler cannot know.
 */
__hidden __attribute__((noinline)) __u64 expression_accepts(const __u8 *frame, __u64 caplen,
							    __u64 len)
{
	__u64 accepted;

	/* goto +0, as bytes: instructions would have debug information each */
	asm volatile(".rept 2046\n\t.byte 5, 0, 0, 0, 0, 0, 0, 0\n\t.endr\n\t%0 = 1"
		     : "=r"(accepted)
		     : "r"(frame), "r"(caplen), "r"(len)
		     : "memory");
	return accepted;
}

/* As clamp_ipv6_length() in capture/decode.c. */
static __always_inline void clamp_ipv6_length(__u8 *ip, __u64 caplen, __u64 len)
{
	if (caplen < ETH_HLEN + 40 || ip[4] || ip[5] || len - ETH_HLEN - 40 <= 0xffff)
		return;
	ip[4] = ip[5] = 0xff;
}

static __always_inline bool judge_frame(__u8 *frame, const struct sk_buff *skb,
					const struct headers *h)
{
	__u64 data = (__u64)skb->data, start = (__u64)(h->head + h->start);
	__u64 size = h->end - h->start, len = (__u32)(data - start) + skb->len;
	__u8 type[2] = { h->family == AF_INET ? 0x08 : 0x86, h->family == AF_INET ? 0x00 : 0xdd };
	__u32 missing = ETH_HLEN - h->l2_len; /* of the MAC header: all of it or nothing */

	barrier_var(size); /* as in copy_bytes() */
	if (size > RECORD_PACKET_MAX)
		size = RECORD_PACKET_MAX;
	if (bpf_probe_read_kernel(missing ? frame + ETH_HLEN : frame, size, (void *)start))
		return true;
	if (missing || frame[12] != type[0] || frame[13] != type[1]) {
		__builtin_memset(frame, 0, 12);
		frame[12] = type[0];
		frame[13] = type[1];
	}
	size += missing;
	len += missing;
	if (len < size)
		len = size;
	if (h->family == AF_INET6)
		clamp_ipv6_length(frame + ETH_HLEN, size, len);
	return expression_accepts(frame, size, len);
}

/* Each program that may interrupt another has a slot of its own. */
static __always_inline bool expression_rejects(const struct sk_buff *skb, const struct headers *h,
					       __u32 slot)
{
	struct expression_frame *frame = bpf_map_lookup_elem(&expression_frames, &slot);
	bool accepted;

	if (!frame || frame->busy)
		return false;
	frame->busy = 1;
	barrier();
	accepted = judge_frame(frame->bytes, skb, h);
	barrier();
	frame->busy = 0;
	return !accepted;
}

#endif
