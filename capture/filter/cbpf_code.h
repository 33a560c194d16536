/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CBPF_CODE_H
#define CBPF_CODE_H

/*
 * The instructions of classic BPF (bpf(4), and chk_code_allowed() in the kernel's
 * net/core/filter.c).
 */

#include <stdbool.h>
#include <stdint.h>

/* Codes for which linux/bpf_common.h has no names. */
#define CBPF_TXA   0x80
#define CBPF_RET_A 0x10

/* Returns whether the code is that of an instruction, with no other bit set. */
bool cbpf_code_is_valid(uint16_t code);

#endif
