/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_EVENT_H
#define MATCH_EVENT_H

/*
 * An event of the matcher, and the evidence that wire captures give of it. Data alone: there is one
 * event and one evidence for each event of the file, so their size decides what compare needs. What
 * only retransmissions and dropped data have is apart.
 */

#include "event/event.h"
#include "match_segment.h"

#define PART_DROPS 2

#define NONE UINT32_MAX /* no event, where the index of one is expected */

struct match_event {
	struct segment_info packet; /* its number is that in the file of the events */
	uint32_t label;		    /* match_report.h */
	uint32_t netns;		    /* 0: unknown */
	uint32_t flow;		    /* match_flow.h; meaningless without has_tcp */
	union {
		uint32_t tx; /* its tx_evidence and tx_links; NONE: it is in no run of the index */
		uint32_t sent_as; /* is_joined: the retransmission that sent this probe */
	};
	uint32_t lost; /* events lost before it, or UINT32_MAX for more */
	union {
		uint16_t sample;  /* of the first reading: its clock sample's index + 1; 0: none */
		uint16_t witness; /* 1 + a whole wire capture that has its connection; 0: none */
	};
	uint8_t kind : 4;      /* enum event_kind; EVENT_KIND_COUNT: unknown to this version */
	uint8_t direction : 2; /* enum event_direction */
	bool has_tcp : 1;
	bool is_joined : 1;
	bool failed : 1;     /* a retransmission that TCP could not send */
	bool timeout : 1;    /* a retransmission by the retransmission timer */
	bool probe : 1;	     /* a retransmission as a tail loss probe */
	bool before_tap : 1; /* a drop where no capture on its sender's host has seen the packet */
	bool has_socket : 1; /* it is in the namespace of its connection's end */
	bool has_owner : 1;  /* a drop that is the packet_drop of a retransmission */
	bool ack_taken : 1;  /* a drop after TCP had processed the packet's ACK */
	bool has_snapshot : 1; /* connection_snapshot() was called for it, in this wire capture */
};

/* A frame of a wire capture. The frame number 0 means none. */
struct frame_ref {
	uint64_t frame : 48;
	uint64_t wire : 16;
	int64_t time; /* match_time.h, by the clock of the events */
};

#define WIRES_MAX UINT16_MAX

/* The evidence of a wire capture about an event. */
struct evidence {
	struct frame_ref matched; /* the event's own packet on the wire */
	uint32_t form : 31;	  /* its headers, where they are not the event's: match_assign.h */
	bool has_equal : 1;	  /* of a drop: a frame is equal, but a little too far from it */
	uint32_t connection;	  /* id, in the wire capture that is being read; 0: none yet */
};

/* The evidence of a wire capture about the data of a retransmission or a drop. */
struct tx_evidence {
	struct frame_ref prev_tx;	 /* the last transmission of its first byte before it */
	struct frame_ref next_tx;	 /* the first transmission of it afterwards */
	struct frame_ref acked;		 /* the ACK of all its data, before it was sent */
	struct frame_ref first_ack;	 /* the first ACK of all its data after it was sent */
	struct frame_ref dsack;		 /* the DSACK (RFC 2883) that reports it */
	uint32_t dsack_start, dsack_end; /* what it reports, together with DSACKs of other parts */
	uint32_t prev_tx_tsval;
	uint32_t prev_tx_connection; /* id, in the wire capture that is being read */
	uint32_t first_ack_tsecr;
	uint32_t ack_drop; /* the event that dropped an ACK of all its data; NONE */
	bool prev_tx_has_tsval : 1;
	bool ack_drop_of_part : 1; /* ack_drop: an ACK of its first bytes alone */
	bool acked_by_sack : 1;	   /* acked: by a SACK block alone */
	bool acked_of_part : 1;	   /* acked: of its first byte, but not of all */
	bool acked_perhaps : 1;	   /* not acked, but match_equal.h */
	bool first_ack_has_tsecr : 1;
	bool ts_echo_valid : 1; /* first_ack_tsecr identifies the transmission that it acknowledges */
	bool answers_earlier : 1; /* ... which is an earlier one than the event's (RFC 3522) */
	bool echoes_earlier : 1;  /* first_ack has an older timestamp, which need not be the same */
	bool dsack_doubtful : 1;  /* a DSACK may be of it, or of a transmission without an event */
	bool dsack_unsure : 1;	  /* DSACKs of its parts were given to other events */
	bool next_tx_lost : 1;	  /* next_tx is the packet of no event: that was lost */
	bool part_tx_lost : 1;	  /* the same of a later transmission of a part of its data */
	bool has_part : 1;	  /* what has no IP ID was taken for a part of it */
	bool has_first_part : 1;  /* the same of a frame with its first byte */
	bool has_part_twice : 1;  /* the same of two frames: one is an earlier transmission */
	bool acked_in_gap : 1;	  /* acked_without, but frames between may be missing */
	bool acked_without : 1;	  /* first_ack: this host dropped all that was sent since */
};

/* The events before it that have its first byte, of an event with a tx_evidence. */
struct tx_links {
	uint32_t prev_drop;   /* the last drop before it; NONE */
	uint32_t packet_drop; /* a drop that may be of this very transmission; NONE */
	/* The last drops before it of data after its first byte; NONE. */
	uint32_t part_drops[PART_DROPS];
	uint32_t prev_sent;	/* the last retransmission before it, sent or attempted; NONE */
	uint32_t unanswered_at; /* match_unanswered.h */
	/* Any wire capture shows that the data of that part_drop was sent again before it. */
	bool part_resent[PART_DROPS];
	bool has_more_parts; /* more of its parts were dropped than are kept */
};

static inline struct tx_links tx_links_none(void)
{
	return (struct tx_links){
		.prev_drop = NONE,
		.packet_drop = NONE,
		.part_drops = { NONE, NONE },
		.prev_sent = NONE,
		.unanswered_at = NONE,
	};
}

static inline void tx_copy_prev(struct tx_evidence *to, const struct tx_evidence *from)
{
	to->prev_tx = from->prev_tx;
	to->prev_tx_tsval = from->prev_tx_tsval;
	to->prev_tx_has_tsval = from->prev_tx_has_tsval;
}

/* A retransmission, sent or attempted: what has an earlier transmission. */
static inline bool is_retransmission(const struct match_event *event)
{
	return event->kind == EVENT_RETRANSMIT || event->kind == EVENT_SYNACK ||
	       event->kind == EVENT_TLP;
}

/* Whether it has a tx_evidence and tx_links: it is in a run of the index. */
static inline bool has_tx(const struct match_event *event)
{
	return !event->is_joined && event->tx != NONE;
}

/* Whether all its data had been acknowledged before. */
static inline bool is_acked(const struct tx_evidence *tx)
{
	return tx->acked.frame && !tx->acked_of_part;
}

/* Whether the wire capture that is being read, or was, has the packet itself. */
static inline bool is_matched(const struct evidence *evidence)
{
	return evidence->matched.frame;
}

#endif
