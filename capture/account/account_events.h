/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_EVENTS_H
#define ACCOUNT_EVENTS_H

/*
 * Counts the events of a capture by network namespace and row of the table. An event costs a few
 * comparisons; memory is bounded by ACCOUNT_NAMESPACES_MAX.
 */

#include "account_table.h"

#define ACCOUNT_NAMESPACES_MAX 1024

struct account_events;

/*
 * find: the number of a reason in the running kernel; returns 0, or a negative number if it has
 * none of that name. Returns NULL and errno.
 */
struct account_events *account_events_new(int (*find)(void *context, const char *name,
						      uint32_t *code),
					  void *context);
void account_events_free(struct account_events *events); /* NULL is accepted */

void account_events_add(struct account_events *events, enum event_kind kind,
			const struct drop_report *report);

/* A copy with the counts of this moment, to be freed. Returns NULL and errno. */
struct account_events *account_events_copy(const struct account_events *events);

/* What the events of a namespace explain of the row. 0: all namespaces. */
uint64_t account_events_of(const struct account_events *events, uint32_t netns, size_t row);

/* The same for events whose namespace is unknown, or had no room: they may be of any namespace. */
uint64_t account_events_astray(const struct account_events *events, size_t row);

/*
 * Returns whether the running kernel has all reasons of the row, or the row does without: if not,
 * it drops packets of this row without a name.
 */
bool account_events_are_named(const struct account_events *events, size_t row);

#endif
