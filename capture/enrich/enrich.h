/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_H
#define ENRICH_H

/*
 * Turns an event into a report: wall-clock time, names for numbers, the stack as text. Decides
 * which keys are known; leaves out what is not.
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

/* What it borrows; all must outlive it. symbols is NULL where the kernel hides them. */
struct enrich_sources {
	struct reasons *drop_reasons;
	struct reasons *reset_reasons;
	struct symbols *symbols;
	struct owners *owners;
	struct cgroups *cgroups;
	struct clock *clock;
	uint32_t ticks_per_s; /* of the kernel's clock; 0: unknown */
};

/* Returns NULL and errno. */
struct enrich *enrich_new(const struct enrich_sources *sources);
void enrich_free(struct enrich *enrich);

/* Fills the report; its texts live until the next call and as long as the event does. */
void enrich_event(struct enrich *enrich, const struct drop_event *event,
		  struct drop_report *report);

/*
 * The last report was written, and with it the losses that it names; else the next one names them.
 */
void enrich_written(struct enrich *enrich);

/* Events that the written reports have named as lost. */
uint64_t enrich_lost(const struct enrich *enrich);

/* Kernel addresses that had no symbol. */
uint64_t enrich_unnamed(const struct enrich *enrich);

#endif
