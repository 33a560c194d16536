/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdint.h>

/* Counts that show whether a capture is complete and healthy. */
struct capture_health {
	uint64_t filtered;	/* events that a filter has rejected */
	uint64_t lost;		/* events */
	uint64_t skipped;	/* runs of a hook that the kernel has skipped */
	uint64_t unparsed;	/* freed packets whose headers could not be read */
	uint64_t unwritten;	/* events that could not be written */
	uint64_t memory_bytes;	/* of the process, resident; 0: unknown */
	uint64_t last_event_ns; /* time of the latest event, since the epoch; 0: none */
};

#endif
