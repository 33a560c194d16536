/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FRAME_COPY_H
#define FRAME_COPY_H

/* Copies frames of a wire capture, with their payload or without it. */

#include <stdbool.h>

#include "pcapng/reader.h"
#include "util/strbuf.h"

struct copied_frames {
	bool headers_only; /* the payload is cut */
	bool has_payload;  /* set: a frame was copied with bytes after its headers */
};

/*
 * As pcapng_writer_copy_with(). A frame with TCP ends after the TCP header, other IP after the IP
 * header without its options, any other frame after 14 bytes, the length of a MAC header.
 */
int frame_copy(struct copied_frames *copied, struct pcapng_writer *writer,
	       const struct pcapng_item *item, struct pcapng_options options);

/*
 * Readers take the first annotation of a packet alone: a frame that has one gets no other. comment
 * and storage are overwritten.
 */
bool frame_has_annotation(const struct pcapng_item *item, struct strbuf *comment,
			  struct strbuf *storage);

#endif
