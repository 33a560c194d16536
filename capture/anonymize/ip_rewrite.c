// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>

#include "event/packet.h"
#include "rewriter.h"

#define EXTENSIONS_MAX 12 /* as in event/packet.c */

enum {
	IPV4_BYTES = 20,
	IPV6_BYTES = 40,
	AT_IPV4_CHECKSUM = 10,
	IPV4_NOP = 1,
	PAD1 = 0,
	PADN = 1,
	OPTION_JUMBO = 0xc2,
};

/*
 * Sets the end of a packet of that length. 0, or the largest length that the field can hold,
 * belongs to a packet of GSO that is larger.
 */
static void set_end(const struct frame *frame, struct ip_packet *ip, uint32_t length)
{
	uint32_t rest = frame->len - ip->at;

	ip->unchecked = !length || length >= 65535 || length > rest;
	ip->end = ip->at + (ip->inner && length ? length : ip->unchecked ? rest : length);
}

static void rewrite_header4(struct packet_rewriter *rewriter, uint8_t *header, uint32_t captured,
			    enum checksum_was was)
{
	packet_put16(header + 4, shift_ip_id(packet_get16(header + 4), rewriter->shift.ip_id));
	packet_put16(header + AT_IPV4_CHECKSUM, 0);
	packet_put16(header + AT_IPV4_CHECKSUM,
		     checksum_make(checksum_add(0, header, captured), was));
}

/* Options may be addresses of routers: they become NOPs. */
static void remove_options4(struct packet_rewriter *rewriter, uint8_t *options, uint32_t length)
{
	if (!length)
		return;
	memset(options, IPV4_NOP, length);
	rewriter->counts.options++;
}

static void rewrite_packet4(struct packet_rewriter *rewriter, struct frame *frame,
			    struct ip_packet *ip)
{
	uint8_t *header = frame_bytes(frame, ip->at, IPV4_BYTES);
	uint32_t header_len, captured;
	enum checksum_was was = CHECKSUM_UNCHECKED;

	if (!header)
		return;
	header_len = (header[0] & 15) * 4U;
	captured = frame_captured(frame, ip->at, header_len < IPV4_BYTES ? IPV4_BYTES : header_len);
	if (captured == header_len)
		was = checksum_look(checksum_add(0, header, header_len));
	set_end(frame, ip, packet_get16(header + 2));
	ip->protocol = header[9];
	ip->fragment = packet_get16(header + 6) & 0x3fff;
	ip->payload_at = ip->at + header_len;
	ip->pseudo_sum = checksum_pseudo(header, ip->protocol,
					 ip->end > ip->payload_at ? ip->end - ip->payload_at : 0);
	rewrite_ipv4(rewriter, header + 12);
	rewrite_ipv4(rewriter, header + 16);
	remove_options4(rewriter, header + IPV4_BYTES, captured - IPV4_BYTES);
	frame->safe = ip->at + captured;
	if (captured == header_len && !(packet_get16(header + 6) & 0x1fff))
		rewrite_transport(rewriter, frame, ip);
	rewrite_header4(rewriter, header, captured, was);
}

static bool has_options6(uint8_t type)
{
	return type == IPPROTO_HOPOPTS || type == IPPROTO_DSTOPTS;
}

/* The options of IPv6 become padding, but for the length of a jumbogram (RFC 2675). */
static void pad_options6(uint8_t *options, uint32_t length)
{
	uint32_t at = 0;

	while (at + 1 < length) {
		uint32_t whole = options[at] == PAD1 ? 1 : options[at + 1] + 2U;

		if (whole > length - at)
			break;
		if (options[at] != PAD1 && (options[at] != OPTION_JUMBO || whole != 6)) {
			options[at] = PADN;
			memset(options + at + 2, 0, whole - 2);
		}
		at += whole;
	}
	if (at < length)
		memset(options + at, PAD1, length - at);
}

/*
 * An extension header, all of whose bytes are captured. The addresses of a routing header and all
 * of an authentication header but its length become zeros. A fragment's number is an IP ID of 32
 * bits.
 */
static void rewrite_extension(struct packet_rewriter *rewriter, uint8_t type, uint8_t *extension,
			      uint32_t length, struct ip_packet *ip)
{
	uint32_t fixed = type == IPPROTO_AH ? 2 : 4;

	if (has_options6(type)) {
		pad_options6(extension + 2, length - 2);
		return;
	}
	if (type == IPPROTO_FRAGMENT) {
		ip->fragment = packet_get16(extension + 2) & 0xfff9;
		packet_put32(extension + 4,
			     packet_get32(extension + 4) + rewriter->shift.ip_id * 0x10001U);
		return;
	}
	ip->unchecked = true;
	memset(extension + fixed, 0, length - fixed);
	rewriter->counts.options++;
}

static uint32_t extension_length(uint8_t type, const uint8_t *extension)
{
	switch (type) {
	case IPPROTO_FRAGMENT:
		return 8;
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		return (extension[1] + 1U) * 8;
	case IPPROTO_AH:
		return (extension[1] + 2U) * 4;
	default:
		return 0;
	}
}

/* Returns whether the payload follows the extension headers, and sets where. */
static bool rewrite_extensions(struct packet_rewriter *rewriter, struct frame *frame,
			       struct ip_packet *ip)
{
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		uint8_t *extension = frame_bytes(frame, ip->payload_at, 4);
		uint32_t length = extension ? extension_length(ip->protocol, extension) : 0;
		bool first = true;

		if (!length)
			return true;
		if (!frame_bytes(frame, ip->payload_at, length))
			return false;
		if (ip->protocol == IPPROTO_FRAGMENT)
			first = !(packet_get16(extension + 2) & 0xfff8);
		rewrite_extension(rewriter, ip->protocol, extension, length, ip);
		ip->protocol = extension[0];
		ip->payload_at += length;
		frame->safe = ip->payload_at;
		if (!first)
			return false;
	}
	return true;
}

static void rewrite_packet6(struct packet_rewriter *rewriter, struct frame *frame,
			    struct ip_packet *ip)
{
	uint8_t *header = frame_bytes(frame, ip->at, IPV6_BYTES);
	uint8_t before[IPV6_BYTES];
	uint32_t word;
	uint16_t length;

	if (!header)
		return;
	word = packet_get32(header);
	memcpy(before, header, sizeof(before));
	length = packet_get16(header + 4);
	set_end(frame, ip, length ? length + IPV6_BYTES : 0);
	ip->protocol = header[6];
	ip->payload_at = ip->at + IPV6_BYTES;
	packet_put32(header,
		     (word & ~(uint32_t)LABEL_BITS) | rewrite_label(rewriter, word & LABEL_BITS));
	rewrite_ipv6(rewriter, header + 8);
	rewrite_ipv6(rewriter, header + 24);
	frame->safe = ip->payload_at;
	if (!rewrite_extensions(rewriter, frame, ip))
		return;
	ip->pseudo_sum = checksum_pseudo(before, ip->protocol,
					 ip->end > ip->payload_at ? ip->end - ip->payload_at : 0);
	rewrite_transport(rewriter, frame, ip);
}

void rewrite_ip(struct packet_rewriter *rewriter, struct frame *frame, uint32_t at, bool inner)
{
	const uint8_t *version = frame_bytes(frame, at, 1);
	struct ip_packet ip = { .at = at, .inner = inner };

	if (version && *version >> 4 == 4)
		rewrite_packet4(rewriter, frame, &ip);
	else if (version && *version >> 4 == 6)
		rewrite_packet6(rewriter, frame, &ip);
	else if (!inner)
		rewriter->counts.not_ip++;
}
