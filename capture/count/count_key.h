/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_KEY_H
#define COUNT_KEY_H

/*
 * The keys that events may be counted by: those of the annotation, and some that are derived from
 * the packet. "local" is the end of a flow that is on this host, "remote" the other one.
 */

#include <stdbool.h>
#include <stddef.h>

#include "report/report.h"
#include "util/strbuf.h"

struct count_key {
	const char *name;
	enum value_type type;
	enum key key; /* of the annotation; KEY_COUNT: none */
	/* Appends the value, false if it is absent; NULL: it is that of the annotation. */
	bool (*add)(const struct drop_report *report, struct strbuf *value);
};

/* Returns 0 and fills *key, or -ENOENT for an unknown name. */
int count_key_find(const char *name, struct count_key *key);

/* Appends all names, with ", " between them. */
void count_key_list(struct strbuf *text);

/*
 * Appends the report's value: a number in digits, a stack as its frames. Returns false if it is
 * absent.
 */
bool count_key_value(const struct count_key *key, const struct drop_report *report,
		     struct strbuf *value);

/*
 * Appends frames as flame graphs take them: root first, ";" between functions, no offsets, the
 * module as " [module]".
 */
void count_key_fold(const char *frames, struct strbuf *folded);

#endif
