/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_PACKET_H
#define ENRICH_PACKET_H

/* Sets the members and keys about the packet: frame, id, device, direction. A part of enrich. */

#include "event/event.h"
#include "report/report.h"
#include "util/siphash.h"

/* ids is the key of the packet ids (skb_id.h). */
void enrich_packet(const struct siphash_key *ids, const struct drop_event *event,
		   struct drop_report *report);

#endif
