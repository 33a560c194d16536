/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HTML_H
#define HTML_H

/* Texts in a page of HTML. Everything that is not a literal of ours goes through these. Pure. */

#include "group.h"
#include "util/strbuf.h"

/*
 * Appends the text, made printable and escaped: it is text in an element, or within double quotes
 * in an attribute.
 */
void html_text(struct strbuf *out, const char *text);

/*
 * Appends a text with the marks of phrase.h, or an explanation with words in back quotes: what is
 * between these is an element `code`.
 */
void html_marked(struct strbuf *out, const char *text);

/* Appends JSON for an element `script`, of which no byte can end the element. */
void html_json(struct strbuf *out, const char *json);

/* A cell of a table: a text, a number, nothing. */
void html_cell_text(struct strbuf *out, const char *text);
void html_cell_name(struct strbuf *out, const char *name);
void html_cell_number(struct strbuf *out, uint64_t number);
void html_cell_empty(struct strbuf *out);

#endif
