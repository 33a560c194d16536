/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FIELD_H
#define FIELD_H

/*
 * The fields of a report for counting and filtering: the keys of the annotation, and some that are
 * derived from the packet. "local" is the end of a flow on this host, and "remote" the other end.
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
	/* Appends the value; returns false if it is absent. NULL: the value is that of the key. */
	bool (*add)(const struct drop_report *report, struct strbuf *value);
};

/* Returns 0 and fills *field, or -ENOENT for an unknown name. */
int field_find(const char *name, struct field *field);

/* Appends all names, with ", " between them. */
void field_list(struct strbuf *text);

/*
 * Sets the error for a name that field_find() does not know: with the name of the field that was
 * probably meant, or with all names. Returns -EINVAL.
 */
int field_unknown(const char *option, const char *name, struct error *error);

/*
 * Appends the only values that a field has, with a space between two. Returns false, and appends
 * nothing, for a field that can have any.
 */
bool field_list_values(const struct field *field, struct strbuf *values);

/*
 * Appends the value of the field: a number in digits, a stack as its frames. Returns false if it is
 * absent.
 */
bool field_value(const struct field *field, const struct drop_report *report, struct strbuf *value);

#endif
