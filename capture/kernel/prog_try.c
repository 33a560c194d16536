// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "prog_try.h"

/* Returns 0 or -errno. */
static int try_program(const struct bpf_insn *insns, size_t count, int btf_id,
		       enum bpf_attach_type type)
{
	struct bpf_prog_load_opts options = {
		.sz = sizeof(options),
		.expected_attach_type = type,
		.attach_btf_id = (__u32)btf_id,
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", insns, count, &options);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int prog_try_fentry(const struct kernel_btf *btf, const char *function)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int id = kernel_btf_function_id(btf, function);

	return id < 0 ? -ENOENT : try_program(nothing, 2, id, BPF_TRACE_FENTRY);
}

bool prog_try_skb_dynptr(const struct kernel_btf *btf)
{
	int tracepoint = kernel_btf_tracepoint_id(btf, "kfree_skb");
	int make = kernel_btf_function_id(btf, "bpf_dynptr_from_skb");
	/* bpf_dynptr_from_skb(ctx[0], 0, &stack[-16]) */
	const struct bpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
		  .dst_reg = BPF_REG_3,
		  .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_3, .imm = -16 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = make },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return tracepoint >= 0 && make >= 0 &&
	       !try_program(insns, sizeof(insns) / sizeof(insns[0]), tracepoint, BPF_TRACE_RAW_TP);
}
