/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_TABLE_H
#define TOP_TABLE_H

/*
 * The known connections, and what each has moved in one round: the difference between its counters
 * in this round and the ones before. It knows nothing of how the samples are made.
 *
 * Nothing is identified by a number that the kernel uses again: a connection at the address and
 * with the flow of an earlier one is another if its cookie differs, or, where the kernel has not
 * given it one, if its counters went backwards. A connection that first appears after the baseline
 * is new and counts with all its bytes; what the baseline's connections had moved before is unknown
 * to belong to any interval and never counts.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/socket_scan.h"

#define TOP_CONNECTIONS_MAX 1048576 /* some 400 MiB */

struct top_owner {
	bool known;
	bool is_current; /* it had the connection open in the latest scan of files */
	uint32_t pid;
	char comm[16]; /* NUL-terminated */
};

struct top_row {
	struct socket_sample sample; /* the latest */
	struct top_owner owner;
	/* In the round: */
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint32_t retransmits; /* segments */
	uint32_t drops;	      /* sk_drops */
};

struct top_table;

/*
 * Of several holders of a connection, its owner is one of these processes, if there is one; they
 * must outlive the table. Otherwise it is the one with the lowest pid. The table has room for max
 * connections. Returns NULL and errno.
 */
struct top_table *top_table_new(const uint32_t *pids, size_t pid_count, size_t max);
void top_table_free(struct top_table *table);

/* Starts the next round. */
void top_table_begin_round(struct top_table *table);

/* Before a scan of files, within a round: from here on, older owners are no longer current. */
void top_table_begin_files(struct top_table *table);

/* Takes a sample; a socket_found, whose context is the table. */
void top_table_add(void *table, const struct socket_sample *sample);

/*
 * After all namespaces have been scanned: forgets the connections that neither this scan nor the
 * one before has found, nor a scan of files meanwhile.
 */
void top_table_end_namespaces(struct top_table *table);

/* From now on, connections that are not in the table yet are new. */
void top_table_end_baseline(struct top_table *table);

/*
 * Fills *rows, which the caller frees, with the connections that have moved bytes, retransmitted or
 * discarded packets in this round. They live until the table changes. Returns 0 or -ENOMEM.
 */
int top_table_rows(struct top_table *table, struct top_row ***rows, size_t *count);

/* Connections in the table, and samples that were left out of it since the start: it was full. */
size_t top_table_size(const struct top_table *table);
uint64_t top_table_left_out(const struct top_table *table);

#endif
