// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cbpf_code.h"
#include "cbpf_to_ebpf.h"
#include "ebpf_code.h"

#define MEMORY_SLOTS 16 /* BPF_MEMWORDS, include/uapi/linux/filter.h */

static unsigned int size_of(unsigned int code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

/*
 * Emits a check that rejects frames which end before that offset. Returns false if all frames do:
 * the field need not be loaded then. The check stays a conditional jump, because the verifier
 * refuses unreachable code.
 */
static bool check_end(struct ebpf_code *code, uint64_t end)
{
	ebpf_reject_if(code, BPF_JLT, CAPLEN, end > UINT32_MAX ? UINT32_MAX : (uint32_t)end);
	return end <= EBPF_FILTER_FRAME_MAX;
}

static void load_absolute(struct ebpf_code *code, const struct classic_insn *from)
{
	unsigned int size_code = BPF_SIZE(from->code);

	if (check_end(code, (uint64_t)from->k + size_of(size_code)))
		ebpf_load(code, A, FRAME, (int)from->k, size_code);
}

/*
 * Loads a field at X + k. The sum has 64 bits, so that it cannot wrap. The first of the two limits
 * is for the verifier, which needs a constant, because it does not know the range of CAPLEN.
 */
static void load_indirect(struct ebpf_code *code, const struct classic_insn *from)
{
	unsigned int size_code = BPF_SIZE(from->code), size = size_of(size_code);
	uint64_t end = (uint64_t)from->k + size;

	if (!check_end(code, end))
		return;
	ebpf_set_x(code, AT, X);
	ebpf_emit(code, ebpf_insn_k(BPF_ALU64 | BPF_ADD, AT, (uint32_t)end));
	ebpf_emit_jump(code, ebpf_insn_k(BPF_JMP | BPF_JGT, AT, EBPF_FILTER_FRAME_MAX), REJECT);
	ebpf_emit_jump(code, ebpf_insn_x(BPF_JMP | BPF_JGT, AT, CAPLEN), REJECT);
	ebpf_emit(code, ebpf_insn_x(BPF_ALU64 | BPF_ADD, AT, FRAME));
	ebpf_load(code, A, AT, -(int)size, size_code);
}

/* Sets X to the length of the IP header whose first byte is at k. */
static void load_header_length(struct ebpf_code *code, const struct classic_insn *from)
{
	if (!check_end(code, (uint64_t)from->k + 1))
		return;
	ebpf_load(code, X, FRAME, (int)from->k, BPF_B);
	ebpf_emit(code, ebpf_insn_k(BPF_ALU | BPF_AND, X, 15));
	ebpf_emit(code, ebpf_insn_k(BPF_ALU | BPF_LSH, X, 2));
}

/* Returns a load or a store of a word of the scratch memory, which is on the stack. */
static struct bpf_insn memory_insn(unsigned int class, enum reg reg, uint32_t slot)
{
	bool loads = class == BPF_LDX;

	return (struct bpf_insn){
		.code = (__u8)(class | BPF_MEM | BPF_W),
		.dst_reg = (loads ? reg : (enum reg)BPF_REG_10) & 15,
		.src_reg = (loads ? (enum reg)BPF_REG_10 : reg) & 15,
		.off = (__s16)(-4 * ((int)slot + 1)),
	};
}

static int translate_memory(struct ebpf_code *code, unsigned int class, enum reg reg, uint32_t slot)
{
	if (slot >= MEMORY_SLOTS)
		return -EOPNOTSUPP;
	ebpf_emit(code, memory_insn(class, reg, slot));
	return 0;
}

static int translate_load(struct ebpf_code *code, const struct classic_insn *from)
{
	enum reg reg = BPF_CLASS(from->code) == BPF_LD ? A : X;

	switch (BPF_MODE(from->code)) {
	case BPF_IMM:
		ebpf_set_k(code, reg, from->k);
		return 0;
	case BPF_LEN:
		ebpf_set_x(code, reg, LEN);
		return 0;
	case BPF_MEM:
		return translate_memory(code, BPF_LDX, reg, from->k);
	case BPF_ABS:
		load_absolute(code, from);
		return 0;
	case BPF_IND:
		load_indirect(code, from);
		return 0;
	default: /* BPF_MSH */
		load_header_length(code, from);
		return 0;
	}
}

/* A shift by 32 or more gives 0 in classic BPF, but eBPF shifts by the number modulo 32. */
static void translate_shift(struct ebpf_code *code, const struct classic_insn *from)
{
	unsigned int op = BPF_ALU | BPF_OP(from->code);
	struct bpf_insn in_range = ebpf_insn_k(BPF_JMP32 | BPF_JLT, X, 32);
	struct bpf_insn past_shift = { .code = BPF_JMP | BPF_JA, .off = 1 };

	if (BPF_SRC(from->code) == BPF_K) {
		ebpf_emit(code, from->k < 32 ? ebpf_insn_k(op, A, from->k)
					     : ebpf_insn_k(BPF_ALU | BPF_MOV, A, 0));
		return;
	}
	in_range.off = 2; /* to the shift */
	ebpf_emit(code, in_range);
	ebpf_set_k(code, A, 0);
	ebpf_emit(code, past_shift);
	ebpf_emit(code, ebpf_insn_x(op, A, X));
}

static int translate_alu(struct ebpf_code *code, const struct classic_insn *from)
{
	unsigned int op = BPF_OP(from->code);
	bool by_x = BPF_SRC(from->code) == BPF_X;
	bool divides = op == BPF_DIV || op == BPF_MOD;

	if (divides && !by_x && !from->k)
		return -EOPNOTSUPP;
	if (op == BPF_LSH || op == BPF_RSH) {
		translate_shift(code, from);
		return 0;
	}
	if (divides && by_x)
		ebpf_reject_if(code, BPF_JEQ, X, 0);
	ebpf_emit(code, by_x ? ebpf_insn_x(BPF_ALU | op, A, X)
			     : ebpf_insn_k(BPF_ALU | op, A, op == BPF_NEG ? 0 : from->k));
	return 0;
}

/* A conditional jump of classic BPF has two targets, one of eBPF has one. */
static int translate_jump(struct ebpf_code *code, const struct classic_insn *from, int next)
{
	unsigned int op = BPF_OP(from->code);
	bool by_x = BPF_SRC(from->code) == BPF_X;

	if (op == BPF_JA) {
		if (from->k > EBPF_FILTER_INSNS_MAX)
			return (int32_t)from->k < 0 ? -ELOOP : -EOPNOTSUPP;
		ebpf_jump(code, next + (int)from->k);
		return 0;
	}
	ebpf_emit_jump(code,
		       by_x ? ebpf_insn_x(BPF_JMP32 | op, A, X)
			    : ebpf_insn_k(BPF_JMP32 | op, A, from->k),
		       next + from->jt);
	if (from->jf)
		ebpf_jump(code, next + from->jf);
	return 0;
}

static int translate_return(struct ebpf_code *code, const struct classic_insn *from)
{
	if (from->code & CBPF_RET_A)
		ebpf_reject_if(code, BPF_JEQ, A, 0);
	ebpf_jump(code, from->code & CBPF_RET_A || from->k ? ACCEPT : REJECT);
	return 0;
}

/* Translates one instruction; next is the number of the next one. */
static int translate_one(struct ebpf_code *code, const struct classic_insn *from, int next)
{
	if (!cbpf_code_is_valid(from->code))
		return -EOPNOTSUPP;
	switch (BPF_CLASS(from->code)) {
	case BPF_LD:
	case BPF_LDX:
		return translate_load(code, from);
	case BPF_ST:
		return translate_memory(code, BPF_STX, A, from->k);
	case BPF_STX:
		return translate_memory(code, BPF_STX, X, from->k);
	case BPF_ALU:
		return translate_alu(code, from);
	case BPF_JMP:
		return translate_jump(code, from, next);
	case BPF_RET:
		return translate_return(code, from);
	default: /* BPF_MISC */
		ebpf_set_x(code, from->code & CBPF_TXA ? A : X, from->code & CBPF_TXA ? X : A);
		return 0;
	}
}

/* The verifier requires that each word of the stack is written before it is read. */
static void clear_memory(struct ebpf_code *code, const struct classic_insn *program, size_t count)
{
	unsigned int cleared = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned int class = BPF_CLASS(program[i].code);

		if ((class != BPF_LD && class != BPF_LDX) || BPF_MODE(program[i].code) != BPF_MEM ||
		    program[i].k >= MEMORY_SLOTS || cleared >> program[i].k & 1)
			continue;
		ebpf_emit(code, memory_insn(BPF_ST, 0, program[i].k));
		cleared |= 1U << program[i].k;
	}
}

static int translate(struct ebpf_code *code, const struct classic_insn *program, size_t count)
{
	int err = 0;

	ebpf_set_k(code, A, 0);
	ebpf_set_k(code, X, 0);
	clear_memory(code, program, count);
	for (size_t i = 0; !err && i < count; i++) {
		code->starts[i] = code->filter->count;
		err = translate_one(code, &program[i], (int)i + 1);
	}
	return err ? err : ebpf_code_link(code, count);
}

int cbpf_to_ebpf(struct ebpf_filter *filter, const struct classic_insn *program, size_t count)
{
	struct ebpf_code *code;
	int err;

	if (count > EBPF_FILTER_INSNS_MAX)
		return -E2BIG;
	code = calloc(1, sizeof(*code));
	if (!code)
		return -ENOMEM;
	code->filter = filter;
	filter->count = 0;
	err = translate(code, program, count);
	free(code);
	return err;
}

struct ebpf_filter *ebpf_filter_new(const struct expression *expression, struct error *error)
{
	struct ebpf_filter *filter = calloc(1, sizeof(*filter));
	struct classic_insn *program;
	size_t count = expression_program(expression, &program);
	int err = filter && program ? cbpf_to_ebpf(filter, program, count) : -ENOMEM;

	free(program);
	if (!err)
		return filter;
	free(filter);
	error_set(error, err, "%s",
		  err == -E2BIG	  ? "it has too many instructions"
		  : err == -ELOOP ? "it has a loop"
				  : strerror(-err));
	errno = -err;
	return NULL;
}
