/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_FLOW_H
#define MATCH_FLOW_H

/*
 * The flows that events are in, found by the addresses and ports of a packet in either direction. A
 * flow may hold several connections, one after the other or in several namespaces.
 */

#include "event/packet.h"
#include "match_hash.h"

#define FLOW_NONE UINT32_MAX

struct connection;

struct flow {
	uint8_t addresses[2][16]; /* of its ends: the sender of its first event, and the receiver */
	uint16_t ports[2];
	uint8_t family; /* AF_INET, AF_INET6 */
	uint8_t connection_count;
	uint8_t depths[2];	    /* of its frames, by side: match_votes.h */
	bool needs_connections : 1; /* the evidence of some of its events depends on them */
	bool has_frames : 1;	    /* in the wire capture that is being read */
	bool has_part_drops : 1;    /* some of its events have one: match_event.h */
	bool reversed : 1;     /* its first end is the second one of the flow it is joined with */
	uint32_t first, count; /* its events, match_index.h */
	uint32_t next;	       /* the first of them that advance_events() has not reached */
	uint32_t first_run[2], run_count[2]; /* by side */
	uint32_t longest;		     /* of the data of its retransmissions, in bytes */
	uint32_t joined; /* match_nat.h: the flow that this one is a translation of, or itself */
	struct connection *connections; /* match_connection.h */
};

struct flow_list {
	struct match_hash hash;
	struct hash_table table;
	struct flow *flows;
	uint32_t count, capacity;
};

void flows_release(struct flow_list *list);

/*
 * Returns the index of the packet's flow, which is added if it is new, and fills *side: 0 if the
 * first end of the flow sent the packet, else 1. FLOW_NONE: out of memory. Flows may move.
 */
uint32_t flows_add(struct flow_list *list, const struct packet *packet, uint8_t *side);

/* Returns the packet's flow and fills *side; NULL: no event is in it. */
struct flow *flows_find(const struct flow_list *list, const struct packet *packet, uint8_t *side);

/* Whether this is the address and port of that end of the flow. */
bool flow_has_end(const struct flow *flow, int end, const uint8_t *address, uint16_t port);

/* Removes the events from all flows, because the index of events is rebuilt. */
void flows_forget_events(struct flow_list *list);

#endif
