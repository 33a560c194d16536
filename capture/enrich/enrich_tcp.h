/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_TCP_H
#define ENRICH_TCP_H

/* Sets the keys about the state of a TCP connection and its retransmissions. A part of enrich. */

#include "event/event.h"
#include "report/report.h"

/* Sets kind, err and segs: why TCP retransmits, the result, and the number of segments. */
void enrich_transmission(const struct drop_event *event, struct drop_report *report);

/* Sets the group "TCP state". ticks_per_s is that of clock_ticks_per_s(). */
void enrich_tcp(const struct event_tcp *tcp, uint32_t ticks_per_s, struct drop_report *report);

#endif
