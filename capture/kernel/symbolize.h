/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOLIZE_H
#define SYMBOLIZE_H

/*
 * Names for kernel addresses: functions of the kernel and its modules from /proc/kallsyms
 * (kallsyms.h), those of BPF programs from the programs themselves (bpf_programs.h). An address
 * that no function is known to have gets no name; it never gets the name of a neighbour.
 *
 * Modules and BPF programs come and go while a capture runs, and the kernel uses their addresses
 * again. A caller that keeps a name by its address has to forget it when symbols_generation()
 * changes, unless the address is in the kernel itself (symbol.module is NULL).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbol.h"

struct symbols;

/* Returns NULL for lack of memory. */
struct symbols *symbols_new(void);

/* The same, from files in the form of /proc/kallsyms and /proc/modules, which must outlive it. */
struct symbols *symbols_new_from(const char *symbols_path, const char *modules_path);
void symbols_free(struct symbols *symbols);

/*
 * Begins to read the table in a thread, which takes about half a microsecond for each symbol: the
 * first function that needs the table waits for it. Without this call, or if no thread can be
 * created, that function reads it.
 */
void symbols_start(struct symbols *symbols);

/*
 * Returns whether the kernel shows zeros instead of addresses to this process
 * (kernel.kptr_restrict).
 */
bool symbols_hidden(void);

/* Number of functions in /proc/kallsyms. */
size_t symbols_count(struct symbols *symbols);

/* The lookups that follow are for an event of that time (CLOCK_BOOTTIME). */
void symbols_begin_event(struct symbols *symbols, uint64_t event_ns);

/*
 * To be called before a name is used that was kept, or before a lookup, if the address is not known
 * to be in the kernel itself. Adds the BPF programs that were loaded before the event, and finds
 * out whether a module was. Costs up to ten microseconds, and nothing if the event is older than
 * the last answer of the kernel. Returns symbols_generation().
 */
uint64_t symbols_update(struct symbols *symbols);

/*
 * Once a second, compares the modules and the BPF programs with those that are known; to be called
 * often. If modules have changed, the table is read again in a thread, so that the caller can
 * continue reading records; until it is there, functions of other modules keep their names, and
 * those that came have none. Returns whether the table is another one than in the last
 * symbols_visit().
 */
bool symbols_refresh(struct symbols *symbols);

/* Changes whenever an address may have another name than before. */
uint64_t symbols_generation(const struct symbols *symbols);

/*
 * Finds the function of a return address, that is, of the call before it (like the kernel's %pB).
 * Returns false if the address is in no known function. The names live until the next call that is
 * not a lookup.
 */
bool symbols_find(struct symbols *symbols, uint64_t address, struct symbol *symbol);

/*
 * The function of a location where the kernel frees a packet: a return address, or the address of
 * a function (net_tx_action, for packets that were freed in an interrupt).
 */
bool symbols_find_location(struct symbols *symbols, uint64_t address, struct symbol *symbol);

/*
 * Calls visit for each function of the kernel and its modules, ordered by address; the names live
 * during the call.
 */
void symbols_visit(struct symbols *symbols,
		   void (*visit)(void *context, const struct symbol *symbol), void *context);

struct kallsyms_variables; /* kallsyms.h */

/* Returns the addresses of variables, NULL without a table. Valid until the next call. */
const struct kallsyms_variables *symbols_variables(struct symbols *symbols);

#endif
