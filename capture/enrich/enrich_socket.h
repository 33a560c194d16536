/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_SOCKET_H
#define ENRICH_SOCKET_H

/* Sets the keys about the socket of an event, its owner, user and cgroup. A part of enrich. */

#include "enrich.h"

/* The texts live as long as the event, and until the next call with these sources. */
void enrich_socket(const struct enrich_sources *sources, const struct drop_event *event,
		   struct drop_report *report);

#endif
