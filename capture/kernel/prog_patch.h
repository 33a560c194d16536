/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROG_PATCH_H
#define PROG_PATCH_H

/*
 * Replaces the body of a BPF subprogram in the ELF image before it is loaded. The size of the
 * subprogram is kept, because relocations, BTF and line information of what comes after it depend
 * on it. Part of source: it uses libbpf.
 */

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stddef.h>

/*
 * Writes the instructions into the ELF image in memory, at the end of the function of that name,
 * and fills the space before them with instructions that cost nothing at run time. They must end
 * with a jump or an exit. Returns 0; -ENOENT if there is no such function, -E2BIG if it is too
 * small, -EINVAL if the bytes are not an ELF image.
 */
int prog_patch_fill(void *object, size_t size, const char *function, const struct bpf_insn *insns,
		    size_t count);

/* Opens the skeleton's object with the instructions in it. Returns 0 or -errno, libbpf's also. */
int prog_patch_open(struct bpf_object_skeleton *skeleton, const char *function,
		    const struct bpf_insn *insns, size_t count);

#endif
