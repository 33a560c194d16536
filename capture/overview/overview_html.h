/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OVERVIEW_HTML_H
#define OVERVIEW_HTML_H

/*
 * An overview as a page of HTML that needs nothing but itself: no network, and for all but its
 * charts no script.
 */

#include "finding.h"

/* Appends the page. program: name and version, for its head. */
void overview_add_html(const struct overview *overview, const struct findings *findings,
		       const char *program, struct strbuf *out);

#endif
