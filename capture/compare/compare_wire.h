/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_WIRE_H
#define COMPARE_WIRE_H

/*
 * Reads wire captures for the matcher: their clocks first, then their frames in the order of time.
 * A capture continues the one before it, as the files of a rotated capture do, if it begins at most
 * a minute after the end of that one and not before it, has the same link type, and has no other
 * offset of its clock than a drift explains.
 */

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
	bool continues;	   /* the capture before it */
	bool takes_offset; /* without a match of its own, from a capture that it is continued by */
	bool is_unsorted;
	bool has_time;		    /* a frame has a time */
	uint64_t first_ns, last_ns; /* of all frames */
};

/* Returns the offset of the wire's clock at its first frame, in ns. */
int64_t compare_wire_offset(const struct compare_wire *wire);

/*
 * Reads the captures of compare->wires, whose paths are set; they must outlive the matcher. Damage
 * is appended to compare->damage, and each limit of a capture to compare->notes. Returns 0 or
 * -errno and the error.
 */
int compare_wires_read(struct compare *compare, struct error *error);

#endif
