/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_PACKET_H
#define ENRICH_PACKET_H

/* Sets what a report has of the packet: its frame, its id, its device and direction. */

#include "event/event.h"
#include "report/report.h"
#include "util/siphash.h"

/* ids: the key of the packets' ids (skb_id.h). */
void enrich_packet(const struct siphash_key *ids, const struct drop_event *event,
		   struct drop_report *report);

#endif
