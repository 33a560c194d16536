/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROG_PATCH_H
#define PROG_PATCH_H

/*
 * Gives a function of a BPF object another body before it is loaded. The function keeps its size,
 * which all that lies behind it and all debug information rest on. Part of source: it uses libbpf.
 */

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stddef.h>

/*
 * Writes the instructions into the ELF file in memory, at the end of the function of that name;
 * what is left before them costs nothing at run time. They must end with a jump or an exit. Returns
 * 0; -ENOENT if there is no such function, -E2BIG if it is too small, -EINVAL if the bytes are no
 * ELF file.
 */
int prog_patch_fill(void *object, size_t size, const char *function, const struct bpf_insn *insns,
		    size_t count);

/*
 * Opens the skeleton's object with the instructions in it. Returns 0, or -errno of this or of
 * libbpf.
 */
int prog_patch_open(struct bpf_object_skeleton *skeleton, const char *function,
		    const struct bpf_insn *insns, size_t count);

#endif
