/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORD_STORE_H
#define RECORD_STORE_H

/*
 * Keeps many records in memory, compressed, and reads them again in any order. Records that are
 * similar to their neighbours take a fifth of their size or less. Reading is fast in the order of
 * adding, or near it; elsewhere each record costs the decompression of some 64 KiB. It does not
 * interpret the bytes.
 */

#include <stddef.h>

struct record_store;

/* Returns NULL for lack of memory. NULL is accepted by _free. */
struct record_store *record_store_new(void);
void record_store_free(struct record_store *store);

/* Adds a record of at most 16 MiB; it is copied. Returns 0, -ENOMEM, or -E2BIG for a longer one. */
int record_store_add(struct record_store *store, const void *bytes, size_t length);

/*
 * Finds the record that was added as number index: 0, 1, ... Returns 0 or -ENOMEM. The bytes live
 * until the next call.
 */
int record_store_get(struct record_store *store, size_t index, const void **bytes, size_t *length);

#endif
