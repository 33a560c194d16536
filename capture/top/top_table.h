/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_TABLE_H
#define TOP_TABLE_H

/*
 * The known connections, and their traffic in one round: the difference between the counters in
 * this round and in earlier ones. The table does not depend on how the samples are made.
 *
 * The kernel uses addresses again. So a connection with the address and the flow of an earlier one
 * is a new one if its cookie differs, or, if the kernel has not given it a cookie, if its counters
 * have decreased. All bytes of a connection that first appears after the baseline count; the bytes
 * that connections of the baseline had moved before belong to no interval, and never count.
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
	/* Differences in the round. */
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint32_t retransmits; /* segments */
	uint32_t drops;	      /* sk_drops */
};

struct top_table;

/*
 * If several processes have a connection open, its owner is one of these pids, if possible, else
 * the lowest pid. The array must outlive the table. The table has room for max connections. Returns
 * NULL and errno.
 */
struct top_table *top_table_new(const uint32_t *pids, size_t pid_count, size_t max);
void top_table_free(struct top_table *table);

/* Begins the next round. */
void top_table_begin_round(struct top_table *table);

/* Begins a scan of files within a round. After that, owners of earlier scans are not current. */
void top_table_begin_files(struct top_table *table);

/* Adds a sample to the table. The callback of socket_scan (socket_found). */
void top_table_add(void *table, const struct socket_sample *sample);

/*
 * To be called after a scan of all namespaces: removes the connections that were not found by this
 * scan, nor by the previous one, nor by a scan of files since then.
 */
void top_table_end_namespaces(struct top_table *table);

/* Ends the baseline: connections that are added later are new. */
void top_table_end_baseline(struct top_table *table);

/*
 * Fills *rows, which the caller frees, with the connections that have moved bytes, retransmitted or
 * discarded packets in this round. They live until the table changes. Returns 0 or -ENOMEM.
 */
int top_table_rows(struct top_table *table, struct top_row ***rows, size_t *count);

/* Return the connections in the table, and the samples that found it full since the start. */
size_t top_table_size(const struct top_table *table);
uint64_t top_table_left_out(const struct top_table *table);

#endif
