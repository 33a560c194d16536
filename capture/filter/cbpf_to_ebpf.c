// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cbpf_code.h"
#include "cbpf_to_ebpf.h"

#define MEMORY_SLOTS 16

/* The registers of classic BPF, A and X, always have a zero upper half. */
enum reg {
	A = BPF_REG_0,
	FRAME = BPF_REG_1,
	CAPLEN = BPF_REG_2,
	LEN = BPF_REG_3,
	X = BPF_REG_4,
	AT = BPF_REG_5, /* an offset in the frame, then its address */
};

/* The target of a jump: the number of a classic instruction, or one of the two ends. */
enum target {
	NOWHERE = -3, /* not a jump, or the offset is set already */
	REJECT = -2,
	ACCEPT = -1,
};

struct translation {
	struct ebpf_filter *filter;
	int targets[EBPF_FILTER_INSNS_MAX];
	size_t starts[EBPF_FILTER_INSNS_MAX]; /* of the translation of each instruction */
	size_t ends[2];			      /* of REJECT and ACCEPT; REJECT is 0 */
	bool jumps_to[2];
	bool too_long;
};

static void emit_jump(struct translation *translation, struct bpf_insn insn, int target)
{
	struct ebpf_filter *filter = translation->filter;

	if (filter->count == EBPF_FILTER_INSNS_MAX) {
		translation->too_long = true;
		return;
	}
	if (target == REJECT || target == ACCEPT)
		translation->jumps_to[target - REJECT] = true;
	translation->targets[filter->count] = target;
	filter->insns[filter->count++] = insn;
}

static void emit(struct translation *translation, struct bpf_insn insn)
{
	emit_jump(translation, insn, NOWHERE);
}

static struct bpf_insn insn_k(unsigned int code, enum reg dst, uint32_t k)
{
	return (struct bpf_insn){ .code = (__u8)code, .dst_reg = dst & 15, .imm = (__s32)k };
}

static struct bpf_insn insn_x(unsigned int code, enum reg dst, enum reg src)
{
	return (struct bpf_insn){ .code = (__u8)(code | BPF_X),
				  .dst_reg = dst & 15,
				  .src_reg = src & 15 };
}

/* 32 bits wide: the upper half becomes zero. */
static void set_k(struct translation *translation, enum reg reg, uint32_t k)
{
	emit(translation, insn_k(BPF_ALU | BPF_MOV, reg, k));
}

static void set_x(struct translation *translation, enum reg reg, enum reg from)
{
	emit(translation, insn_x(BPF_ALU | BPF_MOV, reg, from));
}

static void jump(struct translation *translation, int target)
{
	emit_jump(translation, insn_k(BPF_JMP | BPF_JA, 0, 0), target);
}

/* Rejects the frame if "reg op k" is true (unsigned, 32 bits). */
static void reject_if(struct translation *translation, unsigned int op, enum reg reg, uint32_t k)
{
	emit_jump(translation, insn_k(BPF_JMP32 | op, reg, k), REJECT);
}

static unsigned int size_of(unsigned int code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

/* reg = the big-endian field of that size at base + offset. */
static void load(struct translation *translation, enum reg reg, enum reg base, int offset,
		 unsigned int size_code)
{
	struct bpf_insn insn = insn_x(BPF_LDX | BPF_MEM | size_code, reg, base);

	insn.code = (__u8)(BPF_LDX | BPF_MEM | size_code); /* loads have no BPF_X */
	insn.off = (__s16)offset;
	emit(translation, insn);
	if (size_code != BPF_B)
		emit(translation,
		     insn_k(BPF_ALU | BPF_END | BPF_TO_BE, reg, size_code == BPF_H ? 16 : 32));
}

/*
 * Rejects frames in which a field that ends at that offset is missing. Returns false if no frame is
 * so long: the check rejects all frames then. It stays a condition, because the verifier refuses
 * code that cannot be reached.
 */
static bool check_end(struct translation *translation, uint64_t end)
{
	reject_if(translation, BPF_JLT, CAPLEN, end > UINT32_MAX ? UINT32_MAX : (uint32_t)end);
	return end <= EBPF_FILTER_FRAME_MAX;
}

static void load_absolute(struct translation *translation, const struct classic_insn *from)
{
	unsigned int size_code = BPF_SIZE(from->code);

	if (check_end(translation, (uint64_t)from->k + size_of(size_code)))
		load(translation, A, FRAME, (int)from->k, size_code);
}

/*
 * A field at X + k, in 64 bits, so that the sum cannot wrap. The first of the two limits is for the
 * verifier, which does not know the range of CAPLEN and needs a constant.
 */
static void load_indirect(struct translation *translation, const struct classic_insn *from)
{
	unsigned int size_code = BPF_SIZE(from->code), size = size_of(size_code);
	uint64_t end = (uint64_t)from->k + size;

	if (!check_end(translation, end))
		return;
	set_x(translation, AT, X);
	emit(translation, insn_k(BPF_ALU64 | BPF_ADD, AT, (uint32_t)end));
	emit_jump(translation, insn_k(BPF_JMP | BPF_JGT, AT, EBPF_FILTER_FRAME_MAX), REJECT);
	emit_jump(translation, insn_x(BPF_JMP | BPF_JGT, AT, CAPLEN), REJECT);
	emit(translation, insn_x(BPF_ALU64 | BPF_ADD, AT, FRAME));
	load(translation, A, AT, -(int)size, size_code);
}

/* X = the length of the IP header whose first byte is at k. */
static void load_header_length(struct translation *translation, const struct classic_insn *from)
{
	if (!check_end(translation, (uint64_t)from->k + 1))
		return;
	load(translation, X, FRAME, (int)from->k, BPF_B);
	emit(translation, insn_k(BPF_ALU | BPF_AND, X, 15));
	emit(translation, insn_k(BPF_ALU | BPF_LSH, X, 2));
}

/* A load or store between the register and a word of scratch memory, which is on the stack. */
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

static int translate_memory(struct translation *translation, unsigned int class, enum reg reg,
			    uint32_t slot)
{
	if (slot >= MEMORY_SLOTS)
		return -EOPNOTSUPP;
	emit(translation, memory_insn(class, reg, slot));
	return 0;
}

static int translate_load(struct translation *translation, const struct classic_insn *from)
{
	enum reg reg = BPF_CLASS(from->code) == BPF_LD ? A : X;

	switch (BPF_MODE(from->code)) {
	case BPF_IMM:
		set_k(translation, reg, from->k);
		return 0;
	case BPF_LEN:
		set_x(translation, reg, LEN);
		return 0;
	case BPF_MEM:
		return translate_memory(translation, BPF_LDX, reg, from->k);
	case BPF_ABS:
		load_absolute(translation, from);
		return 0;
	case BPF_IND:
		load_indirect(translation, from);
		return 0;
	default: /* BPF_MSH */
		load_header_length(translation, from);
		return 0;
	}
}

/* A shift by 32 or more gives 0 in classic BPF; BPF takes the number modulo 32. */
static void translate_shift(struct translation *translation, const struct classic_insn *from)
{
	unsigned int op = BPF_ALU | BPF_OP(from->code);
	struct bpf_insn in_range = insn_k(BPF_JMP32 | BPF_JLT, X, 32);
	struct bpf_insn past_shift = { .code = BPF_JMP | BPF_JA, .off = 1 };

	if (BPF_SRC(from->code) == BPF_K) {
		emit(translation,
		     from->k < 32 ? insn_k(op, A, from->k) : insn_k(BPF_ALU | BPF_MOV, A, 0));
		return;
	}
	in_range.off = 2; /* to the shift */
	emit(translation, in_range);
	set_k(translation, A, 0);
	emit(translation, past_shift);
	emit(translation, insn_x(op, A, X));
}

static int translate_alu(struct translation *translation, const struct classic_insn *from)
{
	unsigned int op = BPF_OP(from->code);
	bool by_x = BPF_SRC(from->code) == BPF_X;
	bool divides = op == BPF_DIV || op == BPF_MOD;

	if (divides && !by_x && !from->k)
		return -EOPNOTSUPP;
	if (op == BPF_LSH || op == BPF_RSH) {
		translate_shift(translation, from);
		return 0;
	}
	if (divides && by_x)
		reject_if(translation, BPF_JEQ, X, 0);
	emit(translation, by_x ? insn_x(BPF_ALU | op, A, X)
			       : insn_k(BPF_ALU | op, A, op == BPF_NEG ? 0 : from->k));
	return 0;
}

/* A classic jump has two targets; a jump of BPF has one, and otherwise continues. */
static int translate_jump(struct translation *translation, const struct classic_insn *from,
			  int next)
{
	unsigned int op = BPF_OP(from->code);
	bool by_x = BPF_SRC(from->code) == BPF_X;

	if (op == BPF_JA) {
		if (from->k > EBPF_FILTER_INSNS_MAX)
			return (int32_t)from->k < 0 ? -ELOOP : -EOPNOTSUPP;
		jump(translation, next + (int)from->k);
		return 0;
	}
	emit_jump(translation,
		  by_x ? insn_x(BPF_JMP32 | op, A, X) : insn_k(BPF_JMP32 | op, A, from->k),
		  next + from->jt);
	if (from->jf)
		jump(translation, next + from->jf);
	return 0;
}

static int translate_return(struct translation *translation, const struct classic_insn *from)
{
	if (from->code & CBPF_RET_A)
		reject_if(translation, BPF_JEQ, A, 0);
	jump(translation, from->code & CBPF_RET_A || from->k ? ACCEPT : REJECT);
	return 0;
}

/* Translates one instruction; next is the number of the next one. */
static int translate_one(struct translation *translation, const struct classic_insn *from, int next)
{
	if (!cbpf_code_is_valid(from->code))
		return -EOPNOTSUPP;
	switch (BPF_CLASS(from->code)) {
	case BPF_LD:
	case BPF_LDX:
		return translate_load(translation, from);
	case BPF_ST:
		return translate_memory(translation, BPF_STX, A, from->k);
	case BPF_STX:
		return translate_memory(translation, BPF_STX, X, from->k);
	case BPF_ALU:
		return translate_alu(translation, from);
	case BPF_JMP:
		return translate_jump(translation, from, next);
	case BPF_RET:
		return translate_return(translation, from);
	default: /* BPF_MISC */
		set_x(translation, from->code & CBPF_TXA ? A : X, from->code & CBPF_TXA ? X : A);
		return 0;
	}
}

/* The verifier requires that each word of the stack is written before it is read. */
static void clear_memory(struct translation *translation, const struct classic_insn *program,
			 size_t count)
{
	unsigned int cleared = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned int class = BPF_CLASS(program[i].code);

		if ((class != BPF_LD && class != BPF_LDX) || BPF_MODE(program[i].code) != BPF_MEM ||
		    program[i].k >= MEMORY_SLOTS || cleared >> program[i].k & 1)
			continue;
		emit(translation, memory_insn(BPF_ST, 0, program[i].k));
		cleared |= 1U << program[i].k;
	}
}

/* Only ends that are the target of a jump: the verifier refuses code that cannot be reached. */
static void emit_ends(struct translation *translation)
{
	for (int end = REJECT; end <= ACCEPT; end++) {
		translation->ends[end - REJECT] = translation->filter->count;
		if (!translation->jumps_to[end - REJECT])
			continue;
		set_k(translation, A, end == ACCEPT);
		emit(translation, insn_k(BPF_JMP | BPF_EXIT, 0, 0));
	}
}

/* Returns whether all targets are in the program. */
static bool set_offsets(struct translation *translation, size_t count)
{
	struct ebpf_filter *filter = translation->filter;

	for (size_t i = 0; i < filter->count; i++) {
		int target = translation->targets[i];
		size_t to;

		if (target == NOWHERE)
			continue;
		if (target >= (int)count)
			return false;
		to = target < 0 ? translation->ends[target - REJECT] : translation->starts[target];
		filter->insns[i].off = (__s16)(to - i - 1);
	}
	return true;
}

static int translate(struct translation *translation, const struct classic_insn *program,
		     size_t count)
{
	int err = 0;

	set_k(translation, A, 0);
	set_k(translation, X, 0);
	clear_memory(translation, program, count);
	for (size_t i = 0; !err && i < count; i++) {
		translation->starts[i] = translation->filter->count;
		err = translate_one(translation, &program[i], (int)i + 1);
	}
	if (err)
		return err;
	emit_ends(translation);
	if (translation->too_long)
		return -E2BIG;
	return set_offsets(translation, count) ? 0 : -EOPNOTSUPP;
}

int cbpf_to_ebpf(struct ebpf_filter *filter, const struct classic_insn *program, size_t count)
{
	struct translation *translation;
	int err;

	if (count > EBPF_FILTER_INSNS_MAX)
		return -E2BIG;
	translation = calloc(1, sizeof(*translation));
	if (!translation)
		return -ENOMEM;
	translation->filter = filter;
	filter->count = 0;
	err = translate(translation, program, count);
	free(translation);
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
