/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_READING_H
#define ACCOUNT_READING_H

/*
 * The values of the table's rows at one moment, by network namespace. Reading takes long on a host
 * with many namespaces, so it is done in a thread of its own, which enters them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account_table.h"

struct account_values {
	uint32_t netns;
	/* Of the namespace itself: another one may get its number. 0: unknown (before 5.14). */
	uint64_t cookie;
	uint64_t rows[ACCOUNT_ROWS_MAX];
};

struct account_reading {
	struct account_values *namespaces;
	size_t count, capacity;
	size_t unread;	  /* namespaces beyond ACCOUNT_NAMESPACES_MAX */
	bool is_refused;  /* only the own namespace may be entered */
	int error;	  /* -errno: the reading is not complete */
	uint64_t softnet; /* drops of the whole host */
	uint64_t xdp;	  /* devices whose driver runs a program of XDP */
};

/* What to read. */
struct account_scope {
	int netns_fd;		       /* the only namespace; -1: all */
	bool subtract;		       /* events have no result (account_row.without_event) */
	struct account_helper *helper; /* reads them; NULL: this process does */
};

/* Returns the values of the namespace, NULL if the reading has none. */
const struct account_values *account_reading_find(const struct account_reading *reading,
						  uint32_t netns);

struct account_reader;

/* Starts a reading. Returns NULL and errno. */
struct account_reader *account_reader_start(const struct account_scope *scope);

/* A reading in the calling thread, which may end in another namespace; the reading is empty. */
void account_reading_fill(const struct account_scope *scope, struct account_reading *reading);

bool account_reader_is_done(const struct account_reader *reader);

/* Waits for the end; the reading is the caller's then. NULL is accepted, and returned. */
struct account_reading *account_reader_end(struct account_reader *reader);

void account_reading_free(struct account_reading *reading); /* NULL is accepted */

/* Adds a counter of the source to the rows that have it. Pure. */
void account_values_add(struct account_values *values, enum account_source source, bool subtract,
			const char *name, uint64_t value);

#endif
