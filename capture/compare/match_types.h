/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_TYPES_H
#define MATCH_TYPES_H

/*
 * What the parts of the matcher share: match_index finds flows and events, match_connection keeps
 * what the frames so far tell of a connection, match moves frames through both, match_verdict
 * decides. For them alone; everyone else includes match.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "match.h"

#define NONE		UINT32_MAX
#define PLAUSIBLE	(1U << 27) /* sequence numbers of one connection are no farther apart */
#define SAMPLES_MAX	128
#define SACKS_MAX	32
#define CONNECTIONS_MAX 8 /* that one flow is told to have at a time */

/* Sequence numbers and timestamps wrap: RFC 1982, RFC 7323. */
static inline bool before32(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* A packet, of an event or of the wire. Times are of the events' clock. */
struct segment_info {
	uint64_t frame; /* 0: of an event */
	int64_t time;
	uint32_t seq;
	uint32_t end; /* behind its data, SYN and FIN counted */
	uint32_t ack;
	uint32_t payload_len;
	uint32_t tsval;
	uint32_t tsecr;
	uint16_t ip_id;
	uint16_t window;
	uint8_t flags;
	uint8_t side;	/* 0: from the flow's first end */
	bool has_ip_id; /* an IPv4 packet's, not made up */
	bool has_timestamps;
	bool cut;	  /* the options may be missing */
	bool synthesized; /* IP ID, options and window are not the packet's */
};

/* Where something was seen. */
struct frame_ref {
	bool seen;
	uint32_t wire;
	uint64_t frame;
	int64_t time;
};

/* What the frames of a wire tell of an event. */
struct evidence {
	struct frame_ref own; /* its own packet */
	uint32_t own_tsval;
	bool own_has_tsval;
	struct frame_ref attempt; /* the last transmission before it of its first byte */
	uint32_t attempt_tsval;
	bool attempt_has_tsval;
	uint32_t attempt_connection;
	struct frame_ref again; /* the first one after it */
	struct frame_ref acked; /* an acknowledgement of all its data before its own packet */
	struct frame_ref sacked;
	struct frame_ref answer; /* the first one after it */
	uint32_t answer_tsecr;
	bool answer_tells; /* whether the echo in it is of what it answers */
	struct frame_ref dsack;
	uint32_t ack_drop; /* the drop of an acknowledgement that would have answered */
};

struct match_event {
	uint64_t number;
	enum event_kind kind;
	enum event_direction direction;
	uint32_t netns;
	uint64_t lost;
	char *label; /* its reason and place; NULL: none */
	bool has_tcp;
	bool failed; /* a retransmission that was not sent */
	bool timeout;
	uint32_t sample; /* its index + 1; 0: its offset has not been measured */
	struct segment_info packet;
	uint32_t flow;
	/* of the wire that is being read */
	struct segment_info claim; /* the frame taken for its own; frame 0: none */
	struct evidence now;
	bool looked;	     /* the state of its connection was taken */
	uint32_t connection; /* the id */
	uint32_t next_unanswered, previous_unanswered;
	bool is_unanswered; /* in a connection's list */
	/* of all wires */
	struct evidence all;
	uint32_t drop_before; /* the last drop of its first byte before it */
	uint32_t own_drop;
};

struct sack {
	uint32_t start, end;
	struct frame_ref place;
};

/* What is known of one direction's data. */
struct tx_stream {
	bool known;    /* next */
	uint32_t next; /* behind the highest byte seen or acknowledged */
	bool has_isn;
	uint32_t isn;
	uint32_t netns; /* of the end that sends it; 0: unknown */
	bool has_ack;
	uint32_t ack; /* the highest that the other end has sent, and this host not dropped */
	struct frame_ref acked;
	uint32_t ack_drop;			    /* the last drop of an acknowledgement */
	uint32_t first_unanswered, last_unanswered; /* events by the end of their data */
	struct sack *sacks;
	uint32_t sack_count, next_sack;
};

struct connection {
	uint32_t id;
	uint64_t used;
	struct tx_stream streams[2]; /* by side */
};

struct flow {
	int family;
	uint8_t addresses[2][16];
	uint16_t ports[2];
	uint32_t first, count, next; /* in by_time */
	uint32_t first_run[2], run_count[2];
	struct connection *connections[CONNECTIONS_MAX];
	uint32_t connection_count;
};

/* The events of one direction whose first byte is the same, in the order of time. */
struct seq_run {
	uint32_t seq;
	uint32_t first, count; /* in by_seq */
	uint32_t cursor;       /* the first one behind the frames so far */
};

/* Drops are one class, what was sent the other: a frame may be of one of each. */
enum {
	CLASS_SENT,
	CLASS_DROP,
	CLASS_COUNT,
};

/* Events in by_key, in the order of time. */
struct range {
	uint32_t first, count;
};

/* The events that are equal in flow, side, seq and ack. */
struct exact_run {
	uint32_t flow, seq, ack;
	uint8_t side;
	struct range classes[CLASS_COUNT];
};

struct wire {
	const char *name;
	int64_t offset;
	bool has_frames;
	int64_t first, last;
	uint64_t missing;
	const char *why_missing;
};

struct matcher {
	int64_t window;
	struct match_event *events;
	size_t count, capacity;
	struct flow *flows;
	uint32_t flow_count, flow_capacity;
	uint64_t *flow_table; /* the upper half of a hash and a flow's index + 1; 0: free */
	uint32_t flow_mask;
	uint32_t *by_time, *by_seq, *by_key;
	struct seq_run *runs;
	uint32_t run_count;
	struct exact_run *exact_runs;
	uint32_t exact_run_count;
	uint64_t *exact_table; /* the same of exact runs */
	uint32_t exact_mask;
	struct wire *wires;
	uint32_t wire_count;
	uint64_t ticks; /* for the age of connections */
	uint32_t last_connection;
	size_t measurable, sample_count;
	int64_t samples[SAMPLES_MAX], last_sample;
};

static inline bool is_sent_again(const struct match_event *event)
{
	return event->kind == EVENT_RETRANSMIT || event->kind == EVENT_SYNACK ||
	       event->kind == EVENT_TLP;
}

/* match.c */
struct segment_info segment_info_of(const struct packet *packet, int64_t time, uint8_t side);

/* match_frame.c: whether a frame may be the event's packet. */
enum same {
	SAME_NOT,
	SAME_MAYBE,  /* nothing tells them apart */
	SAME_SURELY, /* IP ID or timestamps say so */
};
enum same same_packet(const struct segment_info *event, const struct segment_info *frame);
/* Moves the flow's events before that time through its connections. Returns 0 or -ENOMEM. */
int advance_events(struct matcher *matcher, struct flow *flow, int64_t time);

/* match_index.c: the flow of the packet and its side, NULL if no event is in it. */
struct flow *index_find_flow(struct matcher *matcher, const struct packet *packet, uint8_t *side);
/* The flow's number, a new one if there is none; NONE: out of memory. */
uint32_t index_add_flow(struct matcher *matcher, const struct packet *packet, uint8_t *side);
/* Builds what the following look into. Returns 0 or -ENOMEM. */
int index_build(struct matcher *matcher);
const struct exact_run *index_find_exact(const struct matcher *matcher, uint32_t flow,
					 const struct segment_info *packet);
/*
 * Calls visit for each run of the direction whose seq is in [seq, seq + span).
 */
void index_each_run(struct matcher *matcher, const struct flow *flow, uint8_t side, uint32_t seq,
		    uint32_t span,
		    void (*visit)(struct matcher *matcher, struct seq_run *run, void *context),
		    void *context);

/* match_connection.c */
/* The connection that the frame is of, a new one if it fits none; NULL: out of memory. */
struct connection *connection_of_frame(struct matcher *matcher, struct flow *flow,
				       const struct segment_info *frame);
/* Whether an event, of the time to come, would be of this connection. */
bool connection_fits(const struct flow *flow, const struct connection *connection,
		     const struct match_event *event);
/*
 * Takes down what the connection knows now, when this event's packet is sent. Returns 0 or -ENOMEM.
 */
int connection_snapshot(struct matcher *matcher, struct flow *flow, uint32_t index);
/* A packet was dropped, and what it acknowledges is not known: this event. Returns 0 or -ENOMEM. */
int connection_drop(struct matcher *matcher, struct flow *flow, uint32_t index);
/* A frame that was not dropped acknowledges. */
void connection_ack(struct matcher *matcher, struct connection *connection,
		    const struct segment_info *frame);
/* Of all flows. */
void connections_forget(struct matcher *matcher);

/* match_sack.c: a frame that was not dropped acknowledges selectively. Returns 0 or -ENOMEM. */
int sack_add_frame(struct matcher *matcher, struct flow *flow, struct connection *connection,
		   const struct segment_info *frame, const struct packet *packet);
/* Where all of the packet's data was acknowledged selectively. */
struct frame_ref sack_find(const struct tx_stream *stream, const struct segment_info *packet);

static inline struct frame_ref frame_ref(const struct matcher *matcher,
					 const struct segment_info *frame)
{
	return (struct frame_ref){ true, matcher->wire_count - 1, frame->frame, frame->time };
}

#endif
