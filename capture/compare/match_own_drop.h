/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_OWN_DROP_H
#define MATCH_OWN_DROP_H

/* Decides which drop is that of which retransmission's own packet. */

#include "match_state.h"

/* Before the first frame: gives the drops to the retransmissions whose packets they are of. */
void own_drops_assign(struct matcher *matcher);

#endif
