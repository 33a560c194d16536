// SPDX-License-Identifier: GPL-2.0-or-later
/* The TCP header. A packet is the same packet for compare afterwards, before and after a NAT. */
#include <string.h>

#include "event/packet.h"
#include "rewriter.h"

enum {
	TCP_BYTES = 20,
	SEQUENCE_BYTES = 8, /* what an error of ICMP has at least */
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WINDOW_SCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
	OPTION_TIMESTAMPS = 8,
	TIMESTAMPS_BYTES = 10,
};

static void add32(uint8_t *at, uint32_t offset)
{
	packet_put32(at, packet_get32(at) + offset);
}

/*
 * The reset that answers a SYN has the sequence number 0 (RFC 9293, section 3.10.7.1), others have
 * no acknowledgement: a 0 stays one, and does not give the offset away.
 */
static void add_unless_unset(uint8_t *at, uint32_t offset, uint8_t flags)
{
	if (!(flags & TCP_RST) || packet_get32(at))
		add32(at, offset);
}

/* RFC 2018: blocks of two sequence numbers; captured may be less than the option is long. */
static void rewrite_sack(uint8_t *option, uint32_t captured, uint32_t length,
			 const struct shift *shift)
{
	uint32_t at = 2;

	for (; at + 8 <= length && at + 8 <= captured; at += 8) {
		add32(option + at, shift->sequence);
		add32(option + at + 4, shift->sequence);
	}
	memset(option + at, 0, captured - at);
}

/* RFC 7323: a TSecr without an acknowledgement is 0 and means nothing (section 3.2). */
static void rewrite_timestamps(uint8_t *option, uint32_t captured, const struct shift *shift,
			       uint8_t flags)
{
	if (captured < TIMESTAMPS_BYTES) {
		memset(option + 2, 0, captured - 2);
		return;
	}
	add32(option + 2, shift->timestamp);
	if (flags & TCP_ACK)
		add_unless_unset(option + 6, shift->timestamp, flags);
	else
		packet_put32(option + 6, 0);
}

/*
 * Those that say something about the connection and nothing about its ends. Others become NOPs:
 * MPTCP has addresses and tokens, a cookie of Fast Open and a signature are secrets of two hosts.
 */
static bool rewrite_option(uint8_t *option, uint32_t captured, uint32_t length,
			   const struct shift *shift, uint8_t flags)
{
	switch (option[0]) {
	case OPTION_MSS:
		return length == 4;
	case OPTION_WINDOW_SCALE:
		return length == 3;
	case OPTION_SACK_PERMITTED:
		return length == 2;
	case OPTION_SACK:
		rewrite_sack(option, captured, length, shift);
		return true;
	case OPTION_TIMESTAMPS:
		if (length != TIMESTAMPS_BYTES)
			return false;
		rewrite_timestamps(option, captured, shift, flags);
		return true;
	default:
		return false;
	}
}

/* One that is not captured to its end keeps its head, so that the packet still looks cut. */
static void remove_option(uint8_t *option, uint32_t captured, uint32_t length)
{
	if (captured < length)
		memset(option + 2, 0, captured - 2);
	else
		memset(option, OPTION_NOP, length);
}

/* Returns how many options became padding. What follows the end of the list becomes zeros. */
static uint32_t rewrite_options(uint8_t *options, uint32_t captured, uint32_t length,
				const struct shift *shift, uint8_t flags)
{
	uint32_t at = 0, removed = 0;

	while (at < captured) {
		uint8_t *option = options + at;
		uint32_t rest = captured - at, option_length;

		if (option[0] == OPTION_END)
			break;
		if (option[0] == OPTION_NOP) {
			at++;
			continue;
		}
		option_length = rest > 1 ? option[1] : 0;
		if (option_length < 2 || option_length > length - at)
			break;
		if (!rewrite_option(option, rest < option_length ? rest : option_length,
				    option_length, shift, flags)) {
			remove_option(option, rest, option_length);
			removed++;
		}
		at += option_length;
	}
	if (at < captured)
		memset(options + at, 0, captured - at);
	return removed;
}

void rewrite_tcp(struct packet_rewriter *rewriter, struct frame *frame, const struct ip_packet *ip)
{
	uint8_t *tcp = frame->data + ip->payload_at;
	const struct shift *shift = &rewriter->shift;
	uint32_t header_len, captured;
	uint8_t flags;

	if (!frame_bytes(frame, ip->payload_at, TCP_BYTES)) {
		add32(tcp + 4, shift->sequence);
		frame->safe = ip->payload_at + SEQUENCE_BYTES;
		return;
	}
	flags = tcp[13];
	add_unless_unset(tcp + 4, shift->sequence, flags);
	if (flags & TCP_ACK)
		add_unless_unset(tcp + 8, shift->sequence, flags);
	else
		packet_put32(tcp + 8, 0);
	header_len = (tcp[12] >> 4) * 4U;
	frame->safe = ip->payload_at + TCP_BYTES;
	if (header_len <= TCP_BYTES)
		return;
	captured = frame_captured(frame, ip->payload_at + TCP_BYTES, header_len - TCP_BYTES);
	rewriter->counts.options += rewrite_options(tcp + TCP_BYTES, captured,
						    header_len - TCP_BYTES, shift, flags);
	frame->safe += captured;
}
