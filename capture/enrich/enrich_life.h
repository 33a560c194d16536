/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_LIFE_H
#define ENRICH_LIFE_H

/* Sets the keys about a change of state and the end of a connection. A part of enrich. */

#include <stdint.h>

#include "event/event.h"
#include "report/report.h"

/*
 * Sets the keys of EVENT_STATE and EVENT_LIFE; nothing for other events. attached_ns is the time
 * (CLOCK_BOOTTIME) after which all births were seen, 0 if it is unknown.
 */
void enrich_life(const struct drop_event *event, uint64_t attached_ns, struct drop_report *report);

#endif
