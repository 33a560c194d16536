/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_TABLE_H
#define SYMBOL_TABLE_H

/*
 * Which kernel functions the kernel side must know to tell where a packet was when it was freed: by
 * what they are called and what they mean (enum symbol_kind). This table is their only list.
 */

#include "bpf/record.h"
#include "symbolize.h"

/*
 * Fills *table from the symbols, which come by address; what the kernel does not have is left out.
 * Returns how many found no room.
 */
size_t symbol_table_fill(struct symbol_table *table, struct symbols *symbols);

#endif
