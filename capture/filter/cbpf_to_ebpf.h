/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CBPF_TO_EBPF_H
#define CBPF_TO_EBPF_H

/*
 * A filter expression as instructions that the kernel runs: what libpcap has compiled to classic
 * BPF, translated to BPF (bpf(4) and the kernel's Documentation/networking/filter.rst have both).
 * Pure; what it cannot translate it refuses, and what the verifier thinks of the result it does not
 * know.
 *
 * The instructions are the body of a function that gets the frame, its captured length and its true
 * length in R1 to R3, and returns whether the filter accepts it, 1 or 0. It reads no byte of the
 * frame beyond EBPF_FILTER_FRAME_MAX, uses R0 to R5, and up to 64 bytes of stack.
 */

#include <linux/bpf.h>
#include <stddef.h>

#include "util/error.h"
#include "expression.h"
#include "event/packet.h"

#define EBPF_FILTER_FRAME_MAX (PACKET_ETH_LEN + 256)
#define EBPF_FILTER_INSNS_MAX 2046

struct ebpf_filter {
	size_t count;
	struct bpf_insn insns[EBPF_FILTER_INSNS_MAX];
};

/* Returns NULL and the error, errno as below or ENOMEM. It is to be freed with free(). */
struct ebpf_filter *ebpf_filter_new(const struct expression *expression, struct error *error);

/*
 * Returns 0; -E2BIG for a program that is too long, -ELOOP for one with a loop (of "protochain"),
 * -EOPNOTSUPP for an instruction that is none of classic BPF.
 */
int cbpf_to_ebpf(struct ebpf_filter *filter, const struct classic_insn *program, size_t count);

#endif
