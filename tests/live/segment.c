// SPDX-License-Identifier: GPL-2.0-or-later
#include "segment.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TCP_BYTES	20
#define MSS_BYTES	4
#define TIMESTAMP_BYTES 12
#define EXTENSION_BYTES 8

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

static uint32_t get32(const uint8_t *from)
{
	return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static uint32_t add_up(const uint8_t *bytes, size_t length, uint32_t sum)
{
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return length % 2 ? sum + ((uint32_t)bytes[length - 1] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

int segment_address(const char *text, uint8_t *to)
{
	if (inet_pton(AF_INET, text, to) == 1)
		return AF_INET;
	if (inet_pton(AF_INET6, text, to) == 1)
		return AF_INET6;
	fprintf(stderr, "%s: not an IPv4 or IPv6 address\n", text);
	exit(1);
}

void segment_mac(const char *text, uint8_t *to)
{
	unsigned int part[6];

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &part[0], &part[1], &part[2], &part[3], &part[4],
		   &part[5]) != 6) {
		fprintf(stderr, "%s: not a MAC address\n", text);
		exit(1);
	}
	for (int i = 0; i < 6; i++)
		to[i] = (uint8_t)part[i];
}

static size_t put_ip(const struct segment *s, size_t after, uint8_t *out)
{
	if (s->family == AF_INET) {
		out[0] = 0x45;
		put16(out + 2, 20 + after);
		put16(out + 4, s->id);
		out[6] = 0x40; /* "do not fragment", which GRO requires */
		out[8] = 64;
		out[9] = IPPROTO_TCP;
		memcpy(out + 12, s->source, 4);
		memcpy(out + 16, s->dest, 4);
		put16(out + 10, fold(add_up(out, 20, 0)));
		return 20;
	}
	out[0] = 0x60;
	put16(out + 4, after);
	out[6] = s->destination_options ? IPPROTO_DSTOPTS : IPPROTO_TCP;
	out[7] = 64;
	memcpy(out + 8, s->source, 16);
	memcpy(out + 24, s->dest, 16);
	for (int i = 0; i < s->destination_options; i++) {
		uint8_t *header = out + 40 + i * EXTENSION_BYTES;

		header[0] = i + 1 < s->destination_options ? IPPROTO_DSTOPTS : IPPROTO_TCP;
		header[2] = 1; /* PadN, four bytes */
		header[3] = 4;
	}
	return 40 + (size_t)s->destination_options * EXTENSION_BYTES;
}

/* Makes a fragment of the packet: takes bytes out of it. Returns the new length. */
static size_t make_fragment(const struct segment *s, uint8_t *ip, uint8_t *tcp, size_t length)
{
	size_t rest = length - (size_t)(tcp - ip) - s->fragment_offset;

	if (s->fragment_length && rest > s->fragment_length)
		rest = s->fragment_length;
	if (s->family == AF_INET) {
		memmove(tcp, tcp + s->fragment_offset, rest);
		put16(ip + 2, 20 + rest);
		put16(ip + 6, s->fragment_offset / 8 | (s->more_fragments ? 0x2000 : 0));
		put16(ip + 10, 0);
		put16(ip + 10, fold(add_up(ip, 20, 0)));
		return 20 + rest;
	}
	memmove(tcp + EXTENSION_BYTES, tcp + s->fragment_offset, rest);
	memset(tcp, 0, EXTENSION_BYTES);
	tcp[0] = IPPROTO_TCP;
	put16(tcp + 2, s->fragment_offset | !!s->more_fragments);
	put32(tcp + 4, s->id);
	put16(ip + 4, EXTENSION_BYTES + rest);
	ip[6] = IPPROTO_FRAGMENT;
	return 40 + EXTENSION_BYTES + rest;
}

size_t segment_build(const struct segment *s, uint8_t *out)
{
	size_t options = s->mss ? MSS_BYTES : s->tsval ? TIMESTAMP_BYTES : 0;
	size_t header = TCP_BYTES + options, length = header + s->payload;
	size_t address = s->family == AF_INET ? 4 : 16;
	size_t extensions = s->family == AF_INET ? 0
						 : (size_t)s->destination_options * EXTENSION_BYTES;
	uint32_t sum = IPPROTO_TCP + (uint32_t)length;
	uint8_t *tcp;

	memset(out, 0, 64 + extensions + header);
	tcp = out + put_ip(s, extensions + length, out);
	put16(tcp, s->source_port);
	put16(tcp + 2, s->dest_port);
	put32(tcp + 4, s->seq);
	put32(tcp + 8, s->ack);
	tcp[12] = (uint8_t)((s->data_offset < 0 ? (int)header / 4 : s->data_offset) << 4);
	tcp[13] = s->flags;
	put16(tcp + 14, 65535);
	if (s->mss) {
		put16(tcp + 20, 0x0204);
		put16(tcp + 22, s->mss);
	} else if (s->tsval) {
		put32(tcp + 20, 0x0101080a);
		put32(tcp + 24, s->tsval);
		put32(tcp + 28, s->tsecr);
	}
	memset(tcp + header, 'S', s->payload);
	sum = add_up(s->source, address, add_up(s->dest, address, sum));
	put16(tcp + 16, fold(add_up(tcp, length, sum)) ^ (s->is_spoilt ? 1 : 0));
	length += (size_t)(tcp - out);
	return s->fragment_offset || s->more_fragments ? make_fragment(s, out, tcp, length)
						       : length;
}

int segment_parse(const uint8_t *packet, size_t length, struct segment *s)
{
	size_t ip = length && packet[0] >> 4 == 4 ? 20 : 40;
	size_t address = ip == 20 ? 4 : 16;

	if (length < ip + TCP_BYTES || packet[ip == 20 ? 9 : 6] != IPPROTO_TCP)
		return 0;
	memset(s, 0, sizeof(*s));
	s->family = ip == 20 ? AF_INET : AF_INET6;
	memcpy(s->source, packet + (ip == 20 ? 12 : 8), address);
	memcpy(s->dest, packet + (ip == 20 ? 16 : 24), address);
	packet += ip;
	s->source_port = (uint16_t)(packet[0] << 8 | packet[1]);
	s->dest_port = (uint16_t)(packet[2] << 8 | packet[3]);
	s->seq = get32(packet + 4);
	s->ack = get32(packet + 8);
	s->flags = packet[13];
	return 1;
}
