// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "link_type.h"

/* The link types that users of Linux meet; the others have a number alone. */
static const struct {
	uint16_t link_type;
	const char *name;
} names[] = {
	{ 0, "BSD loopback" },
	{ 1, "Ethernet" },
	{ 6, "Token Ring" },
	{ 8, "SLIP" },
	{ 9, "PPP" },
	{ 10, "FDDI" },
	{ 12, "raw IP, old number" },
	{ 14, "raw IP, old number" },
	{ 50, "PPP in HDLC-like framing" },
	{ 51, "PPPoE" },
	{ 100, "ATM, RFC 2684" },
	{ 101, "raw IP" },
	{ 104, "Cisco HDLC" },
	{ 105, "IEEE 802.11" },
	{ 107, "Frame Relay" },
	{ 108, "OpenBSD loopback" },
	{ 109, "OpenBSD enc" },
	{ 113, "Linux cooked" },
	{ 117, "pf log" },
	{ 119, "IEEE 802.11 with a Prism header" },
	{ 122, "IP over Fibre Channel" },
	{ 127, "IEEE 802.11 with a radiotap header" },
	{ 138, "IP over FireWire" },
	{ 163, "IEEE 802.11 with an AVS header" },
	{ 187, "Bluetooth HCI" },
	{ 189, "USB of Linux" },
	{ 192, "PPI" },
	{ 195, "IEEE 802.15.4" },
	{ 201, "Bluetooth HCI with direction" },
	{ 220, "USB of Linux, padded" },
	{ 227, "CAN" },
	{ 228, "raw IPv4" },
	{ 229, "raw IPv6" },
	{ 230, "IEEE 802.15.4 without FCS" },
	{ 239, "netfilter log" },
	{ 247, "InfiniBand" },
	{ 252, "Wireshark upper PDU" },
	{ 253, "netlink" },
	{ 271, "vsock" },
	{ 276, "Linux cooked, version 2" },
};

const char *link_type_name(uint16_t link_type)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].link_type == link_type)
			return names[i].name;
	}
	return NULL;
}

void link_type_format(uint16_t link_type, struct strbuf *text)
{
	const char *name = link_type_name(link_type);

	strbuf_addf(text, name ? "link type %u (%s)" : "link type %u", link_type, name);
}

void link_type_count(struct link_type_counts *counts, uint16_t link_type)
{
	uint32_t at = 0;

	while (at < counts->count && counts->list[at].link_type != link_type)
		at++;
	if (at == LINK_TYPES_MAX) {
		counts->others++;
		return;
	}
	if (at == counts->count)
		counts->list[counts->count++].link_type = link_type;
	counts->list[at].frames++;
}
