/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HASH_H
#define HASH_H

/*
 * The hash tables of the project: uthash (its user guide has the macros), with two changes. Keys
 * are hashed by SipHash with a random key of the process, so that nobody who sends packets or makes
 * a file can choose which entries collide. A lack of memory does not end the process: HASH_ADD_...
 * then leaves the table unchanged and entry->hh.tbl NULL, which has to be tested after each.
 *
 * A table keeps its entries in the order in which they were added, the oldest first (hh.next): an
 * entry that is deleted and added again at each use makes it an LRU list.
 */

#include <stdint.h>
#include <stddef.h>

/*
 * Returns the hash of the bytes of a key. Padding in the key must be zero. The first call makes the
 * random key, without a lock: only one thread of a process may use tables.
 */
unsigned int hash_bytes(const void *bytes, size_t length);

#define HASH_NONFATAL_OOM		   1
#define HASH_FUNCTION(bytes, length, hash) ((hash) = hash_bytes((bytes), (length)))
#include <uthash.h>

#endif
