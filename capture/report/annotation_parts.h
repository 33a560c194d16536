/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_PARTS_H
#define ANNOTATION_PARTS_H

/*
 * Shared by the two files of the annotation's reader: annotation_reader.c parses the comments, and
 * annotation_parts.c joins the parts of values and of stacks.
 */

#include "annotation_reader.h"

/* A part of a value; offsets in the storage. */
struct part {
	size_t name;
	size_t value;
	unsigned int number, count;
};

/* Frames of a stack, or a part of one frame; lines is an offset in reader->frames. */
struct stack_part {
	uint64_t id;
	uint64_t first, last, count; /* frames; count 0: a whole stack of schema 1 */
	uint64_t part, parts;	     /* of the frame; parts 0: whole frames */
	size_t lines, length;
};

/*
 * Sets the value of a key, or keeps that of an unknown key; the value is in the storage, at this
 * offset. Until annotation_reader_end(), the report has the offset of a text instead of the text,
 * because the storage may still move. Returns 0; -EINVAL if the key has a value already, or if the
 * value of a number is not one.
 */
int annotation_set_value(struct annotation_reader *reader, const char *name, size_t length,
			 size_t offset);

#endif
