/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_H
#define ENRICH_H

/*
 * Makes a report of an event: converts its time to the wall clock, finds names for its numbers, and
 * renders its stack as text. A key whose value is unknown is absent.
 */

#include "cgroup.h"
#include "clock.h"
#include "event/event.h"
#include "owner.h"
#include "kernel/reason.h"
#include "report/report.h"
#include "stacks.h"
#include "kernel/symbolize.h"

struct enrich;

/*
 * The modules that names come from. They are borrowed and must remain valid until enrich_free().
 * symbols is NULL where the kernel hides them.
 */
struct enrich_sources {
	struct reasons *drop_reasons;
	struct reasons *reset_reasons;
	struct symbols *symbols;
	struct owners *owners;
	struct cgroups *cgroups;
	struct clock *clock;
	uint32_t ticks_per_s; /* of the kernel's own clock; 0: unknown */
	uint64_t attached_ns; /* CLOCK_BOOTTIME: later events were all seen; 0: unknown */
};

/* Copies *sources. Returns NULL and errno. */
struct enrich *enrich_new(const struct enrich_sources *sources);
void enrich_free(struct enrich *enrich);

/* Fills the report. Its texts are valid until the next call, and as long as the event. */
void enrich_event(struct enrich *enrich, const struct drop_event *event,
		  struct drop_report *report);

/*
 * Notes that the last report was written, with the number of events that were lost before it.
 * Without this call, these are in the next report, too.
 */
void enrich_written(struct enrich *enrich);

/* Returns the sum of the lost events that written reports have. */
uint64_t enrich_lost(const struct enrich *enrich);

/*
 * Notes that this number of lost events was written elsewhere, so that no report will have them.
 * They include those of reports that were filtered.
 */
void enrich_wrote_losses(struct enrich *enrich, uint64_t lost);

/*
 * Notes that events were lost after the kernel side had delivered them, and before the next report:
 * their number, and the sum of the lost events that their reports had.
 */
void enrich_lost_later(struct enrich *enrich, uint64_t events, uint64_t lost);

/* Returns how many kernel addresses had no symbol. */
uint64_t enrich_unnamed(const struct enrich *enrich);

#endif
