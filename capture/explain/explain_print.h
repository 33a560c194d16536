/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXPLAIN_PRINT_H
#define EXPLAIN_PRINT_H

/* Explanations as text for people, and as JSON. */

#include <stdbool.h>
#include <stdint.h>

#include "explain.h"

/* A word to be explained. */
struct explain_entry {
	enum explain_class class;
	const char *name;		/* from outside: not trusted */
	const struct explanation *text; /* NULL: there is none */
	uint64_t count;			/* events of a file; 0: not about a file */
};

/* Appends the entry as a paragraph whose lines have that many columns at most. */
void explain_print_text(const struct explain_entry *entry, unsigned int columns,
			struct strbuf *out);

/* Appends one JSON object and a newline. */
void explain_print_json(const struct explain_entry *entry, struct strbuf *out);

/* Append one line: class, name, severity, meaning; and the headings of these. */
void explain_print_line(const struct explain_entry *entry, struct strbuf *out);
void explain_print_head(struct strbuf *out);

#endif
