/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRUTH_H
#define SIM_TRUTH_H

/*
 * The truth about each event, in the words of tcpdropcap(8), section COMPARE: which verdicts are
 * right, and whether the captures let one know. A verdict that is right is right even where it
 * could not be known; unknown is an answer only where it could not be.
 */

#include "sim.h"
#include "sim_wire.h"

enum truth_verdict {
	TRUTH_AFTER_WIRE = 1 << 0,
	TRUTH_BEFORE_WIRE = 1 << 1,
	TRUTH_BEYOND_HOST = 1 << 2,
	TRUTH_BY_HOST = 1 << 3,
	TRUTH_SPURIOUS = 1 << 4,
	TRUTH_UNKNOWN = 1 << 5,
};

#define TRUTH_VERDICTS 6
const char *truth_verdict_name(unsigned int bit_number);

struct truth {
	unsigned int right; /* enum truth_verdict */
	/*
	 * False, but all that the captures have looks like it: an acknowledgement that was only
	 * late, without a timestamp or DSACK that says so.
	 */
	unsigned int excused;
	bool knowable;
	const char *fate;
	const char *why; /* it is not knowable; NULL: it is */
};

void truth_find(const struct world *world, const struct wire *wires, uint32_t wire_count,
		uint32_t event, struct truth *truth);

#endif
