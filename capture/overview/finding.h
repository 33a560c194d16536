/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FINDING_H
#define FINDING_H

/*
 * The sentences that a person wants to read first: which reason has most of the drops, where, when
 * and to whom it happened; how TCP sent again; which connection is worst; what the numbers leave
 * out. They say what the counts say, and no more. Pure.
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
