// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "event/packet.h"
#include "rewriter.h"

#define VLAN_TAGS_MAX 32 /* as many headers as event/packet_chain.c follows */
#define PORTS	      65536

enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_SLL2 = 276,
	MAC_BYTES = 6,
	LOOPBACK_BYTES = 4,
	SLL_BYTES = 16,
	SLL2_BYTES = 20,
	SLL_ADDRESS_BYTES = 8,
	PPPOE_BYTES = 8, /* with the protocol of PPP */
};

/*
 * A keyed permutation of the ports (Fisher-Yates), so that different ports stay different. 0 is no
 * port and stays.
 */
static uint16_t *make_ports(const struct secret *secret)
{
	uint16_t *ports = malloc(PORTS * sizeof(*ports));
	uint8_t digest[DIGEST_BYTES];

	for (uint32_t i = 0; ports && i < PORTS; i++)
		ports[i] = (uint16_t)i;
	for (uint32_t i = PORTS - 1; ports && i > 1; i--) {
		uint8_t name[2] = { (uint8_t)(i >> 8), (uint8_t)i };
		uint32_t other;
		uint16_t port = ports[i];

		secret_digest(secret, "ports", name, sizeof(name), digest);
		other = packet_get32(digest) % i + 1;
		ports[i] = ports[other];
		ports[other] = port;
	}
	return ports;
}

struct packet_rewriter *packet_rewriter_new(const struct rewrite_config *config)
{
	struct packet_rewriter *rewriter = calloc(1, sizeof(*rewriter));

	if (!rewriter)
		return NULL;
	rewriter->config = *config;
	rewriter->pan = pan_new(config->secret->key, config->keep_private);
	rewriter->shift = shift_make(config->secret);
	if (config->ports)
		rewriter->ports = make_ports(config->secret);
	if (rewriter->pan && (rewriter->ports || !config->ports))
		return rewriter;
	packet_rewriter_free(rewriter);
	return NULL;
}

void packet_rewriter_free(struct packet_rewriter *rewriter)
{
	if (!rewriter)
		return;
	pan_free(rewriter->pan);
	free(rewriter->ports);
	free(rewriter);
}

const struct rewrite_counts *packet_rewriter_counts(const struct packet_rewriter *rewriter)
{
	return &rewriter->counts;
}

static void rewrite_network(struct packet_rewriter *rewriter, struct frame *frame,
			    uint16_t ethertype, uint32_t at)
{
	const uint8_t *version = frame_bytes(frame, at, 1);

	if ((ethertype == ETH_P_IP || ethertype == ETH_P_IPV6) && version &&
	    *version >> 4 == (ethertype == ETH_P_IP ? 4 : 6))
		rewrite_ip(rewriter, frame, at, false);
	else
		rewriter->counts.not_ip++;
}

/* RFC 2516: the number of the session identifies a customer. */
static void rewrite_pppoe(struct packet_rewriter *rewriter, struct frame *frame, uint32_t at)
{
	uint8_t *header = frame_bytes(frame, at, PPPOE_BYTES);
	uint16_t protocol;

	if (!header)
		return;
	packet_put16(header + 2, 0);
	frame->safe = at + PPPOE_BYTES;
	protocol = packet_get16(header + 6);
	rewrite_network(rewriter, frame,
			protocol == 0x0021   ? ETH_P_IP
			: protocol == 0x0057 ? ETH_P_IPV6
					     : 0,
			at + PPPOE_BYTES);
}

/* What is at `at`, after the type, or after VLAN tags. A type that is a length is of 802.2. */
static void rewrite_ethertype(struct packet_rewriter *rewriter, struct frame *frame,
			      uint32_t type_at, uint32_t at)
{
	const uint8_t *type = frame_bytes(frame, type_at, 2);

	frame->safe = at;
	for (int i = 0; i < VLAN_TAGS_MAX && type; i++) {
		uint16_t ethertype = packet_get16(type);

		if (ethertype == ETH_P_PPP_SES) {
			rewrite_pppoe(rewriter, frame, at);
			return;
		}
		if (!packet_is_tag(ethertype)) {
			rewrite_network(rewriter, frame, ethertype, at);
			return;
		}
		type = frame_bytes(frame, at + 2, 2);
		at += PACKET_TAG_LEN;
		if (type)
			frame->safe = at;
	}
}

/* An address of a link that is not Ethernet is removed. */
static void rewrite_sll_address(struct packet_rewriter *rewriter, uint8_t *address, uint32_t length)
{
	if (length == MAC_BYTES)
		rewrite_mac(rewriter, address);
	memset(address + (length == MAC_BYTES ? MAC_BYTES : 0), 0,
	       SLL_ADDRESS_BYTES - (length == MAC_BYTES ? MAC_BYTES : 0));
}

static void rewrite_ethernet(struct packet_rewriter *rewriter, struct frame *frame)
{
	uint8_t *header = frame_bytes(frame, 0, PACKET_ETH_LEN);

	if (!header)
		return;
	rewrite_mac(rewriter, header);
	rewrite_mac(rewriter, header + MAC_BYTES);
	rewrite_ethertype(rewriter, frame, 2 * MAC_BYTES, PACKET_ETH_LEN);
}

static void rewrite_sll(struct packet_rewriter *rewriter, struct frame *frame)
{
	uint8_t *header = frame_bytes(frame, 0, SLL_BYTES);

	if (!header)
		return;
	rewrite_sll_address(rewriter, header + 6, packet_get16(header + 4));
	rewrite_ethertype(rewriter, frame, 14, SLL_BYTES);
}

static void rewrite_sll2(struct packet_rewriter *rewriter, struct frame *frame)
{
	uint8_t *header = frame_bytes(frame, 0, SLL2_BYTES);

	if (!header)
		return;
	rewrite_sll_address(rewriter, header + 12, header[11]);
	rewrite_ethertype(rewriter, frame, 0, SLL2_BYTES);
}

/* Of BSD loopback, the family is in either byte order. */
static void rewrite_loopback(struct packet_rewriter *rewriter, struct frame *frame)
{
	if (!frame_bytes(frame, 0, LOOPBACK_BYTES))
		return;
	frame->safe = LOOPBACK_BYTES;
	rewrite_ip(rewriter, frame, LOOPBACK_BYTES, false);
}

uint32_t packet_rewrite(struct packet_rewriter *rewriter, uint16_t linktype, uint8_t *bytes,
			uint32_t caplen, uint32_t len)
{
	struct frame frame = { .data = bytes,
			       .caplen = caplen,
			       .len = len > caplen ? len : caplen };

	rewriter->counts.packets++;
	if (linktype == LINK_ETHERNET)
		rewrite_ethernet(rewriter, &frame);
	else if (linktype == LINK_SLL)
		rewrite_sll(rewriter, &frame);
	else if (linktype == LINK_SLL2)
		rewrite_sll2(rewriter, &frame);
	else if (linktype == LINK_NULL || linktype == LINK_LOOP)
		rewrite_loopback(rewriter, &frame);
	else if (packet_knows_link(linktype))
		rewrite_ip(rewriter, &frame, 0, false);
	else
		rewriter->counts.unknown_links++;
	return frame.safe;
}
