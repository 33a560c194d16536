/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EBPF_CODE_H
#define EBPF_CODE_H

/*
 * The eBPF instructions that cbpf_to_ebpf() makes: appends them one by one, and sets the offsets of
 * jumps at the end. It does not depend on the instructions of classic BPF.
 */

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cbpf_to_ebpf.h"

/* The registers of classic BPF, A and X, always have a zero upper half. */
enum reg {
	A = BPF_REG_0,
	FRAME = BPF_REG_1,
	CAPLEN = BPF_REG_2,
	LEN = BPF_REG_3,
	X = BPF_REG_4,
	AT = BPF_REG_5, /* an offset in the frame, then its address */
};

/* The target of a jump: the number of a classic instruction, or one of these. */
enum target {
	NO_TARGET = -3, /* not a jump, or the offset is set already */
	REJECT = -2,
	ACCEPT = -1,
};

struct ebpf_code {
	struct ebpf_filter *filter;
	int targets[EBPF_FILTER_INSNS_MAX];
	size_t starts[EBPF_FILTER_INSNS_MAX]; /* of the translation of each classic instruction */
	size_t ends[2];			      /* of REJECT and ACCEPT; REJECT is 0 */
	bool jumps_to[2];
	bool too_long;
};

/* "dst op k" and "dst op src"; code is the instruction's class and operation. */
static inline struct bpf_insn ebpf_insn_k(unsigned int code, enum reg dst, uint32_t k)
{
	return (struct bpf_insn){ .code = (__u8)code, .dst_reg = dst & 15, .imm = (__s32)k };
}

static inline struct bpf_insn ebpf_insn_x(unsigned int code, enum reg dst, enum reg src)
{
	return (struct bpf_insn){ .code = (__u8)(code | BPF_X),
				  .dst_reg = dst & 15,
				  .src_reg = src & 15 };
}

/*
 * Append an instruction: one without a target, a conditional jump, a jump. If there is no room for
 * it, they set too_long.
 */
void ebpf_emit(struct ebpf_code *code, struct bpf_insn insn);
void ebpf_emit_jump(struct ebpf_code *code, struct bpf_insn insn, int target);
void ebpf_jump(struct ebpf_code *code, int target);

/* reg = k and reg = from, 32 bits wide: the upper half becomes zero. */
void ebpf_set_k(struct ebpf_code *code, enum reg reg, uint32_t k);
void ebpf_set_x(struct ebpf_code *code, enum reg reg, enum reg from);

/* Rejects the frame if "reg op k" is true (unsigned, 32 bits). */
void ebpf_reject_if(struct ebpf_code *code, unsigned int op, enum reg reg, uint32_t k);

/* reg = the big-endian field of that size at base + offset. */
void ebpf_load(struct ebpf_code *code, enum reg reg, enum reg base, int offset,
	       unsigned int size_code);

/*
 * Appends the ends and sets the offsets of jumps. count is the number of classic instructions,
 * whose starts are set. Returns 0; -E2BIG if the program is too long; -EOPNOTSUPP if a target is
 * not in it.
 */
int ebpf_code_link(struct ebpf_code *code, size_t count);

#endif
