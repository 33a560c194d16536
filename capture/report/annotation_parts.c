// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "annotation_parts.h"

/* Orders parts by the name of the value, then by their number. */
static int compare_parts(const void *a, const void *b, void *storage)
{
	const struct part *left = a, *right = b;
	const char *names = storage;
	int order = strcmp(names + left->name, names + right->name);

	if (order)
		return order;
	return left->number < right->number ? -1 : left->number > right->number;
}

/* Joins the parts of the first value in a sorted list. Returns how many parts have its name. */
static size_t join_value(struct annotation_reader *reader, const struct part *parts, size_t count)
{
	const char *texts = reader->storage.data;
	size_t taken = 0, offset = reader->storage.length;
	bool whole = true;

	strbuf_clear(&reader->joined);
	for (; taken < count && strcmp(texts + parts->name, texts + parts[taken].name) == 0;
	     taken++) {
		whole &= parts[taken].number == taken + 1 && parts[taken].count == parts->count;
		strbuf_add(&reader->joined, texts + parts[taken].value);
	}
	if (!whole || taken != parts->count) {
		reader->damaged = true;
		return taken;
	}
	strbuf_add_bytes(&reader->storage, strbuf_string(&reader->joined),
			 reader->joined.length + 1);
	if (reader->joined.failed || reader->storage.failed) {
		reader->failed = true;
		return taken;
	}
	texts = reader->storage.data + parts->name;
	reader->damaged |= annotation_set_value(reader, texts, strlen(texts), offset) != 0;
	return taken;
}

static void join_values(struct annotation_reader *reader)
{
	size_t at = 0;

	if (!reader->part_count)
		return;
	qsort_r(reader->parts, reader->part_count, sizeof(*reader->parts), compare_parts,
		reader->storage.data);
	while (at < reader->part_count && !reader->failed)
		at += join_value(reader, reader->parts + at, reader->part_count - at);
}

static int compare_stack_parts(const void *a, const void *b)
{
	const struct stack_part *left = a, *right = b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return left->part < right->part ? -1 : left->part > right->part;
}

static uint64_t count_lines(const char *lines, size_t length)
{
	uint64_t count = 1;

	for (const char *line = lines;
	     (line = memchr(line, '\n', length - (size_t)(line - lines)));)
		line++, count++;
	return count;
}

/* Returns the first comment of schema 1 with the id, which has the whole stack; NULL: none. */
static const struct stack_part *find_stack_1(const struct annotation_reader *reader, uint64_t id)
{
	for (size_t i = 0; i < reader->stack_part_count; i++) {
		const struct stack_part *part = &reader->stack_parts[i];

		if (part->id == id && !part->count)
			return part;
	}
	return NULL;
}

/* The position in a stack that is being joined. */
struct joined_stack {
	uint64_t frame; /* the next one, from 1 */
	uint64_t count; /* of frames */
	uint64_t part;	/* the next one of the frame, from 1 */
	uint64_t parts; /* of the frame; 0: it is whole */
};

/* Appends the part. Returns false if it is not the next one. */
static bool join_stack_part(struct annotation_reader *reader, struct joined_stack *joined,
			    const struct stack_part *part)
{
	const char *lines = reader->frames.data + part->lines;
	size_t indentation = part->part > 1 ? strspn(lines, " ") : 0;

	if (part->first != joined->frame || part->count != joined->count ||
	    part->part != (part->parts ? joined->part : 0) ||
	    (joined->part > 1 && part->parts != joined->parts) ||
	    count_lines(lines, part->length) != part->last - part->first + 1)
		return false;
	if (part->part <= 1 && part->first > 1)
		strbuf_add_bytes(&reader->joined, "\n", 1);
	if (indentation > part->length)
		indentation = part->length;
	strbuf_add_bytes(&reader->joined, lines + indentation, part->length - indentation);
	joined->parts = part->parts;
	if (part->part < part->parts) {
		joined->part = part->part + 1;
	} else {
		joined->part = 1;
		joined->frame = part->last + 1;
	}
	return true;
}

/*
 * Joins the frames with this id in their order. Returns false if one is missing or occurs twice.
 */
static bool join_stack(struct annotation_reader *reader, uint64_t id)
{
	struct joined_stack joined = { .frame = 1, .part = 1 };
	const struct stack_part *whole = find_stack_1(reader, id);
	size_t i = 0, count = reader->stack_part_count;

	strbuf_clear(&reader->joined);
	if (whole) {
		strbuf_add_bytes(&reader->joined, reader->frames.data + whole->lines,
				 whole->length);
		return true;
	}
	qsort(reader->stack_parts, count, sizeof(*reader->stack_parts), compare_stack_parts);
	while (i < count && reader->stack_parts[i].id != id)
		i++;
	joined.count = i < count ? reader->stack_parts[i].count : 0;
	for (; i < count && reader->stack_parts[i].id == id; i++) {
		if (!join_stack_part(reader, &joined, &reader->stack_parts[i]))
			return false;
	}
	return joined.part == 1 && joined.frame == joined.count + 1;
}

static void set_frames(struct annotation_reader *reader)
{
	struct drop_report *report = reader->report;
	const char *source = report_text(report, KEY_stack);
	uint64_t id = report_number(report, KEY_stack_id);
	bool known = false;

	if (!source || !report_has(report, KEY_stack_id) ||
	    (strcmp(source, "own") != 0 && strcmp(source, "sampled") != 0))
		return;
	for (size_t i = 0; i < reader->stack_part_count; i++)
		known |= reader->stack_parts[i].id == id;
	if (!known)
		return;
	if (join_stack(reader, id))
		report->frames = strbuf_string(&reader->joined);
	else
		reader->damaged = true;
}

int annotation_reader_end(struct annotation_reader *reader)
{
	struct drop_report *report = reader->report;
	size_t unknown;

	if (!reader->failed)
		join_values(reader);
	unknown = reader->storage.length;
	strbuf_add_bytes(&reader->storage, strbuf_string(&reader->unknown), reader->unknown.length);
	strbuf_add_bytes(&reader->storage, "", 1);
	if (reader->failed || reader->storage.failed || reader->unknown.failed ||
	    reader->frames.failed)
		return -ENOMEM;
	for (enum key key = 0; (key = report_next(report, key)) < KEY_COUNT; key++) {
		if (key_table[key].type == VALUE_TEXT) /* its value is still an offset */
			report_set_text(report, key,
					reader->storage.data + report_number(report, key));
	}
	if (reader->unknown.length)
		report->unknown = reader->storage.data + unknown;
	set_frames(reader);
	if (reader->joined.failed)
		return -ENOMEM;
	if (!reader->found)
		return -ENOENT;
	return reader->damaged ? -EINVAL : 0;
}
