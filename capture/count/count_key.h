/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_KEY_H
#define COUNT_KEY_H

/*
 * What events may be counted by: the keys of the annotation, and some more that are made from the
 * packet. "local" is the host's own side of a flow.
 */

#include <stdbool.h>
#include <stddef.h>

#include "report/report.h"
#include "util/strbuf.h"

struct count_key {
	const char *name;
	enum value_type type;
	enum key key; /* KEY_COUNT: made by add */
	bool (*add)(const struct drop_report *report, struct strbuf *value);
};

/* Returns 0 and fills *key; -ENOENT if there is none of that name. */
int count_key_find(const char *name, struct count_key *key);

/* Appends all names, ", " between them. */
void count_key_list(struct strbuf *text);

/*
 * Appends the report's value, a number in digits, a stack as its frames. Returns false if absent.
 */
bool count_key_value(const struct count_key *key, const struct drop_report *report,
		     struct strbuf *value);

/*
 * Appends frames as flame graphs take them: root first, ";" between functions, no offsets, the
 * module as " [module]".
 */
void count_key_fold(const char *frames, struct strbuf *folded);

#endif
