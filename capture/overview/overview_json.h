/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OVERVIEW_JSON_H
#define OVERVIEW_JSON_H

/* The numbers of an overview as one JSON object (RFC 8259), for programs and for the page. */

#include "finding.h"

#define OVERVIEW_ROWS	100 /* of a table; the rest is counted together */
#define OVERVIEW_STACKS 500
#define OVERVIEW_SERIES 7 /* of the timeline; the rest is one more */

/* Appends the object, without a newline. */
void overview_add_json(const struct overview *overview, const struct findings *findings,
		       struct strbuf *out);

/*
 * The events of the groups of a table after its first `rows`, those without room included. Sets
 * *groups to their number, without those for which there was no room.
 */
struct event_counts overview_rest(const struct group_table *table, size_t rows, size_t *groups);

#endif
