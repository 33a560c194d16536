// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/if_ether.h>
#include <linux/ppp_defs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "packet_parse.h"

#define HEADERS_MAX    32 /* in a chain, as CHAIN_MAX in bpf/chain.bpf.h */
#define VXLAN_PORT     4789
#define VXLAN_PORT_OLD 8472 /* of Linux, before there was a standard */
#define GENEVE_PORT    6081

/* The header that is parsed next. */
struct cursor {
	struct packet *packet;
	uint32_t at;   /* its offset */
	uint16_t next; /* its type: an ethertype, or below 256 an IP protocol */
};

static const uint8_t *take(struct cursor *cursor, uint32_t length)
{
	const uint8_t *bytes = packet_bytes(cursor->packet, cursor->at, length);

	if (bytes)
		cursor->at += length;
	return bytes;
}

/* Sets the ethertype. Returns false for a smaller number, which is a length (802.3). */
static bool next_is(struct cursor *cursor, uint16_t ethertype)
{
	cursor->next = ethertype;
	return ethertype >= ETH_P_802_3_MIN;
}

static void add_tunnel(struct packet *packet, enum packet_tunnel tunnel)
{
	if (packet->tunnel_count < PACKET_CHAIN_MAX)
		packet->tunnels[packet->tunnel_count] = (uint8_t)tunnel;
	packet->tunnel_count++;
}

static void set_vni(struct packet *packet, const uint8_t *bytes)
{
	if (packet->has_vni)
		return;
	packet->has_vni = true;
	packet->vni = packet_get32(bytes) >> 8;
}

bool packet_is_tag(uint16_t ethertype)
{
	return ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD || ethertype == ETH_P_QINQ1;
}

/* Each step parses one header, moves the cursor after it, and returns whether another follows. */
static bool step_ethernet(struct cursor *cursor)
{
	const uint8_t *mac = take(cursor, PACKET_ETH_LEN);

	return mac && next_is(cursor, packet_get16(mac + 12));
}

static bool step_vlan(struct cursor *cursor)
{
	struct packet *packet = cursor->packet;
	const uint8_t *tag = take(cursor, PACKET_TAG_LEN);

	if (!tag)
		return false;
	if (!packet->outer_family && !packet->tunnel_count) {
		if (packet->vlan_count < PACKET_CHAIN_MAX)
			packet->vlans[packet->vlan_count] = packet_get16(tag) & 0xfff;
		packet->vlan_count++;
	}
	return next_is(cursor, packet_get16(tag + 2));
}

/*
 * RFC 3032: the label with the bottom-of-stack bit is the last one. Nothing says what follows it;
 * it is taken for IP if its first four bits are a version of IP.
 */
static bool step_mpls(struct cursor *cursor)
{
	const uint8_t *label = take(cursor, 4), *version;

	if (!label)
		return false;
	if (!(label[2] & 1))
		return next_is(cursor, ETH_P_MPLS_UC);
	add_tunnel(cursor->packet, TUNNEL_MPLS);
	version = packet_bytes(cursor->packet, cursor->at, 1);
	if (!version || (*version >> 4 != 4 && *version >> 4 != 6))
		return false;
	return next_is(cursor, *version >> 4 == 4 ? ETH_P_IP : ETH_P_IPV6);
}

/* RFC 2516: the PPPoE header has 6 bytes; the protocol of PPP and the packet follow. */
static bool step_pppoe(struct cursor *cursor)
{
	const uint8_t *session = take(cursor, 8);
	uint16_t protocol = session ? packet_get16(session + 6) : 0;

	if (protocol != PPP_IP && protocol != PPP_IPV6)
		return false;
	add_tunnel(cursor->packet, TUNNEL_PPPOE);
	return next_is(cursor, protocol == PPP_IP ? ETH_P_IP : ETH_P_IPV6);
}

/*
 * Sets where the IP packet at this offset ends: the frame of a small one is padded. A length of 0,
 * or the largest that the field can hold, belongs to a GSO packet that is larger than the field.
 */
static void set_ip_end(struct packet *packet, uint32_t at, uint32_t length)
{
	packet->ip_end = packet->len;
	if (length && length < UINT16_MAX && length < packet->len - at)
		packet->ip_end = at + length;
}

static void enter_ip(struct packet *packet, int family, uint32_t at)
{
	if (!packet->outer_family) {
		packet->outer_family = family;
		packet->outer_at = at;
	} else { /* the packet in the tunnel replaces the outer one */
		packet->ip_id = 0;
		packet->dont_fragment = false;
		packet->fragment = PACKET_WHOLE;
		memset(packet->saddr, 0, sizeof(packet->saddr));
		memset(packet->daddr, 0, sizeof(packet->daddr));
	}
	packet->family = family;
	packet->ip_at = at;
}

/* A later fragment of a packet has no further header. */
static bool step_fragment(struct cursor *cursor, uint32_t id, uint16_t offset)
{
	cursor->packet->fragment = offset ? PACKET_LATER_FRAGMENT : PACKET_FIRST_FRAGMENT;
	cursor->packet->fragment_id = id;
	return !offset;
}

static bool step_ipv4(struct cursor *cursor)
{
	struct packet *packet = cursor->packet;
	const uint8_t *ip = packet_bytes(packet, cursor->at, 20);
	uint16_t fragment;

	if (!ip || ip[0] >> 4 != 4)
		return false;
	if (cursor->next == IPPROTO_IPIP)
		add_tunnel(packet, packet->family == AF_INET ? TUNNEL_IPIP : TUNNEL_IPIP6);
	enter_ip(packet, AF_INET, cursor->at);
	memcpy(packet->saddr, ip + 12, 4);
	memcpy(packet->daddr, ip + 16, 4);
	packet->ip_id = packet_get16(ip + 4);
	packet->dont_fragment = ip[6] & 0x40;
	set_ip_end(packet, cursor->at, packet_get16(ip + 2));
	cursor->at += (ip[0] & 15) * 4U;
	cursor->next = ip[9];
	fragment = packet_get16(ip + 6) & 0x3fff;
	return (ip[0] & 15) >= 5 &&
	       (!fragment || step_fragment(cursor, packet->ip_id, fragment & 0x1fff));
}

static bool step_ipv6(struct cursor *cursor)
{
	struct packet *packet = cursor->packet;
	const uint8_t *ip = packet_bytes(packet, cursor->at, 40);

	if (!ip || ip[0] >> 4 != 6)
		return false;
	if (cursor->next == IPPROTO_IPV6)
		add_tunnel(packet, packet->family == AF_INET ? TUNNEL_SIT : TUNNEL_IP6IP6);
	enter_ip(packet, AF_INET6, cursor->at);
	memcpy(packet->saddr, ip + 8, 16);
	memcpy(packet->daddr, ip + 24, 16);
	set_ip_end(packet, cursor->at, packet_get16(ip + 4) ? packet_get16(ip + 4) + 40U : 0);
	cursor->at += 40;
	cursor->next = ip[6];
	return true;
}

static bool step_extension(struct cursor *cursor)
{
	const uint8_t *extension = packet_bytes(cursor->packet, cursor->at, 8);
	uint8_t type = (uint8_t)cursor->next;

	if (!extension)
		return false;
	cursor->next = extension[0];
	if (type == IPPROTO_FRAGMENT) {
		cursor->at += 8;
		return step_fragment(cursor, packet_get32(extension + 4),
				     packet_get16(extension + 2) & 0xfff8);
	}
	cursor->at += type == IPPROTO_AH ? (extension[1] + 2U) * 4 : (extension[1] + 1U) * 8;
	return true;
}

/* RFC 2784 and 2890: 4 bytes, and 4 more for each of three flags: checksum, key, sequence. */
static bool step_gre(struct cursor *cursor)
{
	const uint8_t *gre = take(cursor, 4);

	if (!gre || gre[0] & 0x40 || gre[1] & 7) /* source routes, or version 1 (PPTP) */
		return false;
	cursor->at += (gre[0] >> 7 & 1) * 4U + (gre[0] >> 5 & 1) * 4U + (gre[0] >> 4 & 1) * 4U;
	add_tunnel(cursor->packet, TUNNEL_GRE);
	return next_is(cursor, packet_get16(gre + 2));
}

/* RFC 7348 and 8926: the UDP header and eight bytes; in Geneve, options follow. */
static bool step_udp(struct cursor *cursor)
{
	const uint8_t *ports = packet_bytes(cursor->packet, cursor->at, 4), *udp;
	uint16_t port = ports ? packet_get16(ports + 2) : 0;

	if (port != VXLAN_PORT && port != VXLAN_PORT_OLD && port != GENEVE_PORT)
		return false;
	udp = take(cursor, 16);
	if (!udp || (port == GENEVE_PORT ? udp[8] & 0xc0 : !(udp[8] & 8)))
		return false;
	add_tunnel(cursor->packet, port == GENEVE_PORT ? TUNNEL_GENEVE : TUNNEL_VXLAN);
	set_vni(cursor->packet, udp + 12);
	if (port != GENEVE_PORT)
		return next_is(cursor, ETH_P_TEB);
	cursor->at += (udp[8] & 0x3f) * 4U;
	return next_is(cursor, packet_get16(udp + 10));
}

static bool step(struct cursor *cursor)
{
	switch (cursor->next) {
	case ETH_P_IP:
	case IPPROTO_IPIP:
		return step_ipv4(cursor);
	case ETH_P_IPV6:
	case IPPROTO_IPV6:
		return step_ipv6(cursor);
	case ETH_P_TEB:
		return step_ethernet(cursor);
	case ETH_P_8021Q:
	case ETH_P_8021AD:
	case ETH_P_QINQ1:
		return step_vlan(cursor);
	case ETH_P_MPLS_UC:
	case ETH_P_MPLS_MC:
	case IPPROTO_MPLS:
		return step_mpls(cursor);
	case ETH_P_PPP_SES:
		return step_pppoe(cursor);
	case IPPROTO_UDP:
		return step_udp(cursor);
	case IPPROTO_GRE:
		return step_gre(cursor);
	case IPPROTO_FRAGMENT:
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_AH:
		return cursor->packet->family == AF_INET6 && step_extension(cursor);
	default:
		return false;
	}
}

void packet_parse_chain(struct packet *packet, uint16_t ethertype, uint32_t at)
{
	struct cursor cursor = { .packet = packet, .at = at, .next = ethertype };

	if (ethertype < ETH_P_802_3_MIN)
		return;
	for (int i = 0; i < HEADERS_MAX && cursor.next != IPPROTO_TCP; i++) {
		if (!step(&cursor))
			return;
	}
	if (cursor.next == IPPROTO_TCP)
		packet_parse_tcp(packet, cursor.at);
}
