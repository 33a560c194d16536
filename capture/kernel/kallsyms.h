/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KALLSYMS_H
#define KALLSYMS_H

/*
 * The functions in /proc/kallsyms, each with an end. The file has no sizes; a function ends
 *   - where the next function of the same module (or of the kernel) begins,
 *   - at _etext or _einittext, if it is the last one of the kernel,
 *   - if it is the last one of a module: where any other symbol begins, at the end of the page or
 *     of the module (/proc/modules), whichever comes first. Modules get their memory in pages.
 *     From 6.4 on the size of a module counts memory in several places, so what is in the next
 *     page may belong to something else.
 * BPF programs, trampolines and the pages of ftrace and kprobes are left out: they share pages, and
 * they come and go without a sign in this file (bpf_programs.h has the programs).
 *
 * A table is read once and does not change, so it can be read in any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbol.h"

struct kallsyms;

/*
 * Reads the table from a file like /proc/kallsyms and one like /proc/modules. A file that cannot be
 * opened is like an empty one. Returns NULL for lack of memory.
 */
struct kallsyms *kallsyms_read(const char *symbols_path, const char *modules_path);
void kallsyms_free(struct kallsyms *table);

/*
 * Addresses of variables by which the kernel side finds the memory of a page on x86_64; 0: unknown.
 */
struct kallsyms_variables {
	uint64_t page_offset_base;
	uint64_t vmemmap_base;
};

/* They live as long as the table. */
const struct kallsyms_variables *kallsyms_variables(const struct kallsyms *table);

/* Number of functions. */
size_t kallsyms_count(const struct kallsyms *table);

/*
 * Compares the modules with those of the time when the table was read. Returns whether they are the
 * same. The functions of a module that was removed, or is now at another address, are not found any
 * more from here on.
 */
bool kallsyms_check_modules(struct kallsyms *table, const char *modules_path);

/*
 * The function that has this byte. Of several names for one address it is the one that the kernel
 * itself shows, the first. Returns false if no function covers it; offset is set from the byte.
 * The names live as long as the table.
 */
bool kallsyms_find(const struct kallsyms *table, uint64_t byte, struct symbol *symbol);

/* Calls visit for each function, ordered by address; several may share one. offset is 0. */
void kallsyms_visit(const struct kallsyms *table,
		    void (*visit)(void *context, const struct symbol *symbol), void *context);

#endif
