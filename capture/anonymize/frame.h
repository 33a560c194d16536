/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FRAME_H
#define FRAME_H

/*
 * A frame that is rewritten in its place. Its bytes are reached through one bounds check. All that
 * is not known to be safe is cut: each layer that has been rewritten moves the end of the safe
 * bytes, and nothing else does.
 */

#include <stddef.h>
#include <stdint.h>

struct frame {
	uint8_t *data;
	uint32_t caplen; /* bytes at data */
	uint32_t len;	 /* bytes of the whole frame; not less than caplen */
	uint32_t safe;	 /* the first bytes, which may leave */
};

/* Returns the bytes [at, at + length), NULL if they are not all captured. */
static inline uint8_t *frame_bytes(const struct frame *frame, uint32_t at, uint32_t length)
{
	return at <= frame->caplen && length <= frame->caplen - at ? frame->data + at : NULL;
}

/* The captured bytes from `at` on, and length at most. */
static inline uint32_t frame_captured(const struct frame *frame, uint32_t at, uint32_t length)
{
	uint32_t rest = at < frame->caplen ? frame->caplen - at : 0;

	return rest < length ? rest : length;
}

#endif
