/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HTML_TABLES_H
#define HTML_TABLES_H

/* The tables of the page, each a section with its heading; a table without rows is left out. */

#include "overview.h"

/* "ordinary", ..., the words for people, and the class of CSS is the severity's name. */
void html_add_severity(struct strbuf *out, enum explain_severity severity);

void html_add_causes(struct strbuf *out, const struct overview *overview);
void html_add_owners(struct strbuf *out, const struct overview *overview);
void html_add_interfaces(struct strbuf *out, const struct overview *overview);
void html_add_flows(struct strbuf *out, const struct overview *overview);
void html_add_verdicts(struct strbuf *out, const struct overview *overview);

#endif
