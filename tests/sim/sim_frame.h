/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_FRAME_H
#define SIM_FRAME_H

/* The bytes of a simulated segment's frame, up to the end of its headers. */

#include "sim.h"

#define FRAME_MAX 212

struct frame {
	uint8_t bytes[FRAME_MAX];
	uint32_t headers; /* bytes of them */
	uint32_t length;  /* with the payload */
};

struct frame_form {
	enum wire_link link;
	bool translated;  /* the addresses are those after NAT */
	bool tunnelled;	  /* in another IP packet */
	bool synthesized; /* no options, no IP ID */
	bool outbound;
	uint32_t ifindex;
};

void frame_build(const struct world *world, const struct segment *segment, struct frame_form form,
		 struct frame *frame);
/* A frame of something else: tcpdump sees more than our connections. */
void frame_build_noise(enum wire_link link, struct frame *frame);

uint16_t frame_linktype(enum wire_link link);

#endif
