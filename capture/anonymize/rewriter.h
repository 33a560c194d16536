/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REWRITER_H
#define REWRITER_H

/* Shared by the files that rewrite packets; packet_rewrite.h is what others need. */

#include "checksum.h"
#include "frame.h"
#include "packet_rewrite.h"
#include "pan.h"
#include "shift.h"

#define KNOWN_SLOTS 8192 /* a power of two */
#define LABEL_BITS  0xfffffU

enum known_kind {
	KNOWN_NONE,
	KNOWN_MAC,
	KNOWN_IPV4,
	KNOWN_IPV6,
	KNOWN_LABEL,
};

/* A value and its pseudonym: few of them make nearly all packets. */
struct known {
	uint8_t kind;
	uint8_t from[16];
	uint8_t to[16];
};

struct packet_rewriter {
	struct rewrite_config config;
	struct rewrite_counts counts;
	struct pan *pan;
	struct shift shift;
	uint16_t *ports; /* the pseudonym of each port; NULL: they stay */
	struct known known[KNOWN_SLOTS];
};

/* An IP packet in a frame. */
struct ip_packet {
	uint32_t at;		      /* of its header */
	uint32_t payload_at;	      /* of what follows its headers */
	uint32_t end;		      /* of the packet, by its length */
	uint8_t protocol;	      /* of the payload */
	bool fragment;		      /* the packet is one */
	bool inner;		      /* in an error of ICMP */
	bool unchecked;		      /* no checksum in it can be checked */
	uint32_t pseudo_sum;	      /* of the addresses before they were rewritten */
	uint16_t source, destination; /* ports as they were; both 0: none */
};

/* Each replaces a value by its pseudonym. */
void rewrite_mac(struct packet_rewriter *rewriter, uint8_t mac[6]);
void rewrite_ipv4(struct packet_rewriter *rewriter, uint8_t address[4]);
void rewrite_ipv6(struct packet_rewriter *rewriter, uint8_t address[16]);

/* Returns the pseudonym of a flow label of IPv6; 0, no label, stays. */
uint32_t rewrite_label(struct packet_rewriter *rewriter, uint32_t label);

/* An IP packet of the version in its first byte, or one in an error of ICMP (inner). */
void rewrite_ip(struct packet_rewriter *rewriter, struct frame *frame, uint32_t at, bool inner);

/* The payload of an IP packet whose addresses are rewritten; sets the ports. */
void rewrite_transport(struct packet_rewriter *rewriter, struct frame *frame, struct ip_packet *ip);

/* A TCP header, of which at least the sequence number is captured. */
void rewrite_tcp(struct packet_rewriter *rewriter, struct frame *frame, const struct ip_packet *ip);

#endif
