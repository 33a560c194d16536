/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORDER_H
#define RECORDER_H

/*
 * A sink that keeps the newest events in memory and writes nothing until an event fires a trigger,
 * or the user requests it by SIGUSR2 (signals.h). Then it writes a dump, a file of its own: the
 * events in memory, and those of some time after. An event is in one dump at most, because it is
 * removed from memory when it is dumped. Only closing the sink waits for the disk.
 */

#include <stdint.h>

#include "sink/sink.h"
#include "trigger.h"

struct recorder_config {
	/* limits.bytes and limits.seconds are 0; the queue is not used: dumps have their own. */
	struct sink_files_config files;
	uint64_t bytes;		   /* of memory, REPORT_RING_MIN or more */
	uint64_t seconds;	   /* forget events that are older; 0: keep all there is room for */
	uint64_t after_s;	   /* how long a dump goes on after its trigger */
	uint64_t pause_s;	   /* after the end of a dump, so long triggers are ignored */
	struct triggers *triggers; /* NULL: SIGUSR2 alone. They outlive the sink */
	const char *metrics;	   /* a file of OpenMetrics; NULL: none. It outlives the sink */
	uint64_t interval_s;	   /* in which it is written */
};

/*
 * A dump that fails is reported and counted, and the recorder goes on; in that case, closing it
 * returns the first error. Returns NULL and the error.
 */
struct sink *sink_recorder_open(const struct recorder_config *config, struct error *error);

#endif
