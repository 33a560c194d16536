/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_REWRITE_H
#define PACKET_REWRITE_H

/*
 * Rewrites the headers of frames: addresses of Ethernet and IP, ports if requested, the numbers of
 * TCP (shift.h), IP IDs and flow labels. The headers of Ethernet, Linux cooked, VLAN, PPPoE, IP,
 * TCP, UDP and errors of ICMP with the packet in them are known. TCP options of a kind that compare
 * does not need, and options and extensions of IP that may carry addresses, become padding of the
 * same length. All after the headers is cut, the payload first of all. Of other frames the known
 * outer headers stay; of other link types, nothing.
 *
 * Kept: lengths, flags, windows, MSS, hop limits, DSCP, VLAN numbers, the SPI of no packet.
 */

#include <stdbool.h>
#include <stdint.h>

#include "secret.h"

/* Packets, by what was cut from them or removed. */
struct rewrite_counts {
	uint64_t packets;
	uint64_t payloads;	  /* of TCP and UDP, and the data of ICMP: cut */
	uint64_t unknown_links;	  /* nothing is left */
	uint64_t not_ip;	  /* ARP and others: cut after the MAC header */
	uint64_t other_protocols; /* tunnels and others: cut after the IP header */
	uint64_t options;	  /* options of TCP and IP that became padding */
};

struct rewrite_config {
	const struct secret *secret; /* must outlive it */
	bool keep_private;	     /* private addresses stay (pan.h) */
	bool ports;		     /* ports are changed as well */
};

struct packet_rewriter;

/* Returns NULL for lack of memory; NULL is accepted by _free. */
struct packet_rewriter *packet_rewriter_new(const struct rewrite_config *config);
void packet_rewriter_free(struct packet_rewriter *rewriter);

/*
 * Rewrites a frame of that link type in its place; len is the length of the whole frame. Returns
 * how many of its bytes may leave, from the first one on; the rest is unchanged.
 */
uint32_t packet_rewrite(struct packet_rewriter *rewriter, uint16_t linktype, uint8_t *bytes,
			uint32_t caplen, uint32_t len);

const struct rewrite_counts *packet_rewriter_counts(const struct packet_rewriter *rewriter);

#endif
