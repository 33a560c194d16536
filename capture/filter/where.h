/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WHERE_H
#define WHERE_H

/*
 * Conditions on the fields of a report (field.h):
 *
 *	KEY=VALUE,...	one of the values		KEY!=VALUE,...	none of them
 *	KEY~PATTERN,...	one of the patterns of a shell	KEY!~PATTERN,...
 *	KEY<N KEY<=N KEY>N KEY>=N	a number in that relation
 *	KEY	the value is known			!KEY	the value is unknown
 *
 * If the value is unknown, only the conditions with "!" are true.
 */

#include <stdbool.h>

#include "report/report.h"
#include "util/error.h"

struct where; /* NULL: no condition */

/*
 * Adds a condition. option is the name of the option in errors. Returns 0; or, with the error,
 * -EINVAL for an unknown key, or an operator or a value that does not fit the key, and -ENOMEM.
 */
int where_add(struct where **where, const char *option, const char *text, struct error *error);

/*
 * Adds a value to the condition of an option that has a condition of its own: one of its values
 * must match. Returns as above.
 */
int where_add_value(struct where **where, const char *option, const char *key, const char *value,
		    struct error *error);

/* The same for a cgroup: a path with all below it, or a part of a path (cgroup_path.h). */
int where_add_cgroup(struct where **where, const char *value, struct error *error);

/* Returns a value of the condition of that option, from index 0 on; NULL after the last one. */
const char *where_option_value(const struct where *where, const char *option, size_t index);

/* Frees all conditions. */
void where_free(struct where *where);

/* Returns whether all conditions are true for the report. */
bool where_matches(const struct where *where, const struct drop_report *report);

#endif
