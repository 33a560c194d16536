// SPDX-License-Identifier: GPL-2.0-or-later
/* Headers before the IP header of a TCP packet: tags, labels and tunnels. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "event/packet.h"
#include "page_end.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_TUNNELS  3

struct chain_case {
	uint16_t type;	     /* of the frame */
	const char *headers; /* one letter each, see put_header() */
	uint8_t tunnel_count;
	uint8_t tunnels[MAX_TUNNELS]; /* if an IPv4 packet is at the end */
	uint32_t vni;		      /* 0: none */
	uint8_t vlan_count;
	uint16_t vlans[3];
};

/* clang-format off */
static const struct chain_case cases[] = {
	{ 0x8100, "v", .vlan_count = 1, .vlans = { 101 } },
	{ 0x88a8, "vv", .vlan_count = 2, .vlans = { 101, 101 } },
	{ 0x9100, "vvv", .vlan_count = 3, .vlans = { 101, 101, 101 } },
	{ 0x8847, "l", 1, { TUNNEL_MPLS }, 0, 0, { 0 } },
	{ 0x8848, "Ll", 1, { TUNNEL_MPLS }, 0, 0, { 0 } },
	{ 0x8864, "p", 1, { TUNNEL_PPPOE }, 0, 0, { 0 } },
	{ 0x0800, "4", 1, { TUNNEL_IPIP }, 0, 0, { 0 } },
	{ 0x86dd, "6", 1, { TUNNEL_IPIP6 }, 0, 0, { 0 } },
	{ 0x0800, "4g", 1, { TUNNEL_GRE }, 0, 0, { 0 } },
	{ 0x86dd, "6k", 1, { TUNNEL_GRE }, 0, 0, { 0 } },
	{ 0x0800, "4xe", 1, { TUNNEL_VXLAN }, 7, 0, { 0 } },
	{ 0x86dd, "6xev", 1, { TUNNEL_VXLAN }, 7, 0, { 0 } },
	{ 0x86dd, "6dXe", 1, { TUNNEL_VXLAN }, 7, 0, { 0 } },
	{ 0x0800, "4n", 1, { TUNNEL_GENEVE }, 9, 0, { 0 } },
	{ 0x86dd, "6dNe", 1, { TUNNEL_GENEVE }, 9, 0, { 0 } },
	{ 0x8100, "v4xe4l", 2, { TUNNEL_VXLAN, TUNNEL_MPLS }, 7, 1, { 101 } },
	{ 0x0800, "4xe6n", 2, { TUNNEL_VXLAN, TUNNEL_GENEVE }, 7, 0, { 0 } },
	{ 0x8864, "p4g4", 3, { TUNNEL_PPPOE, TUNNEL_GRE, TUNNEL_IPIP }, 0, 0, { 0 } },
};
/* clang-format on */

static uint8_t frame[512];
static uint32_t frame_len;

static uint8_t *put(const void *bytes, size_t length)
{
	uint8_t *at = memcpy(frame + frame_len, bytes, length);

	frame_len += (uint32_t)length;
	return at;
}

/* The ethertype of a header, or below 256 its protocol in IP. */
static uint16_t type_of(char header, bool in_ip)
{
	switch (header) {
	case 'v':
		return 0x8100;
	case 'l':
	case 'L':
		return in_ip ? IPPROTO_MPLS : 0x8847;
	case '4':
		return in_ip ? IPPROTO_IPIP : 0x0800;
	case '6':
		return in_ip ? IPPROTO_IPV6 : 0x86dd;
	case 'g':
	case 'k':
		return IPPROTO_GRE;
	case 'd':
		return IPPROTO_DSTOPTS;
	case 'e':
		return 0x6558;
	default:
		return IPPROTO_UDP;
	}
}

static void put_udp(uint16_t port, uint8_t flags, uint16_t type, uint32_t vni)
{
	uint8_t udp[16] = { 0x80 };

	packet_put16(udp + 2, port);
	udp[8] = flags;
	packet_put16(udp + 10, type);
	packet_put32(udp + 12, vni << 8);
	put(udp, sizeof(udp));
}

static void put_header(char header, char next)
{
	uint16_t type = type_of(next, false), protocol = type_of(next, true);
	uint8_t ip4[20] = { 0x45, [9] = (uint8_t)protocol, [12] = 1 };
	uint8_t ip6[40] = { 0x60, [6] = (uint8_t)protocol, [8] = 0xfd };
	uint8_t options[8] = { (uint8_t)protocol, 0, 1, 4 };
	uint8_t tag[4] = { 0xe0, 101, (uint8_t)(type >> 8), (uint8_t)type };
	uint8_t mac[14] = { 2, [12] = (uint8_t)(type >> 8), [13] = (uint8_t)type };
	uint8_t gre[16] = { header == 'k' ? 0xb0 : 0, 0, (uint8_t)(type >> 8), (uint8_t)type };
	uint8_t session[8] = { 0x11, [7] = type == 0x0800 ? 0x21 : 0x57 };

	switch (header) {
	case 'v':
		put(tag, 4);
		break;
	case 'l': /* the last label */
		put("\0\1\1\x40", 4);
		break;
	case 'L':
		put("\0\1\0\x40", 4);
		break;
	case 'p':
		put(session, 8);
		break;
	case '4':
		put(ip4, 20);
		break;
	case '6':
		put(ip6, 40);
		break;
	case 'd':
		put(options, 8);
		break;
	case 'g':
		put(gre, 4);
		break;
	case 'k': /* with a checksum, a key and a number */
		put(gre, 16);
		break;
	case 'e':
		put(mac, 14);
		break;
	case 'x':
	case 'X':
		put_udp(header == 'x' ? 4789 : 8472, 8, 0, 7);
		break;
	case 'n': /* with options */
		put_udp(6081, 2, type, 9);
		put("\0\0\0\1\0\0\0\0", 8);
		break;
	case 'N':
		put_udp(6081, 0, type, 9);
		break;
	}
}

/* A segment of 5 bytes in the headers. Returns the offset of its IP header. */
static uint32_t put_frame(const struct chain_case *chain, bool ipv6)
{
	static const uint8_t ip4[20] = { 0x45, 0, 0,   45, 0x12, 0x34, 0x40, 0,	 64,  IPPROTO_TCP,
					 0,    0, 192, 0,  2,	 1,    198,  51, 100, 2 };
	static const uint8_t ip6[40] = { 0x60, [5] = 25, [6] = IPPROTO_TCP, [8] = 0xfd, [39] = 2 };
	uint8_t tcp[20] = { 0x30, 0x39, 1, 0xbb, 1, 2, 3, 4, [12] = 0x50, TCP_ACK };
	uint8_t mac[14] = { 2, [6] = 2, [12] = (uint8_t)(chain->type >> 8), (uint8_t)chain->type };
	uint32_t ip_at;

	frame_len = 0;
	put(mac, sizeof(mac));
	for (const char *header = chain->headers; *header; header++)
		put_header(*header, header[1] ? header[1] : ipv6 ? '6' : '4');
	ip_at = frame_len;
	if (ipv6)
		put(ip6, sizeof(ip6));
	else
		put(ip4, sizeof(ip4));
	put(tcp, sizeof(tcp));
	put("12345", 5);
	return ip_at;
}

static struct packet parse(uint32_t caplen)
{
	struct packet packet;

	packet_parse(&packet, at_page_end(frame, caplen), caplen, frame_len);
	return packet;
}

TEST(segment_is_found_in_each_chain)
{
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		const struct chain_case *chain = &cases[i / 2];
		uint32_t ip_at = put_frame(chain, i % 2);
		struct packet packet = parse(frame_len);

		CHECK(packet.family == (i % 2 ? AF_INET6 : AF_INET) && packet.ip_at == ip_at);
		CHECK(packet.tcp_at == ip_at + (i % 2 ? 40 : 20));
		CHECK(packet.sport == 12345 && packet.dport == 443 && packet.payload_len == 5);
		CHECK(packet.saddr[0] == (i % 2 ? 0xfd : 192) && !packet.saddr[4] && !packet.cut);
		CHECK(packet.ip_id == (i % 2 ? 0 : 0x1234) && packet.dont_fragment == !(i % 2));
		CHECK(packet.has_vni == !!chain->vni && packet.vni == chain->vni);
		CHECK(packet.vlan_count == chain->vlan_count);
		CHECK(memcmp(packet.vlans, chain->vlans, sizeof(chain->vlans)) == 0);
		CHECK(packet.tunnel_count == chain->tunnel_count);
		CHECK(i % 2 || memcmp(packet.tunnels, chain->tunnels, MAX_TUNNELS) == 0);
	}
}

TEST(version_of_both_packets_names_the_tunnel)
{
	static const struct chain_case in4 = { 0x0800, "4", 1, { 0 }, 0, 0, { 0 } };
	static const struct chain_case in6 = { 0x86dd, "6", 1, { 0 }, 0, 0, { 0 } };

	put_frame(&in4, false);
	CHECK(parse(frame_len).tunnels[0] == TUNNEL_IPIP && parse(frame_len).outer_at == 14);
	put_frame(&in4, true);
	CHECK(parse(frame_len).tunnels[0] == TUNNEL_SIT);
	CHECK(parse(frame_len).outer_family == AF_INET && parse(frame_len).family == AF_INET6);
	put_frame(&in6, false);
	CHECK(parse(frame_len).tunnels[0] == TUNNEL_IPIP6);
	put_frame(&in6, true);
	CHECK(parse(frame_len).tunnels[0] == TUNNEL_IP6IP6);
}

TEST(chain_that_ends_anywhere_is_marked_as_cut)
{
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		uint32_t tcp_at = put_frame(&cases[i / 2], i % 2) + (i % 2 ? 40 : 20);

		for (uint32_t caplen = 0; caplen <= frame_len; caplen++) {
			struct packet packet = parse(caplen);

			CHECK(packet.cut == (caplen < tcp_at + 20));
			CHECK(!packet.tcp_at == (caplen < tcp_at + 20));
		}
	}
}

/* The number of the byte in the last header but the segment's, and a value that ends the chain. */
TEST(header_of_another_use_ends_the_chain)
{
	static const struct {
		const char *headers;
		uint32_t at;
		uint8_t value;
	} ends[] = {
		{ "4g", 14 + 20, 0x40 },     /* source routes */
		{ "4g", 14 + 20 + 1, 1 },    /* PPTP */
		{ "4g", 14 + 20 + 2, 0 },    /* a length instead of a type */
		{ "4xe", 14 + 20 + 8, 0 },   /* VXLAN without an identifier */
		{ "4N", 14 + 20 + 8, 0x40 }, /* a later version of Geneve */
		{ "4xe", 14 + 20 + 3, 0 },   /* another port */
		{ "4l", 14 + 20 + 4, 0x05 }, /* after the label, neither IPv4 nor IPv6 */
		{ "4", 14 + 9, 50 },	     /* ESP */
		{ "44", 14 + 20 + 7, 1 },    /* a later fragment of a tunnel */
		{ "44", 14 + 20, 0x44 },     /* an IP header that is too short */
	};

	for (size_t i = 0; i < COUNT(ends); i++) {
		struct chain_case chain = { 0x0800, ends[i].headers, 0, { 0 }, 0, 0, { 0 } };

		put_frame(&chain, false);
		CHECK(parse(frame_len).tcp_at);
		frame[ends[i].at] = ends[i].value;
		CHECK(!parse(frame_len).tcp_at && parse(frame_len).outer_family == AF_INET);
	}
}

TEST(endless_chains_end)
{
	static const char *const endless[] = { "v", "L", "4", "6" };
	static const uint16_t types[] = { 0x8100, 0x8847, 0x0800, 0x86dd };

	for (size_t i = 0; i < COUNT(endless); i++) {
		frame_len = 14;
		memset(frame, 2, 12);
		packet_put16(frame + 12, types[i]);
		while (frame_len < 460)
			put_header(*endless[i], *endless[i]);
		CHECK(!parse(frame_len).tcp_at);
	}
}

TEST(fragments_have_the_number_of_their_packet)
{
	static const struct chain_case plain = { 0x0800, "", 0, { 0 }, 0, 0, { 0 } };
	static const struct chain_case inside = { 0x0800, "4", 0, { 0 }, 0, 0, { 0 } };

	put_frame(&plain, false);
	CHECK(parse(frame_len).fragment == PACKET_WHOLE);
	frame[14 + 6] = 0x20;
	CHECK(parse(frame_len).fragment == PACKET_FIRST_FRAGMENT && parse(frame_len).tcp_at);
	CHECK(parse(frame_len).fragment_id == 0x1234);
	frame[14 + 7] = 1;
	CHECK(parse(frame_len).fragment == PACKET_LATER_FRAGMENT && !parse(frame_len).tcp_at);
	put_frame(&inside, false);
	frame[14 + 6] = 0x20; /* of the outer packet: not of the one in it */
	CHECK(parse(frame_len).fragment == PACKET_WHOLE && parse(frame_len).tcp_at);
}
