/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_H
#define SIM_H

/*
 * A world of two hosts and the network between them, in simulated time. One host is watched: the
 * kernel side of tcpdropcap sees its drops and retransmissions, tcpdump its frames. All that
 * happens is logged: segments with their fate, observations at the taps, events. Everything follows
 * from the seed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "sim_random.h"
#include "situation.h"

#define NONE	 UINT32_MAX
#define US	 1000LL
#define MS	 1000000LL
#define SECOND	 1000000000LL
#define SACK_MAX 4

enum side {
	OURS,
	PEER
};

/* The fate of a segment. */
enum fate {
	FATE_MOVING,
	FATE_SPLIT,   /* into the segments that name it as their parent */
	FATE_DROPPED, /* by the watched host: an event */
	FATE_LOST,    /* in the network */
	FATE_ARRIVED, /* at the TCP of the other end */
};

struct block {
	uint32_t start, end;
};

/* One packet that TCP sent; a GSO packet has several segs. */
struct segment {
	uint32_t connection;
	uint8_t side; /* that sent it */
	uint8_t flags;
	uint8_t sack_count;
	bool has_dsack; /* in the first block */
	uint16_t window, ip_id, segs;
	uint32_t seq, ack, payload_len, tsval, tsecr;
	struct block sack[SACK_MAX];
	int64_t sent;
	uint32_t parent; /* NONE: it was not split off */
	uint32_t parts;	 /* that have not left the host yet */
	bool left;	 /* it is in no queue of its sender's host */
	enum fate fate;
	int64_t fate_time;
	uint32_t drop; /* the event that says so */
};

/* A packet that a tap of the watched host saw. */
struct observation {
	int64_t time;
	uint32_t segment;
	uint8_t tap; /* 0: next to TCP; 1: next to the network, if there are two hops */
	bool outbound;
};

/* An event that the watched host reports. */
struct host_event {
	int64_t time;
	enum event_kind kind;
	enum event_direction direction;
	uint32_t segment;
	uint8_t hop;		 /* 0: the TCP's namespace, 1: the one that forwards */
	bool translated;	 /* its packet has the addresses after NAT */
	bool synthesized;	 /* no options, no IP ID */
	bool new_data;		 /* a probe of data that was not sent before */
	bool forgotten;		 /* the ring had no room: it is not in the file */
	const char *retransmit;	 /* rto, fast, tlp, syn, synack; NULL: none */
	const char *err;	 /* NULL: none */
	const char *reason, *at; /* of a drop */
};

struct timer;
struct connection;

struct world {
	struct random random;
	struct situation situation;
	int64_t now;
	struct timer *timers;
	size_t timer_count, timer_capacity;
	uint64_t timers_added;
	struct connection *connections;
	uint32_t connection_count;
	struct segment *segments;
	uint32_t segment_count, segment_capacity;
	struct observation *observations;
	uint32_t observation_count, observation_capacity;
	struct host_event *events;
	uint32_t event_count, event_capacity;
	int64_t arrival[2];    /* of the last segment of each side: the network keeps the order */
	int64_t queue_free_at; /* of the watched host's qdisc */
	int64_t busy_until;    /* the watched host's TCP: it does one thing after the other */
	int64_t stall_from, stall_until; /* of the network, towards the watched host */
	int64_t rcvbuf_until;		 /* the watched host's receive path drops in a burst */
};

/* sim_world.c. Running out of memory ends the program: nothing here is worth a recovery. */
void world_run(struct world *world, uint64_t seed, const struct situation *situation);
void world_free(struct world *world);

typedef void (*timer_fn)(struct world *world, void *object, uint64_t argument);
void world_at(struct world *world, int64_t time, timer_fn call, void *object, uint64_t argument);

uint32_t world_add_segment(struct world *world, const struct segment *segment);
void world_see(struct world *world, uint32_t segment, uint8_t tap, bool outbound);
/* Returns the event's index. */
uint32_t world_report(struct world *world, int64_t time, const struct host_event *event);
/* The same of a drop, which is the fate of its segment. */
void world_drop(struct world *world, int64_t time, const struct host_event *event);

/* Cuts a GSO packet into segments of the log; returns the first, *count of them. */
uint32_t world_split(struct world *world, uint32_t segment, uint32_t mss, uint32_t *count);

/* Whether the file of the events has it. */
static inline bool is_reported(const struct world *world, const struct host_event *event)
{
	return !event->forgotten && (event->kind == EVENT_DROP || !world->situation.only_drops);
}

static inline uint32_t segment_end(const struct segment *segment)
{
	return segment->seq + segment->payload_len + !!(segment->flags & TCP_SYN) +
	       !!(segment->flags & TCP_FIN);
}

static inline bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

void *sim_grow(void *array, uint32_t count, uint32_t *capacity, size_t size);

/* sim_host.c: the watched host's way out. Returns NULL, or why TCP could not send. */
const char *host_output(struct world *world, uint32_t segment);
/* Its way in, from the network. */
void host_input(struct world *world, uint32_t segment);

/* sim_network.c: from one host to the other. */
void network_send(struct world *world, uint32_t segment);

#endif
