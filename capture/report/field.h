/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FIELD_H
#define FIELD_H

/*
 * What a report can be counted and filtered by: the keys of the annotation, and some that are
 * derived from the packet. "local" is the end of a flow that is on this host, "remote" the other.
 */

#include <stdbool.h>
#include <stddef.h>

#include "report.h"
#include "util/error.h"
#include "util/strbuf.h"

struct field {
	const char *name;
	enum value_type type;
	enum key key; /* of the annotation; KEY_COUNT: none */
	/* Appends the value, false if it is absent; NULL: it is that of the annotation. */
	bool (*add)(const struct drop_report *report, struct strbuf *value);
};

/* Returns 0 and fills *field, or -ENOENT for an unknown name. */
int field_find(const char *name, struct field *field);

/* Appends all names, with ", " between them. */
void field_list(struct strbuf *text);

/* Says what to write instead of a name that field_find() does not know. Returns -EINVAL. */
int field_unknown(const char *option, const char *name, struct error *error);

/*
 * Appends the only values that a field has, with a space between two. Returns false, and appends
 * nothing, for a field that can have any.
 */
bool field_list_values(const struct field *field, struct strbuf *values);

/*
 * Appends the report's value: a number in digits, a stack as its frames. Returns false if it is
 * absent.
 */
bool field_value(const struct field *field, const struct drop_report *report, struct strbuf *value);

#endif
