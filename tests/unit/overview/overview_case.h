/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OVERVIEW_CASE_H
#define OVERVIEW_CASE_H

/* Reports for the tests of overview/. */

#include "overview/gather.h"

#define CASE_TIME 1795781117000000000 /* 2026-11-27 12:05:17 UTC */

/* Makes the local time zone UTC. */
void case_utc(void);

/* A report with these texts, each of which may be NULL, at CASE_TIME. */
struct drop_report case_report(const char *event, const char *word, const char *owner,
			       const char *ifname);

/* Gives the report a connection: 10.0.0.1:PORT > 10.0.0.2:443, sent or received by 10.0.0.1. */
void case_set_flow(struct drop_report *report, uint16_t port, bool inbound);

/* Adds it `count` times. */
void case_add(struct overview *overview, const struct drop_report *report, int count);

#endif
