/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_SACK_H
#define MATCH_SACK_H

/*
 * Selective acknowledgements of one direction's data (RFC 2018); duplicate ones are passed on to
 * match_dsack. It knows no connection but its id.
 */

#include "match_state.h"

struct sack_list; /* NULL: none so far */

struct dsack_list; /* the last ones of a stream; NULL: none so far */

struct sack_block {
	uint32_t start, end;
};

/* The SACK blocks of a dropped packet. */
struct drop_sacks {
	uint32_t event;
	uint32_t ack;
	uint8_t count;
	bool has_dsack;
	struct sack_block dsack;
	struct sack_block blocks[PACKET_SACK_MAX]; /* the others */
};

/* Keeps the SACK blocks of the packet of a drop, in the order of events. Returns 0 or -ENOMEM. */
int sack_keep_drop(struct matcher *matcher, uint32_t event, const struct packet *packet);

/* The ACK of a frame, with its connection and direction. */
struct sack_frame {
	const struct segment_info *frame;
	const struct packet *packet; /* the same, with its SACK blocks */
	struct flow *flow;
	uint32_t connection; /* id */
	bool has_ack;
	struct dsack_list **dsacks; /* of the stream */
	uint32_t ack;		    /* the highest one of the stream so far */
	bool is_dropped;	    /* only its DSACK counts */
};

/*
 * Adds the blocks to the list, which is allocated for the first one, and gives a DSACK to the last
 * retransmission that it reports. Returns 0 or -ENOMEM.
 */
int sack_add_frame(struct matcher *matcher, struct sack_list **list, const struct sack_frame *from);

/* Whether the dropped packet reports some data of that packet as a duplicate. */
bool sack_drop_reports(const struct matcher *matcher, uint32_t event,
		       const struct segment_info *packet);

/* Adds the blocks of a dropped packet to a list; sack_find() gives its event + 1 as the frame. */
int sack_add_drop(struct matcher *matcher, struct sack_list **list, uint32_t event);

/* Returns a frame that acknowledged all data of the packet selectively. */
struct frame_ref sack_find(const struct sack_list *list, const struct segment_info *packet);

void sack_list_free(struct sack_list *list); /* NULL is accepted */

#endif
