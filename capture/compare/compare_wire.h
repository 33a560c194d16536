/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_WIRE_H
#define COMPARE_WIRE_H

/* Reads a wire capture for the matcher: its clock first, then its frames in the order of time. */

#include <stdbool.h>
#include <stdint.h>

#include "link_type.h"
#include "match.h"
#include "util/error.h"

struct compare;

struct compare_wire {
	const char *path;
	const char *name; /* without its folders */
	uint64_t frames;
	bool damaged; /* the frames are those before the damage */
	bool has_link_type;
	uint16_t link_type;		    /* of its first interface */
	bool has_link_types;		    /* other interfaces have others */
	struct link_type_counts unreadable; /* frames of link types that compare cannot read */
	char why_unreadable[128];	    /* the end of a sentence of the matcher */
	struct match_offset offset;
};

/*
 * Fills *wire, which must outlive the matcher, as must the path. Damage is appended to
 * compare->damage, and each limit of the capture to compare->notes. Returns 0 or -errno and the
 * error.
 */
int compare_wire_read(struct compare_wire *wire, struct compare *compare, const char *path,
		      struct error *error);

#endif
