/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOLIZE_H
#define SYMBOLIZE_H

/*
 * Kernel addresses to symbols, from /proc/kallsyms: the kernel's text, its modules' and BPF's. The
 * table is read once, and again only when a module came or went.
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

/*
 * Starts to read the table in a thread of its own, which takes a while: the first that asks for
 * something waits for it. Without this call, or where no thread can be had, the first that asks
 * reads it.
 */
void symbols_start(struct symbols *symbols);

/* Whether the kernel shows this process zeros for addresses (kernel.kptr_restrict). */
bool symbols_hidden(void);

/* Number of symbols in the table, read now if it was not yet. */
size_t symbols_count(struct symbols *symbols);

/*
 * The symbol of a return address, that is, of the call before it (as the kernel's own %pB). Returns
 * false if it belongs to none. Names live until the next call.
 */
bool symbols_find(struct symbols *symbols, uint64_t address, struct symbol *symbol);

/*
 * The symbol of a location, as the kernel names where it frees: a return address, or a function's
 * first byte where that stands for the function (net_tx_action, for what interrupts have left to
 * it).
 */
bool symbols_find_location(struct symbols *symbols, uint64_t address, struct symbol *symbol);

/*
 * Calls visit for each function of the kernel and its modules, BPF's too, from its first byte to
 * the byte after its last; the table is read now if it was not yet. Names live during the call.
 */
void symbols_visit(struct symbols *symbols,
		   void (*visit)(void *context, const char *name, uint64_t start, uint64_t end),
		   void *context);

/*
 * Reads the table anew if a module came or went; asks once a second at most. Returns whether the
 * table is another one than that of the last symbols_visit().
 */
bool symbols_refresh(struct symbols *symbols);

#endif
