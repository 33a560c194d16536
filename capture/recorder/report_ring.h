/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RING_H
#define REPORT_RING_H

/*
 * The newest reports, in memory of a fixed size. The memory consists of segments. Each has its
 * reports and all that they refer to, so that a stack is stored once in a segment. New reports
 * overwrite the oldest segment as a whole; a segment is a 32nd of the memory, but at least 64 KiB
 * and at most 1 MiB. Each report that was added is in the ring, was taken, or is counted as
 * overwritten or expired.
 */

#include <stdbool.h>
#include <stdint.h>

#include "report/report.h"

#define REPORT_RING_MIN (1ULL << 20) /* bytes */

struct report_ring;

struct report_ring_counts {
	uint64_t added;
	uint64_t overwritten; /* made room for newer ones */
	uint64_t expired;     /* were too old */
	uint64_t taken;
};

/*
 * Takes the bytes (REPORT_RING_MIN or more) at once; the kernel gives each page when it is first
 * used. Returns NULL and errno.
 */
struct report_ring *report_ring_new(uint64_t bytes);
void report_ring_free(struct report_ring *ring); /* NULL is accepted */

/*
 * Adds a copy. now_ns is of a clock that only advances. Returns 0; -EAGAIN if it would overwrite
 * others and may_overwrite is false; -E2BIG if the report is larger than a segment.
 */
int report_ring_add(struct report_ring *ring, const struct drop_report *report, uint64_t now_ns,
		    bool may_overwrite);

/* Takes the oldest report, which is valid until the next call. Returns false if there is none. */
bool report_ring_take(struct report_ring *ring, struct drop_report *report);

/* Forgets the reports that were added before that time. */
void report_ring_expire(struct report_ring *ring, uint64_t before_ns);

struct report_ring_counts report_ring_counts(const struct report_ring *ring);

/* Returns how many reports it has. */
uint64_t report_ring_length(const struct report_ring *ring);

#endif
