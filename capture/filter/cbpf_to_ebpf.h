/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_FILTER_H
#define KERNEL_FILTER_H

/*
 * A filter expression as instructions that the kernel runs: what libpcap has compiled to classic
 * BPF, translated to BPF (bpf(4) and the kernel's Documentation/networking/filter.rst have both).
 * Pure; what it cannot translate it refuses, and what the verifier thinks of the result it does not
 * know.
 *
 * The instructions are the body of a function that gets the frame, its captured length and its true
 * length in R1 to R3, and returns whether the filter accepts it, 1 or 0. It reads no byte of the
 * frame beyond KERNEL_FILTER_FRAME_MAX, uses R0 to R5, and up to 64 bytes of stack.
 */

#include <linux/bpf.h>
#include <stddef.h>

#include "util/error.h"
#include "expression.h"
#include "event/packet.h"

#define KERNEL_FILTER_FRAME_MAX (PACKET_ETH_LEN + 256)
#define KERNEL_FILTER_INSNS_MAX 2046

struct kernel_filter {
	size_t count;
	struct bpf_insn insns[KERNEL_FILTER_INSNS_MAX];
};

/* Returns NULL and the error, errno as below or ENOMEM. It is to be freed with free(). */
struct kernel_filter *kernel_filter_new(const struct expression *expression, struct error *error);

/*
 * Returns 0; -E2BIG for a program that is too long, -ELOOP for one with a loop (of "protochain"),
 * -EOPNOTSUPP for an instruction that is none of classic BPF.
 */
int kernel_filter_translate(struct kernel_filter *filter, const struct classic_insn *program,
			    size_t count);

#endif
