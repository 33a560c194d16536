/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_READER_H
#define ANNOTATION_READER_H

/*
 * Reads the comments of one packet, one after the other and in any order, back into a report's
 * values and frames. It takes both schemas, ignores what is not an annotation, and trusts nothing:
 * memory is bounded by the comments' own length.
 *
 * Schema 1 has two comments: "tcpdropcap/1 key=value ...", and "stack 12" with a frame in each
 * further line.
 */

#include "report.h"
#include "util/strbuf.h"

struct part;
struct stack_part;

/* Zero-initialized is ready. It may be used for many packets, one after the other. */
struct annotation_reader {
	struct drop_report *report;
	struct strbuf storage; /* of the report's values and unknown keys */
	struct strbuf unknown; /* keys and values, as in a report */
	size_t unknown_count;
	struct strbuf frames; /* of the parts of stacks, then of the report's */
	struct strbuf joined;
	struct part *parts; /* of split values */
	size_t part_count, part_capacity;
	struct stack_part *stack_parts;
	size_t stack_part_count, stack_part_capacity;
	enum key expected; /* the next key, most likely */
	bool found;	   /* at least one comment of values */
	bool damaged;
	bool failed; /* out of memory */
};

/* Clears the report's values, frames and unknown keys. */
void annotation_reader_begin(struct annotation_reader *reader, struct drop_report *report);

/* Takes one comment, of this length and with a NUL or a newline after it. */
void annotation_reader_take(struct annotation_reader *reader, const char *comment, size_t length);

/*
 * Sets the report's values, unknown keys and frames, whose texts live until the next begin. Returns
 * 0; -ENOENT if no comment was an annotation; -EINVAL if something is damaged or missing: all that
 * can be read is set: the pairs before the damage in each comment, the values and the stack of
 * which no part is missing; or -ENOMEM.
 */
int annotation_reader_end(struct annotation_reader *reader);

/* Returns whether a comment of this length, not terminated, is of an annotation. */
bool annotation_is_comment(const char *comment, size_t length);

void annotation_reader_free(struct annotation_reader *reader);

#endif
