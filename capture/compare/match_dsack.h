/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_DSACK_H
#define MATCH_DSACK_H

/*
 * Duplicate selective acknowledgements (RFC 2883): which retransmission it is that one reports. Two
 * copies of the data have come, so that one retransmission was not needed; the block does not say
 * which, the echoed timestamp and the other transmissions do.
 */

#include "match_sack.h"

/* Gives the DSACK to the last retransmission that it can report. Returns 0 or -ENOMEM. */
int dsack_add(struct matcher *matcher, const struct sack_frame *from, uint32_t start, uint32_t end);

void dsack_list_free(struct dsack_list *list); /* NULL is accepted */

#endif
