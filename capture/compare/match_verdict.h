/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_VERDICT_H
#define MATCH_VERDICT_H

/* Decides on an event from the evidence of all wire captures, and says why. */

#include "match_state.h"

/* Appends the sentence to because. */
struct match_result verdict_decide(const struct matcher *matcher, size_t index,
				   struct strbuf *because);

#endif
