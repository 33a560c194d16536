// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bpf.h>

#include "cbpf_code.h"

#define ALU(op)	 [BPF_ALU | (op) | BPF_K] = true, [BPF_ALU | (op) | BPF_X] = true
#define JUMP(op) [BPF_JMP | (op) | BPF_K] = true, [BPF_JMP | (op) | BPF_X] = true

bool cbpf_code_is_valid(uint16_t code)
{
	/* clang-format off */
	static const bool valid[UINT8_MAX + 1] = {
		[BPF_LD | BPF_W | BPF_ABS] = true, [BPF_LD | BPF_W | BPF_IND] = true,
		[BPF_LD | BPF_H | BPF_ABS] = true, [BPF_LD | BPF_H | BPF_IND] = true,
		[BPF_LD | BPF_B | BPF_ABS] = true, [BPF_LD | BPF_B | BPF_IND] = true,
		[BPF_LD | BPF_IMM] = true, [BPF_LD | BPF_MEM] = true,
		[BPF_LD | BPF_W | BPF_LEN] = true,
		[BPF_LDX | BPF_IMM] = true, [BPF_LDX | BPF_MEM] = true,
		[BPF_LDX | BPF_W | BPF_LEN] = true, [BPF_LDX | BPF_B | BPF_MSH] = true,
		[BPF_ST] = true, [BPF_STX] = true,
		ALU(BPF_ADD), ALU(BPF_SUB), ALU(BPF_MUL), ALU(BPF_DIV), ALU(BPF_MOD),
		ALU(BPF_OR), ALU(BPF_AND), ALU(BPF_XOR), ALU(BPF_LSH), ALU(BPF_RSH),
		[BPF_ALU | BPF_NEG] = true,
		[BPF_JMP | BPF_JA] = true,
		JUMP(BPF_JEQ), JUMP(BPF_JGT), JUMP(BPF_JGE), JUMP(BPF_JSET),
		[BPF_RET | BPF_K] = true, [BPF_RET | CBPF_RET_A] = true,
		[BPF_MISC] = true, [BPF_MISC | CBPF_TXA] = true,
	};
	/* clang-format on */

	return code <= UINT8_MAX && valid[code];
}
