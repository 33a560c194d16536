// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Frames of any link type: the first byte chooses the type, the second one how many bytes of the
 * frame were not captured, the third one whether ports are changed. The rewritten packet is the
 * same packet for compare, unless it is in a tunnel, which is cut; the bytes after what may leave
 * are not needed for that; it is rewritten the same way again.
 */
#include <string.h>

#include "anonymize/packet_rewrite.h"
#include "event/packet.h"
#include "fuzz.h"

static const uint16_t link_types[] = { 1, 113, 276, 101, 228, 229, 0, 108, 147 };
static const struct secret secret = { .key = "a key of thirty-two bytes, as it" };

static struct packet_rewriter *rewriter_of(bool ports)
{
	static struct packet_rewriter *rewriters[2];
	const struct rewrite_config config = { .secret = &secret, .ports = ports };

	if (!rewriters[ports])
		rewriters[ports] = packet_rewriter_new(&config);
	PROPERTY(rewriters[ports]);
	return rewriters[ports];
}

/* The copy ends where the captured bytes end, so that a read beyond them is noticed. */
static uint8_t *copy_of(const uint8_t *bytes, uint32_t length)
{
	uint8_t *copy = malloc(length + !length);

	PROPERTY(copy);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

static void is_the_same_packet(const struct packet *before, const struct packet *after, bool ports)
{
	PROPERTY(before->family == after->family && before->ip_at == after->ip_at);
	PROPERTY(before->tcp_at == after->tcp_at && before->payload_len == after->payload_len);
	PROPERTY(before->flags == after->flags && before->window == after->window);
	PROPERTY(before->header_len == after->header_len && (!before->cut || after->cut));
	/* An option of which nothing but the last byte is missing may not be seen to be cut. */
	PROPERTY(before->cut || !after->cut ||
		 before->tcp_at + before->header_len > before->caplen);
	PROPERTY(before->has_tsval == after->has_tsval);
	PROPERTY(before->sack_count == after->sack_count);
	PROPERTY(ports || (before->sport == after->sport && before->dport == after->dport));
	for (int i = 0; i < before->sack_count; i++)
		PROPERTY(before->sack[i].end - before->sack[i].start ==
			 after->sack[i].end - after->sack[i].start);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct packet before, after;
	uint32_t caplen, len, left;
	uint16_t link_type;
	uint8_t *frame, *again;
	bool ports;

	if (length < 3)
		return 0;
	caplen = (uint32_t)length - 3;
	len = caplen + bytes[1];
	ports = bytes[2] & 1;
	link_type = link_types[bytes[0] % (sizeof(link_types) / sizeof(link_types[0]))];
	frame = copy_of(bytes + 3, caplen);
	left = packet_rewrite(rewriter_of(ports), link_type, frame, caplen, len);
	PROPERTY(left <= caplen);
	packet_parse_link(&before, link_type, bytes + 3, caplen, len);
	again = copy_of(frame, left);
	packet_parse_link(&after, link_type, again, left, len);
	if (before.tcp_at && (!before.tunnel_count || after.tcp_at))
		is_the_same_packet(&before, &after, ports);
	free(again);
	again = copy_of(bytes + 3, caplen);
	PROPERTY(packet_rewrite(rewriter_of(ports), link_type, again, caplen, len) == left);
	PROPERTY(!left || memcmp(frame, again, left) == 0);
	free(again);
	free(frame);
	return 0;
}
