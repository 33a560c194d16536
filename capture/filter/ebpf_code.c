// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "ebpf_code.h"

void ebpf_emit_jump(struct ebpf_code *code, struct bpf_insn insn, int target)
{
	struct ebpf_filter *filter = code->filter;

	if (filter->count == EBPF_FILTER_INSNS_MAX) {
		code->too_long = true;
		return;
	}
	if (target == REJECT || target == ACCEPT)
		code->jumps_to[target - REJECT] = true;
	code->targets[filter->count] = target;
	filter->insns[filter->count++] = insn;
}

void ebpf_emit(struct ebpf_code *code, struct bpf_insn insn)
{
	ebpf_emit_jump(code, insn, NO_TARGET);
}

void ebpf_set_k(struct ebpf_code *code, enum reg reg, uint32_t k)
{
	ebpf_emit(code, ebpf_insn_k(BPF_ALU | BPF_MOV, reg, k));
}

void ebpf_set_x(struct ebpf_code *code, enum reg reg, enum reg from)
{
	ebpf_emit(code, ebpf_insn_x(BPF_ALU | BPF_MOV, reg, from));
}

void ebpf_jump(struct ebpf_code *code, int target)
{
	ebpf_emit_jump(code, ebpf_insn_k(BPF_JMP | BPF_JA, 0, 0), target);
}

void ebpf_reject_if(struct ebpf_code *code, unsigned int op, enum reg reg, uint32_t k)
{
	ebpf_emit_jump(code, ebpf_insn_k(BPF_JMP32 | op, reg, k), REJECT);
}

void ebpf_load(struct ebpf_code *code, enum reg reg, enum reg base, int offset,
	       unsigned int size_code)
{
	struct bpf_insn insn = ebpf_insn_x(BPF_LDX | BPF_MEM | size_code, reg, base);

	insn.code = (__u8)(BPF_LDX | BPF_MEM | size_code); /* loads have no BPF_X */
	insn.off = (__s16)offset;
	ebpf_emit(code, insn);
	if (size_code != BPF_B)
		ebpf_emit(code, ebpf_insn_k(BPF_ALU | BPF_END | BPF_TO_BE, reg,
					    size_code == BPF_H ? 16 : 32));
}

/* Emits the ends that are the target of a jump: the verifier refuses unreachable code. */
static void emit_ends(struct ebpf_code *code)
{
	for (int end = REJECT; end <= ACCEPT; end++) {
		code->ends[end - REJECT] = code->filter->count;
		if (!code->jumps_to[end - REJECT])
			continue;
		ebpf_set_k(code, A, end == ACCEPT);
		ebpf_emit(code, ebpf_insn_k(BPF_JMP | BPF_EXIT, 0, 0));
	}
}

/* Returns whether all targets are in the program. */
static bool set_offsets(struct ebpf_code *code, size_t count)
{
	struct ebpf_filter *filter = code->filter;

	for (size_t i = 0; i < filter->count; i++) {
		int target = code->targets[i];
		size_t to;

		if (target == NO_TARGET)
			continue;
		if (target >= (int)count)
			return false;
		to = target < 0 ? code->ends[target - REJECT] : code->starts[target];
		filter->insns[i].off = (__s16)(to - i - 1);
	}
	return true;
}

int ebpf_code_link(struct ebpf_code *code, size_t count)
{
	emit_ends(code);
	if (code->too_long)
		return -E2BIG;
	return set_offsets(code, count) ? 0 : -EOPNOTSUPP;
}
