/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_STATE_H
#define MATCH_STATE_H

/*
 * What the modules of the matcher share: the events, their evidence and the wire captures. Data
 * alone. Each module has a header of its own and calls only those that come later here:
 *
 *   match             events in, frames in, results out
 *   match_verdict     the verdict, from an event's evidence
 *   match_resent      that on a retransmission
 *   match_no_answer   that on one whose earlier transmission was not answered
 *   match_previous    the transmission before it
 *   match_answer, match_part_drop: what this host dropped of its ACK, or of a part of it
 *   match_decision    what all verdicts have in common
 *   match_evidence    the evidence of several wire captures together
 *   match_proof       what the evidence of one event proves of others
 *   match_frame       the order of time: frames and events through all that follows
 *   match_transmission a frame is an earlier or later transmission of events
 *   match_replay      an event is an earlier transmission of others
 *   match_clock       the offset between the clocks, by match_differences
 *   match_apart       whether the clocks are apart, by these differences
 *   match_votes       the same, by packets that no mark distinguishes
 *   match_stamp       the bound of it by TCP's timestamps
 *   match_nat         which flows are one connection
 *   match_own_drop    which drop is that of which retransmission's packet
 *   match_assign      which frame is the packet of which event
 *   match_connection, match_acked, match_unanswered, match_ack_drop, match_sack, match_dsack: what
 *                     was sent and acknowledged
 *   match_equal       acknowledgements that are equal to dropped ones
 *   match_index, match_flow, match_hash: finding flows and events
 *   match_report, match_wire, match_segment, match_time
 */

#include "match_equal.h"
#include "match_index.h"
#include "match_differences.h"
#include "match_stamp.h"
#include "match_wire.h"

#define VOTES_MAX   16384
#define HOSTS_MAX   16
#define COPY_FRAMES 16

/* Reasons and symbols, each kept once for all events that have it. */
struct label_set {
	struct label *table; /* of util/hash.h */
	struct label **list;
	uint32_t count, capacity;
};

struct clock_sample {
	int64_t apart; /* the frame's time by the wire's clock, less the event's */
	int64_t time;  /* of the frame, by the wire's clock */
	uint32_t event;
	bool is_sent;	   /* a retransmission; false: a drop */
	bool has_id;	   /* the IP ID shows that the frame is the event's packet */
	bool has_mark;	   /* it, or the timestamps */
	bool is_ambiguous; /* another frame or event is equal */
};

/* A frame and an event that are equal, without a mark that says that they are one packet. */
struct clock_vote {
	int64_t apart, time; /* as those of a sample */
	uint32_t event;
	bool is_sent;
};

/* Differences of the clocks: of retransmissions, and of drops. */
struct two_bounds {
	struct differences sent, drops;
};

/* The first frame of a packet that is equal to a retransmission. */
struct copy_first {
	uint32_t event;	 /* 1 + its index */
	bool is_counted; /* among the packets; false: a drop may be why it has no copy */
	int64_t time;
};

/* How many packets were on the wire, and how many other frames of them. */
struct copy_count {
	struct copy_first last[COPY_FRAMES];
	uint32_t next;
	uint64_t packets, copies;
};

struct clock {
	struct copy_count copies;
	struct clock_sample samples[SAMPLES_MAX];
	size_t count;
	struct clock_vote votes[VOTES_MAX];
	size_t vote_count;
	struct two_bounds scratch;
	uint32_t hosts[HOSTS_MAX]; /* namespaces that send, and do not only forward */
	size_t host_count;
};

struct nat {
	struct match_hash hash;
	struct hash_table table; /* events, by what a translation leaves as it is */
	bool has_news;		 /* flows were joined, which are not applied yet */
	bool is_applied;
};

struct matcher {
	int64_t window; /* how far a frame may be from the event whose packet it is, in ns */
	struct match_event *events;
	size_t count, capacity;
	bool has_lost;		       /* some events are not in the file */
	int64_t lost_from, lost_until; /* all of these were between these times */
	struct label_set labels;
	struct flow_list flows;
	struct match_index index;
	struct nat nat;
	/*
	 * By event, and by its tx: of the wire that is being read, and of all before it. With one
	 * wire there is only one of each at a time.
	 */
	struct evidence *current, *merged;
	struct tx_evidence *current_tx, *merged_tx;
	struct tx_links *links; /* by tx */
	struct segment_info *forms;
	uint32_t form_count, form_capacity;
	struct drop_sacks *drop_sacks; /* match_sack.h, in the order of events */
	size_t drop_sack_count, drop_sack_capacity;
	struct wire *wires; /* the last one is being read */
	uint32_t wire_count;
	uint32_t first_wire; /* of the files that are one capture with it */
	uint64_t ticks;	     /* counts frames and events of connections, for their age */
	uint32_t last_connection;
	struct clock clock;
	struct stamp stamps[STAMPS_MAX];
	struct equal_groups equal;
	uint32_t far_looks; /* match_assign.c: less one for each frame */
};

/* The frame, as it is kept in evidence. */
static inline struct frame_ref frame_ref(const struct segment_info *frame)
{
	return (struct frame_ref){ frame->number, frame->wire, frame->time };
}

/* Of the wire capture that is being read; the event is in a run of the index. */
static inline struct tx_evidence *tx_of(const struct matcher *matcher, uint32_t event)
{
	return &matcher->current_tx[matcher->events[event].tx];
}

static inline struct tx_links *links_of(const struct matcher *matcher, uint32_t event)
{
	return &matcher->links[matcher->events[event].tx];
}

/* When it was sent: an event is a little later than its frame. */
static inline int64_t sent_at(const struct matcher *matcher, uint32_t event)
{
	const struct evidence *evidence = &matcher->current[event];

	return is_matched(evidence) ? evidence->matched.time : matcher->events[event].packet.time;
}

/* Whether the namespace has ends of connections, and does not only forward. */
static inline bool is_host(const struct matcher *matcher, uint32_t netns)
{
	for (size_t i = 0; i < matcher->clock.host_count; i++) {
		if (matcher->clock.hosts[i] == netns)
			return true;
	}
	return false;
}

/* The wire capture that is being read. */
static inline struct wire *current_wire(const struct matcher *matcher)
{
	return &matcher->wires[matcher->wire_count - 1];
}

#endif
