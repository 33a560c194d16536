/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GROUP_H
#define GROUP_H

/*
 * Tables of events that have something in common: a reason, an owner, a flow. Memory is bounded:
 * events of further groups are counted together. Pure.
 */

#include <stddef.h>
#include <stdint.h>

#include "util/hash.h"

/* Which events are counted together in the columns of a table. */
enum event_class {
	CLASS_DROP,
	CLASS_RETRANSMIT, /* retransmit, synack, tlp */
	CLASS_RESET,
	CLASS_OTHER, /* state, life, and kinds of a later version */
	CLASS_COUNT,
};

/* "drop", ... and "drops", ... */
const char *class_name(enum event_class class);
const char *class_plural(enum event_class class);

struct event_counts {
	uint64_t by_class[CLASS_COUNT];
	uint64_t total;
	uint64_t first_ns, last_ns; /* since the epoch; of any of them */
};

struct group {
	struct event_counts counts;
	UT_hash_handle hh; /* hh.next: the next group of the table */
	void *extra;	   /* extra_bytes of the table, zeros at first */
	size_t length;
	char name[]; /* length bytes and a NUL; it may have a NUL within */
};

/* Zero-initialized but for its limits, it is empty. */
struct group_table {
	size_t groups_max;
	size_t bytes_max; /* of all names and extras */
	size_t extra_bytes;
	void (*free_extra)(void *extra); /* NULL: nothing to free in it */
	struct group *groups;
	struct group *last; /* the next event is often of the same one */
	size_t bytes;
	struct event_counts other; /* events of groups for which there was no room */
};

/*
 * Finds the group, or adds an empty one. Returns 0 and sets *group, to NULL if there is no room; or
 * -ENOMEM.
 */
int group_find(struct group_table *table, const char *name, size_t length, struct group **group);

/* Counts an event. Its time may be before that of earlier ones. */
void event_counts_add(struct event_counts *counts, enum event_class class, uint64_t timestamp_ns);

void event_counts_merge(struct event_counts *counts, const struct event_counts *more);

/* Counts an event in a group of that name, or for the other ones. Returns as group_find. */
int group_count(struct group_table *table, const char *name, size_t length, enum event_class class,
		uint64_t timestamp_ns, struct group **group);

/* Sorts the groups, those of the most events first; those of one count by their names. */
void group_sort(struct group_table *table);

/* The same by the events that are not CLASS_OTHER. */
void group_sort_by_trouble(struct group_table *table);

size_t group_table_count(const struct group_table *table);

/* The table is empty afterwards. */
void group_table_free(struct group_table *table);

#endif
