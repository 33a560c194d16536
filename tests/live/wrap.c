// SPDX-License-Identifier: GPL-2.0-or-later
#include "wrap.h"

#include "segment.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_IPV4     0x0800
#define TYPE_IPV6     0x86dd
#define TYPE_ETHERNET 0x6558
#define TYPE_MPLS     0x8847
#define HEADERS_MAX   48

/* type: an ethertype, or below 256 a protocol of IP. */
struct wrapped {
	uint8_t *at;
	size_t length;
	uint16_t type;
};

static uint8_t *push(struct wrapped *it, size_t length)
{
	it->at -= length;
	it->length += length;
	memset(it->at, 0, length);
	return it->at;
}

static void put16(uint8_t *to, size_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
	put16(to, value >> 16);
	put16(to + 2, value & 0xffff);
}

static uint16_t sum_of(const uint8_t *ip)
{
	uint32_t sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* The protocol by which IP announces what it has. */
static uint8_t protocol_of(uint16_t type)
{
	if (type == TYPE_MPLS)
		return 137;
	return type == TYPE_IPV4 ? 4 : type == TYPE_IPV6 ? 41 : (uint8_t)type;
}

static void put_addresses(const char *pair, uint8_t *to, size_t size)
{
	char from[64];
	const char *slash = strchr(pair, '/');

	snprintf(from, sizeof(from), "%.*s", slash ? (int)(slash - pair) : 0, pair);
	segment_address(from, to);
	segment_address(slash ? slash + 1 : "", to + size);
}

static void push_ip4(struct wrapped *it, const char *pair)
{
	size_t after = it->length;
	uint8_t protocol = protocol_of(it->type), addresses[32] = { 0 }, *ip = push(it, 20);

	ip[0] = 0x45;
	put16(ip + 2, 20 + after);
	ip[8] = 64;
	ip[9] = protocol;
	put_addresses(pair, addresses, 4);
	memcpy(ip + 12, addresses, 8);
	put16(ip + 10, sum_of(ip));
	it->type = TYPE_IPV4;
}

static void push_ip6(struct wrapped *it, const char *pair)
{
	size_t after = it->length;
	uint8_t protocol = protocol_of(it->type), *ip = push(it, 40);

	ip[0] = 0x60;
	put16(ip + 4, after);
	ip[6] = protocol;
	ip[7] = 64;
	put_addresses(pair, ip + 8, 16);
	it->type = TYPE_IPV6;
}

static void push_options(struct wrapped *it, int count)
{
	for (int i = 0; i < count; i++) {
		uint8_t next = protocol_of(it->type), *option = push(it, 8);

		option[0] = next;
		option[2] = 1; /* PadN, four bytes */
		option[3] = 4;
		it->type = 60;
	}
}

static void push_udp(struct wrapped *it, uint16_t port)
{
	size_t after = it->length;
	uint8_t *udp = push(it, 8);

	put16(udp, 40000);
	put16(udp + 2, port);
	put16(udp + 4, 8 + after);
	it->type = 17;
}

static void push_tunnel(struct wrapped *it, uint32_t vni, bool geneve)
{
	uint16_t type = it->type;
	uint8_t *tunnel = push(it, 8);

	if (geneve)
		put16(tunnel + 2, type);
	else
		tunnel[0] = 8;
	put32(tunnel + 4, vni << 8);
	push_udp(it, geneve ? 6081 : 4789);
}

static void push_gre(struct wrapped *it, const char *key)
{
	uint16_t type = it->type;
	uint8_t *gre = push(it, key ? 8 : 4);

	put16(gre + 2, type);
	if (key) {
		gre[0] = 0x20;
		put32(gre + 4, (uint32_t)atoi(key));
	}
	it->type = 47;
}

static void push_mpls(struct wrapped *it, uint32_t label)
{
	bool bottom = it->type != TYPE_MPLS;

	put32(push(it, 4), label << 12 | (bottom ? 0x100 : 0) | 64);
	it->type = TYPE_MPLS;
}

static void push_ethernet(struct wrapped *it)
{
	uint16_t type = it->type;
	uint8_t *mac = push(it, 14);

	memcpy(mac, "\x02\0\0\0\x97\x01\x02\0\0\0\x97\x02", 12);
	put16(mac + 12, type);
	it->type = TYPE_ETHERNET;
}

static void push_tag(struct wrapped *it, int id, uint16_t ethertype)
{
	uint16_t type = it->type;
	uint8_t *tag = push(it, 4);

	put16(tag, (size_t)id);
	put16(tag + 2, type);
	it->type = ethertype;
}

static void push_pppoe(struct wrapped *it)
{
	uint16_t protocol = it->type == TYPE_IPV4 ? 0x0021 : 0x0057;
	size_t after = it->length;
	uint8_t *session = push(it, 8);

	session[0] = 0x11;
	session[3] = 1;
	put16(session + 4, 2 + after);
	put16(session + 6, protocol);
	it->type = 0x8864;
}

static bool push_header(struct wrapped *it, const char *name, const char *value)
{
	int number = value ? atoi(value) : 0;

	if (strcmp(name, "ip4") == 0 && value)
		push_ip4(it, value);
	else if (strcmp(name, "ip6") == 0 && value)
		push_ip6(it, value);
	else if (strcmp(name, "opt") == 0)
		push_options(it, number);
	else if (strcmp(name, "vxlan") == 0 || strcmp(name, "geneve") == 0)
		push_tunnel(it, (uint32_t)number, name[0] == 'g');
	else if (strcmp(name, "gre") == 0)
		push_gre(it, value);
	else if (strcmp(name, "mpls") == 0)
		push_mpls(it, (uint32_t)number);
	else if (strcmp(name, "eth") == 0)
		push_ethernet(it);
	else if (strcmp(name, "vlan") == 0 || strcmp(name, "qinq") == 0)
		push_tag(it, number, name[0] == 'v' ? 0x8100 : 0x88a8);
	else if (strcmp(name, "pppoe") == 0)
		push_pppoe(it);
	else
		return false;
	return true;
}

uint8_t *wrap_packet(const char *headers, uint8_t *packet, size_t *length, uint16_t *type)
{
	struct wrapped it = { packet, *length, *type };
	char list[512], *names[HEADERS_MAX], *rest = list;
	int count = 0;

	snprintf(list, sizeof(list), "%s", headers);
	while (rest && count < HEADERS_MAX)
		names[count++] = strsep(&rest, ",");
	while (count-- > 0) {
		char *value = strchr(names[count], '=');

		if (value)
			*value++ = '\0';
		if (!push_header(&it, names[count], value)) {
			fprintf(stderr, "%s: not a header; see wrap.h\n", names[count]);
			exit(1);
		}
	}
	*length = it.length;
	*type = it.type;
	return it.at;
}
