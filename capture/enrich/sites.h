/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SITES_H
#define SITES_H

/*
 * Names the location of an event in the kernel, and finds its stack, or the latest stack of its
 * site. Names are kept as long as it is certain that they do not change.
 */

#include "event/event.h"
#include "kernel/symbolize.h"
#include "report/report.h"

struct sites;

/*
 * symbols is borrowed and must remain valid until sites_free(); NULL: the kernel hides them, and
 * nothing is named. Returns NULL and errno.
 */
struct sites *sites_new(struct symbols *symbols);
void sites_free(struct sites *sites);

/* Sets the keys at, stack and stack_id, and the frames. They are valid until the next call. */
void sites_name(struct sites *sites, const struct drop_event *event, struct drop_report *report);

/* Returns how many kernel addresses had no symbol. */
uint64_t sites_unnamed(const struct sites *sites);

#endif
