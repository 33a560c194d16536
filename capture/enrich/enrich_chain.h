/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENRICH_CHAIN_H
#define ENRICH_CHAIN_H

/* Sets the keys about the headers before TCP: tags, tunnels and fragments. A part of enrich. */

#include "event/event.h"
#include "report/report.h"

#define CHAIN_NAMES_BYTES 80 /* of PACKET_CHAIN_MAX names, each with its comma */

/* The storage of a report's texts. */
struct chain_names {
	char tunnel[CHAIN_NAMES_BYTES];
	char vlan[CHAIN_NAMES_BYTES];
};

/* Sets tunnel, vlan, vni, frag_sport and frag_dport. They live until the next call with *names. */
void enrich_chain(struct chain_names *names, const struct drop_event *event,
		  struct drop_report *report);

#endif
