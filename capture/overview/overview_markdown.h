/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OVERVIEW_MARKDOWN_H
#define OVERVIEW_MARKDOWN_H

/* An overview as text in Markdown (tables as on GitHub), to paste into an issue. */

#include "finding.h"

/*
 * Appends the text. A name from a file becomes a code span: it is neither a link, nor an element,
 * nor does it mention anybody.
 */
void overview_add_markdown(const struct overview *overview, const struct findings *findings,
			   const char *program, struct strbuf *out);

#endif
