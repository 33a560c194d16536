/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOLIZE_H
#define SYMBOLIZE_H

/*
 * Kernel addresses to symbols, from /proc/kallsyms: the kernel's text, its modules' and BPF's. The
 * table is read when the first address is asked for, and again only when a module came or went.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

struct symbol {
	const char *name;
	uint64_t offset;    /* of the address into the symbol */
	const char *module; /* NULL: the kernel itself */
};

/* Returns NULL for lack of memory. */
struct symbols *symbols_new(void);
void symbols_free(struct symbols *symbols);

/* Whether the kernel shows this process zeros for addresses (kernel.kptr_restrict). */
bool symbols_hidden(void);

/* Number of symbols in the table, read now if it was not yet. */
size_t symbols_count(struct symbols *symbols);

/*
 * The symbol of a return address, that is, of the call before it (as the kernel's own %pB). Returns
 * false if it belongs to none. Names live until the next call.
 */
bool symbols_find(struct symbols *symbols, uint64_t address, struct symbol *symbol);

#endif
