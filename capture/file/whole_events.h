/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WHOLE_EVENTS_H
#define WHOLE_EVENTS_H

/*
 * What a reader can use of a write that failed half-way: the bytes up to the end of the last whole
 * event, and the number of events and of the lost ones that they report. The bytes are those of one
 * job of a write queue; the writers end it with a whole block or line.
 */

#include <stddef.h>

#include "write_queue.h"

struct whole_events {
	size_t bytes;
	struct write_mark mark;
};

/* Of pcapng blocks in host byte order: an event is an Enhanced Packet Block. */
struct whole_events whole_packets(const void *bytes, size_t size);

/* Of JSON lines: an event is an object that begins with its time. */
struct whole_events whole_lines(const void *bytes, size_t size);

#endif
