/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_TCP_H
#define ENRICH_TCP_H

/* Sets the keys about the state of a TCP connection and its retransmissions. */

#include "event/event.h"
#include "report/report.h"

/* Why and with which result TCP sends again: kind, err and segs. */
void enrich_transmission(const struct drop_event *event, struct drop_report *report);

/* The group "TCP state". ticks_per_s: of the kernel's own clock; 0: unknown. */
void enrich_tcp(const struct event_tcp *tcp, uint32_t ticks_per_s, struct drop_report *report);

#endif
