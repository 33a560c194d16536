/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_PROGRAMS_H
#define BPF_PROGRAMS_H

/*
 * The functions of all BPF programs that are loaded, with the addresses, the sizes and the names
 * that the kernel reports of each program (BPF_OBJ_GET_INFO_BY_FD, as perf does it), and without
 * /proc/kallsyms, which has no sizes. Needs CAP_SYS_ADMIN: without it the table is empty.
 */

#include <stdbool.h>
#include <stdint.h>

#include "symbol.h"

struct bpf_programs;

/* An empty table. Returns NULL for lack of memory. */
struct bpf_programs *bpf_programs_new(void);
void bpf_programs_free(struct bpf_programs *programs);

/*
 * Adds the programs that are newer than the newest known one; a bounded number of them, the next
 * call continues. Costs one system call if there is none. Returns whether there was one.
 */
bool bpf_programs_add_new(struct bpf_programs *programs);

/*
 * Compares the programs with those that are loaded, by one system call for each: removes those that
 * were unloaded, and adds those that are missing. Returns whether anything changed.
 */
bool bpf_programs_compare(struct bpf_programs *programs);

/*
 * The function of a program that is still loaded and has this byte. Returns false if there is none,
 * or if it was loaded after event_ns (CLOCK_BOOTTIME), when the byte may have belonged to another;
 * offset is set from the byte. The name lives until the next call of another function.
 */
bool bpf_programs_find(const struct bpf_programs *programs, uint64_t byte, uint64_t event_ns,
		       struct symbol *symbol);

#endif
