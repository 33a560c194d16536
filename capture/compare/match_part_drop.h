/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_PART_DROP_H
#define MATCH_PART_DROP_H

/* Whether this host dropped a part of the data of a retransmission, and has not sent it since. */

#include "match_decision.h"

/* Returns the drop of a part of it, which is not known to have been sent since; NONE. */
uint32_t part_drop_find(const struct decision *decision);

/*
 * Parts of it were dropped, but it is not known whether they were sent since: no capture has that
 * time, or they are too many. Returns the sentence that says which of the two; NULL: neither.
 */
const char *part_drop_doubt(const struct decision *decision);

/*
 * Returns the drop of its first byte, if that was of more data than the retransmission that was the
 * first to send this byte after it, and nothing has sent the rest since; NONE.
 */
uint32_t part_drop_of_rest(const struct decision *decision);

#endif
