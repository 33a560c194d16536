/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FINDING_H
#define FINDING_H

/*
 * The sentences at the start of a report: the most frequent reason of drops, with its location,
 * time and owner; the kinds of retransmissions; the connection with the most events; and what the
 * numbers do not include. They state only what was counted. Pure.
 */

#include "overview.h"

#define FINDINGS_MAX 12

struct finding {
	enum explain_severity severity;
	struct strbuf text; /* sentences, with the marks of phrase.h */
};

struct findings {
	struct finding list[FINDINGS_MAX];
	size_t count;
};

/* Fills *findings, the most important first. The overview has been ended. Returns 0 or -ENOMEM. */
int findings_make(const struct overview *overview, struct findings *findings);
void findings_free(struct findings *findings);

#endif
