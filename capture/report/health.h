/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdint.h>

/* The counts of a capture, besides those of its events. */
struct capture_health {
	uint64_t filtered; /* events */
	uint64_t lost;
	uint64_t skipped; /* runs of a hook that the kernel has skipped */
	uint64_t unparsed;
	uint64_t unwritten;
	uint64_t memory_bytes; /* of the process, resident; 0: unknown */
	uint64_t
		last_event_ns; /* the time of the latest event since the epoch; 0: there was none */
};

#endif
