/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_LOG_H
#define SIM_LOG_H

/* All that happened in a world, as text in the order of time, for whoever looks into a verdict. */

#include "sim_wire.h"

struct log_source {
	const struct world *world;
	const struct wire *wires;
	uint32_t wire_count;
	const uint32_t *order; /* the events of the file */
	uint32_t event_count;
};

/* Returns 0 or -errno. */
int log_write(const struct log_source *source, const char *path);

#endif
