// SPDX-License-Identifier: GPL-2.0-or-later
#include <net/if_arp.h>
#include <sys/socket.h>

#include "link_type.h"
#include "wire_packet.h"

enum {
	MAC_BYTES = 6,
	AT_SOURCE = 6,
	AT_ETHERTYPE = 12,
	SLL_OUTGOING = 4, /* LINUX_SLL_OUTGOING; 0: to this host */
	FAMILY_INET = 2,
	FAMILY_INET6 = 24, /* of BSD; readers know all its numbers */
};

/* A packet that is being made. */
struct form {
	const struct packet *from;
	uint8_t header[20];
	uint32_t header_bytes;
	uint32_t at; /* the part of the frame that follows the header */
};

static uint8_t direction_of(const struct drop_report *report)
{
	return report->has_direction && !report->inbound ? SLL_OUTGOING : 0;
}

/* https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
static bool make_sll(const struct drop_report *report, struct form *form)
{
	uint8_t *header = form->header;

	header[1] = direction_of(report);
	packet_put16(header + 2, ARPHRD_ETHER);
	packet_put16(header + 4, MAC_BYTES);
	memcpy(header + 6, form->from->data + AT_SOURCE, MAC_BYTES);
	memcpy(header + 14, form->from->data + AT_ETHERTYPE, 2);
	form->header_bytes = 16;
	form->at = PACKET_ETH_LEN;
	return true;
}

/* https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
static bool make_sll2(const struct drop_report *report, struct form *form)
{
	uint8_t *header = form->header;

	memcpy(header, form->from->data + AT_ETHERTYPE, 2);
	packet_put32(header + 4, (uint32_t)report_number(report, KEY_ifindex));
	packet_put16(header + 8, ARPHRD_ETHER);
	header[10] = direction_of(report);
	header[11] = MAC_BYTES;
	memcpy(header + 12, form->from->data + AT_SOURCE, MAC_BYTES);
	form->header_bytes = 20;
	form->at = PACKET_ETH_LEN;
	return true;
}

/* IP alone, of this family (0: of either). */
static bool make_raw(struct form *form, int family)
{
	form->at = form->from->outer_at;
	return form->from->outer_family && (!family || form->from->outer_family == family);
}

/* The family in four bytes before IP. */
static bool make_loopback(struct form *form, bool big)
{
	uint8_t family = form->from->outer_family == AF_INET ? FAMILY_INET : FAMILY_INET6;

	form->header[big ? 3 : 0] = family;
	form->header_bytes = 4;
	return make_raw(form, 0);
}

static bool make_form(const struct drop_report *report, uint16_t link_type, bool big,
		      struct form *form)
{
	switch (link_type) {
	case LINK_TYPE_SLL:
		return make_sll(report, form);
	case LINK_TYPE_SLL2:
		return make_sll2(report, form);
	case LINK_TYPE_RAW_OLD:
	case LINK_TYPE_RAW_BSD:
	case LINK_TYPE_RAW:
		return make_raw(form, 0);
	case LINK_TYPE_IPV4:
		return make_raw(form, AF_INET);
	case LINK_TYPE_IPV6:
		return make_raw(form, AF_INET6);
	case LINK_TYPE_NULL:
		return make_loopback(form, big);
	case LINK_TYPE_LOOP: /* in network byte order */
		return make_loopback(form, true);
	default:
		return false;
	}
}

bool wire_packet_make(const struct drop_report *report, uint16_t link_type, bool big,
		      struct strbuf *bytes, uint32_t *len)
{
	const struct packet *from = &report->packet;
	struct form form = { .from = from };

	if (link_type != LINK_TYPE_ETHERNET &&
	    (from->caplen < PACKET_ETH_LEN || !make_form(report, link_type, big, &form)))
		return false;
	strbuf_clear(bytes);
	strbuf_add_bytes(bytes, (const char *)form.header, form.header_bytes);
	if (from->caplen)
		strbuf_add_bytes(bytes, (const char *)from->data + form.at, from->caplen - form.at);
	*len = (from->len > from->caplen ? from->len : from->caplen) - form.at + form.header_bytes;
	return true;
}

uint16_t wire_packet_link_type(uint16_t link_type)
{
	return link_type == LINK_TYPE_RAW ? LINK_TYPE_RAW_OLD : link_type;
}
