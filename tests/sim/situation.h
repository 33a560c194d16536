/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SITUATION_H
#define SITUATION_H

/*
 * The properties of a simulated world, and how it is observed. A named situation fixes its subject
 * and leaves the rest to the seed. Probabilities are in parts per million.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim_random.h"

enum nat {
	NAT_NONE,
	NAT_SOURCE,
	NAT_DESTINATION
};

enum wire_format {
	FORMAT_PCAP_US,
	FORMAT_PCAP_NS,
	FORMAT_PCAP_SWAPPED,  /* of the other byte order */
	FORMAT_PCAP_OLD,      /* version 2.3 */
	FORMAT_PCAP_MODIFIED, /* Kuznetzov's */
	FORMAT_PCAPNG_US,
	FORMAT_PCAPNG_NS,
};

enum wire_link {
	LINK_ETHERNET,
	LINK_RAW,
	LINK_SLL2,
	LINK_UNREADABLE
};

/* Which frames a capture file gets. */
enum wire_taps {
	TAP_INNER = 1, /* next to TCP */
	TAP_OUTER = 2, /* next to the network */
};

/* One capture. Times are of the world's clock, in ns. */
struct wire_plan {
	unsigned int taps; /* enum wire_taps */
	enum wire_format format;
	enum wire_link link;
	int64_t offset, drift_ppm;
	int64_t from, until;  /* what it covers; 0: all */
	int64_t out_of_order; /* frames are at most so far from their place in time */
	uint32_t snaplen;
	uint32_t lost;		  /* frames that tcpdump lost */
	bool misses_a_connection; /* a capture filter */
	uint32_t netns;		  /* 1: of the first namespace, 2: of the second; 0: all */
};

#define WIRES_MAX 4

struct situation {
	const char *name;
	/* the world */
	uint32_t connections;
	bool ipv6, timestamps, sack, dsack;
	bool same_ports;       /* one connection after the other from the same port */
	bool same_addresses;   /* two namespaces with the same addresses and ports at a time */
	bool report_probes;    /* events of the kinds tlp and reset too */
	int64_t delay, jitter; /* of the network, one way */
	uint32_t gso_segs;
	bool network_splits;	     /* GSO packets become segments in the network card */
	bool queue_splits;	     /* or in the qdisc */
	uint32_t queue_bytes_per_ms; /* the qdisc's rate; 0: no queue */
	uint32_t queue_limit;	     /* bytes */
	uint32_t hops;		     /* 2: a forwarding namespace between TCP and the network */
	bool tunnel;	     /* the second hop is no namespace, but the device below a tunnel's */
	int64_t outer_delay; /* of packets on their way out, between the two taps */
	enum nat nat;
	uint32_t lost_out, lost_in, reordered, stalls;			      /* by the network */
	uint32_t dropped_output, dropped_queue, dropped_late, dropped_driver; /* by this host */
	uint32_t dropped_input, dropped_forward, dropped_burst;
	uint32_t locked; /* sockets, by a process, while packets come */
	/* the observation */
	bool shuffled_events;
	uint32_t forgotten; /* events that the ring had no room for */
	bool only_drops;    /* the capture of the events was asked for no retransmissions */
	int64_t epoch;
	uint32_t wire_count;
	struct wire_plan wires[WIRES_MAX];
};

size_t situation_count(void);
const char *situation_name(size_t index);
/* Draws the situation's world and observation. */
void situation_draw(size_t index, struct random *random, struct situation *situation);

#endif
