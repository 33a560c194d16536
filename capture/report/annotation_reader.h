/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_READER_H
#define ANNOTATION_READER_H

/*
 * Reads the comments of one packet, one after the other and in any order, back into the values and
 * frames of a report. It reads both schemas, ignores other comments, and trusts nothing: memory is
 * bounded by the length of the comments.
 *
 * Schema 1 has two comments: "tcpdropcap/1 key=value ...", and "stack 12" with a frame in each
 * further line.
 */

#include "report.h"
#include "util/strbuf.h"

struct part;
struct stack_part;

/* Zero-initialized, it can be used, for many packets one after the other. */
struct annotation_reader {
	struct drop_report *report;
	struct strbuf storage; /* of the report's values and unknown keys */
	struct strbuf unknown; /* keys and values, as in a report */
	size_t unknown_count;
	struct strbuf frames; /* of the parts of stacks */
	struct strbuf joined; /* a value, then the frames of the report */
	struct part *parts;   /* of split values */
	size_t part_count, part_capacity;
	struct stack_part *stack_parts;
	size_t stack_part_count, stack_part_capacity;
	enum key expected; /* the most likely next key */
	bool found;	   /* at least one comment of values */
	bool damaged;
	bool failed; /* out of memory */
};

/* Begins a packet: clears the values, frames and unknown keys of *report. */
void annotation_reader_begin(struct annotation_reader *reader, struct drop_report *report);

/* Reads one comment of this length, after which there is a NUL or a newline. */
void annotation_reader_take(struct annotation_reader *reader, const char *comment, size_t length);

/*
 * Sets the report's values, unknown keys and frames, whose texts live until the next packet begins.
 * Returns 0; -ENOENT if no comment was an annotation; -ENOMEM; -EINVAL if something is damaged or
 * missing. Then all that is readable is set: in each comment the pairs before the damage, and the
 * values and the stack without a missing part.
 */
int annotation_reader_end(struct annotation_reader *reader);

/* Returns whether a comment of this length, not terminated, belongs to an annotation. */
bool annotation_is_comment(const char *comment, size_t length);

/* Frees the memory. The reader can be used again. */
void annotation_reader_free(struct annotation_reader *reader);

#endif
