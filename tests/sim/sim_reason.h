/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_REASON_H
#define SIM_REASON_H

/*
 * Whether the reason that tcpdropcap compare gives for an unknown verdict is true. Several reasons
 * may be: it must be one of them, and all that the sentence says must be so, of the very frames and
 * events that it names.
 */

#include "sim_wire.h"

/*
 * Returns NULL if the sentence is true of the event with that number in the file of the events, or
 * what is not true of it. A sentence that this module does not know is not true.
 */
const char *reason_find_untrue(const struct recording *recording, uint32_t number,
			       const char *because);

#endif
