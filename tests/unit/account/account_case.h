/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_CASE_H
#define ACCOUNT_CASE_H

/* A made-up kernel and its counters, for the tests of the account. */

#include "account/account.h"

/* Returns the index of the row of that name; the tests name only rows that there are. */
size_t row_of(const char *name);

/* For account_events_new: gives each name a number. context: a name that the kernel lacks. */
int find_any(void *context, const char *name, uint32_t *code);

/* The number that find_any has given to the reason. */
uint32_t code_of(const char *reason);

/* Adds a drop for that reason, or with that number. */
void add_drop(struct account_events *events, uint32_t netns, const char *reason);
void add_code(struct account_events *events, uint32_t netns, uint32_t code);

/* Adds a namespace to the reading. */
struct account_values *add_values(struct account_reading *reading, uint32_t netns, uint64_t cookie);

/* The line of that counter, NULL if there is none. */
const struct account_line *line_of(const struct account *account, const char *name);

#endif
