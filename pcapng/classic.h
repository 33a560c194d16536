/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASSIC_H
#define CLASSIC_H

/* The classic pcap format (draft-ietf-opsawg-pcap): what its first four bytes say. */

#include <stdbool.h>
#include <stdint.h>

struct classic_kind {
	uint32_t magic; /* in the file's byte order */
	uint8_t tsresol;
	uint64_t ns_per_unit;
};

/* Returns the kind of a file that begins so, in whichever byte order; NULL if it is none. */
const struct classic_kind *classic_kind(uint32_t magic);

#endif
