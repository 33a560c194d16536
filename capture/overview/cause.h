/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAUSE_H
#define CAUSE_H

/* The causes of events: reasons of drops and resets, kinds of retransmissions. Pure. */

#include "overview.h"

enum event_class cause_class(const struct drop_report *report);

/* Appends the event and the word of its cause, "drop NO_SOCKET"; "life". */
void cause_add_title(struct strbuf *out, const struct drop_report *report);

/*
 * Counts the report in the table of causes, and where it happened. Returns 0 and sets *group, NULL
 * if the table is full, or -ENOMEM.
 */
int cause_add(struct group_table *causes, const struct drop_report *report, struct group **group);

/*
 * Counts an event in the group of that name, of which the start is kept; NULL is "-", unknown.
 * Returns as group_count.
 */
int cause_count_name(struct group_table *table, const char *name, enum event_class class,
		     uint64_t timestamp_ns, struct group **group);

/* Sorts the tables of a cause. */
void cause_sort(struct cause *cause);

/* For group_table.free_extra. */
void cause_free(void *cause);

#endif
