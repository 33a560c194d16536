/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASSIC_H
#define CLASSIC_H

/* The kinds of classic pcap files (draft-ietf-opsawg-pcap), by their first four bytes. */

#include <stdbool.h>
#include <stdint.h>

struct classic_kind {
	uint32_t magic; /* in the file's byte order */
	uint8_t tsresol;
	uint64_t ns_per_unit;
	uint8_t record_bytes; /* length of a record's header */
};

/*
 * Returns the kind of a file with these first bytes, in either byte order; NULL if it is not one.
 */
const struct classic_kind *classic_kind(uint32_t magic);

#endif
