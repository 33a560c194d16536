/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CBPF_TO_EBPF_H
#define CBPF_TO_EBPF_H

/*
 * Translates the classic BPF that libpcap makes of a filter expression to the eBPF of the kernel
 * (bpf(4), Documentation/networking/filter.rst in the kernel). Pure. It refuses programs that it
 * cannot translate; it does not check whether the verifier accepts the result.
 *
 * The result is the body of a function that gets the frame, its captured length and its true length
 * in R1 to R3, and returns 1 if the filter accepts the frame, else 0. It reads no byte of the frame
 * after EBPF_FILTER_FRAME_MAX, and uses R0 to R5 and at most 64 bytes of stack.
 */

#include <linux/bpf.h>
#include <stddef.h>

#include "util/error.h"
#include "expression.h"
#include "event/packet.h"

#define EBPF_FILTER_FRAME_MAX (PACKET_ETH_LEN + 256) /* EXPRESSION_FRAME_MAX, bpf/ */
#define EBPF_FILTER_INSNS_MAX 2046		     /* the stub in bpf/expression.bpf.h */

struct ebpf_filter {
	size_t count;
	struct bpf_insn insns[EBPF_FILTER_INSNS_MAX];
};

/*
 * Returns the translated expression, which the caller frees with free(); or NULL and the error,
 * with errno as below.
 */
struct ebpf_filter *ebpf_filter_new(const struct expression *expression, struct error *error);

/*
 * Returns 0; -E2BIG for a program that is too long; -ELOOP for a loop (from "protochain");
 * -EOPNOTSUPP for an instruction that is not classic BPF; -ENOMEM.
 */
int cbpf_to_ebpf(struct ebpf_filter *filter, const struct classic_insn *program, size_t count);

#endif
