// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sys/socket.h>

#include "frame_copy.h"
#include "event/packet.h"
#include "report/annotation.h"

enum {
	IPV4_BYTES = 20,
	IPV6_BYTES = 40,
};

static uint32_t length_of_headers(const struct pcapng_item *item)
{
	struct packet packet;
	uint32_t len = item->len > item->caplen ? item->len : item->caplen;

	packet_parse_link(&packet, item->interface->linktype, item->data, item->caplen, len);
	if (packet.tcp_at)
		return packet.tcp_at + packet.header_len;
	if (packet.family)
		return packet.ip_at + (packet.family == AF_INET ? IPV4_BYTES : IPV6_BYTES);
	return PACKET_ETH_LEN;
}

/* The padding of a short frame is no payload. */
static bool has_payload(const struct pcapng_item *item, uint32_t headers)
{
	struct packet packet;

	packet_parse_link(&packet, item->interface->linktype, item->data, item->caplen,
			  item->len > item->caplen ? item->len : item->caplen);
	return item->caplen > headers && (!packet.tcp_at || packet.payload_len);
}

int frame_copy(struct copied_frames *copied, struct pcapng_writer *writer,
	       const struct pcapng_item *item, struct pcapng_options options)
{
	uint32_t headers = UINT32_MAX;

	if (copied->headers_only)
		headers = length_of_headers(item);
	else if (!copied->has_payload)
		copied->has_payload = has_payload(item, length_of_headers(item));
	return pcapng_writer_copy_cut(writer, item, headers, options);
}

bool frame_has_annotation(const struct pcapng_item *item, struct strbuf *comment,
			  struct strbuf *storage)
{
	struct pcapng_option option;
	struct drop_report scratch;
	size_t at = 0;

	while (pcapng_item_option(item, &at, &option)) {
		if (option.code != PCAPNG_OPT_COMMENT)
			continue;
		strbuf_clear(comment);
		strbuf_add_bytes(comment, option.value, option.length);
		if (annotation_parse(strbuf_string(comment), &scratch, storage) != -ENOENT)
			return true;
	}
	return false;
}
