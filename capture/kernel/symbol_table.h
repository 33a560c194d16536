/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_TABLE_H
#define SYMBOL_TABLE_H

/*
 * The kernel functions by which the kernel side decides where a packet was when it was freed, with
 * their meaning (enum symbol_kind of bpf/record.h). This is the only list of them.
 */

#include "bpf/record.h"
#include "symbolize.h"

/*
 * Fills *table, ordered by address, with those functions that the kernel and its modules have now.
 * Returns how many had no room in it.
 */
size_t symbol_table_fill(struct symbol_table *table, struct symbols *symbols);

#endif
