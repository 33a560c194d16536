/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LINK_TYPE_H
#define LINK_TYPE_H

/* The link types of a wire capture, by the numbers of https://www.tcpdump.org/linktypes.html. */

#include <stdbool.h>
#include <stdint.h>

#include "util/strbuf.h"

/* Those that compare can write; it reads them too. */
enum link_type {
	LINK_TYPE_NULL = 0,
	LINK_TYPE_ETHERNET = 1,
	LINK_TYPE_RAW_OLD = 12,
	LINK_TYPE_RAW_BSD = 14,
	LINK_TYPE_RAW = 101,
	LINK_TYPE_LOOP = 108,
	LINK_TYPE_SLL = 113,
	LINK_TYPE_IPV4 = 228,
	LINK_TYPE_IPV6 = 229,
	LINK_TYPE_SLL2 = 276,
};

#define LINK_TYPES_MAX 8 /* that are counted one by one */

/* Returns the name of the link type, NULL if it has none here. */
const char *link_type_name(uint16_t link_type);

/* Appends "link type 51 (PPPoE)", or without the name. */
void link_type_format(uint16_t link_type, struct strbuf *text);

/* Counts frames by their link type. Zero-initialized, it is empty. */
struct link_type_counts {
	struct {
		uint16_t link_type;
		uint64_t frames;
	} list[LINK_TYPES_MAX];
	uint32_t count;
	uint64_t others; /* frames of further link types */
};

void link_type_count(struct link_type_counts *counts, uint16_t link_type);

#endif
