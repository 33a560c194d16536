/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CBPF_TO_EBPF_RUN_H
#define CBPF_TO_EBPF_RUN_H

/*
 * Runs translated filters on frames: in an interpreter of the part of BPF that they use, in which
 * they can read only captured bytes, and in the kernel (bpf(2), BPF_PROG_TEST_RUN).
 */

#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filter/cbpf_to_ebpf.h"
#include "cbpf_to_ebpf_packets.h"

#define RUN_BROKEN UINT64_MAX /* the filter did something invalid */

struct machine {
	const struct test_frame *frame;
	uint64_t regs[11];
	uint8_t stack[64];
};

static inline const uint8_t *machine_at(struct machine *machine, uint64_t address, size_t size)
{
	uint64_t frame = (uint64_t)(uintptr_t)machine->frame->bytes,
		 caplen = machine->frame->caplen;
	uint64_t stack = (uint64_t)(uintptr_t)machine->stack;

	if (address >= frame && address - frame + size <= caplen)
		return machine->frame->bytes + (address - frame);
	if (address >= stack && address - stack + size <= sizeof(machine->stack))
		return machine->stack + (address - stack);
	return NULL;
}

static inline bool machine_memory(struct machine *machine, const struct bpf_insn *insn)
{
	bool loads = BPF_CLASS(insn->code) == BPF_LDX;
	uint64_t base = machine->regs[loads ? insn->src_reg : insn->dst_reg];
	size_t size = BPF_SIZE(insn->code) == BPF_W ? 4 : BPF_SIZE(insn->code) == BPF_H ? 2 : 1;
	uint64_t offset = (uint64_t)(int64_t)insn->off;
	const uint8_t *at = machine_at(machine, base + offset, size);
	uint32_t word = BPF_CLASS(insn->code) == BPF_ST ? (uint32_t)insn->imm
							: (uint32_t)machine->regs[insn->src_reg];
	uint16_t half;

	if (!at)
		return false;
	if (!loads) { /* words, on the stack */
		memcpy(machine->stack + (at - machine->stack), &word, sizeof(word));
		return true;
	}
	memcpy(&half, at, size == 2 ? 2 : 0);
	memcpy(&word, at, size == 4 ? 4 : 0);
	machine->regs[insn->dst_reg] = size == 4 ? word : size == 2 ? half : *at;
	return true;
}

static inline bool machine_alu(struct machine *machine, const struct bpf_insn *insn)
{
	uint64_t *dst = &machine->regs[insn->dst_reg];
	uint64_t src = BPF_SRC(insn->code) == BPF_X ? machine->regs[insn->src_reg]
						    : (uint64_t)(int64_t)insn->imm;
	uint32_t narrow = (uint32_t)src, to = (uint32_t)*dst;

	if (BPF_CLASS(insn->code) == BPF_ALU64) {
		*dst += src;
		return BPF_OP(insn->code) == BPF_ADD;
	}
	switch (BPF_OP(insn->code)) {
	case BPF_MOV:
		to = narrow;
		break;
	case BPF_ADD:
		to += narrow;
		break;
	case BPF_SUB:
		to -= narrow;
		break;
	case BPF_MUL:
		to *= narrow;
		break;
	case BPF_DIV:
		to = narrow ? to / narrow : 0;
		break;
	case BPF_MOD:
		to = narrow ? to % narrow : to;
		break;
	case BPF_AND:
		to &= narrow;
		break;
	case BPF_OR:
		to |= narrow;
		break;
	case BPF_XOR:
		to ^= narrow;
		break;
	case BPF_LSH:
		to <<= narrow & 31;
		break;
	case BPF_RSH:
		to >>= narrow & 31;
		break;
	case BPF_NEG:
		to = -to;
		break;
	case BPF_END:
		if (BPF_SRC(insn->code) != BPF_TO_BE)
			return false;
		to = insn->imm == 16 ? htobe16((uint16_t)to) : htobe32(to);
		break;
	default:
		return false;
	}
	*dst = to;
	return true;
}

static inline bool machine_jumps(const struct machine *machine, const struct bpf_insn *insn)
{
	uint64_t dst = machine->regs[insn->dst_reg];
	uint64_t src = BPF_SRC(insn->code) == BPF_X ? machine->regs[insn->src_reg]
						    : (uint64_t)(int64_t)insn->imm;

	if (BPF_CLASS(insn->code) == BPF_JMP32) {
		dst = (uint32_t)dst;
		src = (uint32_t)src;
	}
	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		return true;
	case BPF_JEQ:
		return dst == src;
	case BPF_JGT:
		return dst > src;
	case BPF_JGE:
		return dst >= src;
	case BPF_JLT:
		return dst < src;
	default:
		return dst & src; /* BPF_JSET */
	}
}

static inline uint64_t interpret(const struct ebpf_filter *filter, const struct test_frame *frame)
{
	struct machine machine = { .frame = frame };

	machine.regs[1] = (uint64_t)(uintptr_t)frame->bytes;
	machine.regs[2] = frame->caplen;
	machine.regs[3] = frame->len;
	machine.regs[10] = (uint64_t)(uintptr_t)(machine.stack + sizeof(machine.stack));
	for (size_t at = 0; at < filter->count; at++) {
		const struct bpf_insn *insn = &filter->insns[at];
		unsigned int class = BPF_CLASS(insn->code);
		bool good = true;

		if (insn->code == (BPF_JMP | BPF_EXIT))
			return machine.regs[0];
		if (class == BPF_JMP || class == BPF_JMP32)
			at += machine_jumps(&machine, insn) ? (size_t)insn->off : 0;
		else if (class == BPF_ALU || class == BPF_ALU64)
			good = machine_alu(&machine, insn);
		else
			good = machine_memory(&machine, insn);
		if (!good)
			break;
	}
	return RUN_BROKEN;
}

/* Maps that the test shares with the program in the kernel. */
struct kernel_run {
	int frames_fd;
	int turn_fd;		   /* one number: the index of the next frame */
	struct test_frame *frames; /* FRAME_COUNT */
	uint64_t *turn;
};

static inline void *share_map(int *fd, uint32_t size, uint32_t count)
{
	struct bpf_map_create_opts options = {
		.sz = sizeof(options),
		.map_flags = BPF_F_MMAPABLE,
	};
	void *memory;

	*fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "filter_test", sizeof(uint32_t), size, count,
			     &options);
	if (*fd < 0)
		return NULL;
	memory = mmap(NULL, (size_t)size * count, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

/* Returns whether the process may use BPF. */
static inline bool kernel_run_open(struct kernel_run *run)
{
	run->turn_fd = -1;
	run->frames = share_map(&run->frames_fd, sizeof(*run->frames), FRAME_COUNT);
	if (run->frames)
		run->turn = share_map(&run->turn_fd, sizeof(*run->turn), 1);
	return run->frames && run->turn;
}

static inline void kernel_run_close(struct kernel_run *run)
{
	if (run->frames)
		munmap(run->frames, sizeof(*run->frames) * FRAME_COUNT);
	if (run->turn_fd >= 0)
		close(run->turn_fd);
	if (run->frames_fd >= 0)
		close(run->frames_fd);
}

/*
 * Loads a program that calls the filter for the next frame. Returns its descriptor, or
 * -errno if the verifier refuses it.
 */
static inline int kernel_run_load(const struct kernel_run *run, const struct ebpf_filter *filter,
				  char *log, uint32_t log_size)
{
	const struct bpf_insn caller[] = {
		{ BPF_LD | BPF_IMM | BPF_DW, 6, BPF_PSEUDO_MAP_VALUE, 0, run->turn_fd },
		{ 0, 0, 0, 0, 0 },
		{ BPF_LDX | BPF_MEM | BPF_DW, 7, 6, 0, 0 },  /* r7 = *turn */
		{ BPF_STX | BPF_MEM | BPF_W, 10, 7, -4, 0 }, /* the key */
		{ BPF_ALU64 | BPF_ADD | BPF_K, 7, 0, 0, 1 },
		{ BPF_STX | BPF_MEM | BPF_DW, 6, 7, 0, 0 }, /* *turn = r7 + 1 */
		{ BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, run->frames_fd },
		{ 0, 0, 0, 0, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4 },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem },
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 6, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, 8, 0, 0, 0 }, /* r8 = the frame */
		{ BPF_ALU64 | BPF_MOV | BPF_X, 1, 0, 0, 0 },
		{ BPF_LDX | BPF_MEM | BPF_W, 2, 8, offsetof(struct test_frame, caplen), 0 },
		{ BPF_LDX | BPF_MEM | BPF_W, 3, 8, offsetof(struct test_frame, len), 0 },
		{ BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 3 },
		{ BPF_STX | BPF_MEM | BPF_DW, 8, 0, offsetof(struct test_frame, verdict), 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0 },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	enum {
		CALLER = sizeof(caller) / sizeof(caller[0])
	};
	struct bpf_insn insns[CALLER + EBPF_FILTER_INSNS_MAX];
	struct bpf_prog_load_opts options = {
		.sz = sizeof(options),
		.log_level = 1,
		.log_buf = log,
		.log_size = log_size,
	};

	memcpy(insns, caller, sizeof(caller));
	memcpy(insns + CALLER, filter->insns, filter->count * sizeof(insns[0]));
	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "filter_test", "GPL", insns,
			     CALLER + filter->count, &options);
}

/* Runs the program on all frames in one call. Returns 0 or -errno. */
static inline int kernel_run_all(struct kernel_run *run, int program_fd)
{
	uint8_t data[64] = { 0 };
	struct bpf_test_run_opts options = {
		.sz = sizeof(options),
		.data_in = data,
		.data_size_in = sizeof(data),
		.repeat = FRAME_COUNT,
	};

	*run->turn = 0;
	for (uint32_t i = 0; i < FRAME_COUNT; i++)
		run->frames[i].verdict = RUN_BROKEN;
	return bpf_prog_test_run_opts(program_fd, &options);
}

#endif
