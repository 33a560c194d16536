/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_H
#define EVENT_H

/*
 * One event in host form: validated, still unnamed. decode makes it from a record, enrich turns it
 * into a report. Addresses of the kernel stand in it; they never leave for a file.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

#define EVENT_STACK_MAX 127

enum event_kind {
	EVENT_DROP,
	EVENT_RETRANSMIT,
	EVENT_SYNACK,
	EVENT_KIND_COUNT,
};

enum event_sock {
	EVENT_SOCK_NONE,
	EVENT_SOCK_RX_SK,
	EVENT_SOCK_SKB,
	EVENT_SOCK_HOOK,
};

enum event_direction {
	EVENT_DIR_UNKNOWN,
	EVENT_IN,
	EVENT_OUT,
};

struct drop_event {
	enum event_kind kind;
	enum event_sock sock;
	enum event_direction direction;
	uint64_t monotonic_ns;
	uint64_t location;    /* 0: none */
	uint64_t skb;	      /* 0: none */
	uint64_t lost_on_cpu; /* events this CPU has lost since the start */
	bool has_reason;
	uint32_t reason;
	bool has_err;
	int err; /* 0 or -errno */
	bool has_queue;
	uint16_t queue;
	bool checksum_partial;
	bool synthesized; /* the frame was made from the socket */
	bool l2_absent;	  /* the frame's MAC addresses are zeros of ours */
	bool length_clamped;
	uint8_t state; /* as in net/tcp_states.h; 0: no socket */
	uint8_t pkt_type;
	uint16_t segs; /* 0: unknown */
	uint32_t cpu;
	uint32_t cpu_pid;
	char cpu_comm[16];    /* NUL-terminated */
	uint32_t netns;	      /* 0: unknown */
	uint32_t ifindex;     /* 0: unknown */
	char ifname[16];      /* NUL-terminated; "": unknown */
	struct packet packet; /* its data is frame */
	uint8_t frame[PACKET_FRAME_MAX];
	size_t stack_depth;
	uint64_t stack[EVENT_STACK_MAX]; /* leaf first */
};

#endif
