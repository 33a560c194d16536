// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "annotation.h"
#include "annotation_reader.h"
#include "annotation_parts.h"
#include "annotation_text.h"
#include "util/number.h"

#define MAGIC_1	       "tcpdropcap/1"
#define STACK_MAGIC_1  "stack "
#define UNKNOWN_MAX    64 /* unknown keys of a packet */
#define NAME_MAX_BYTES 64 /* of an unknown key */

void annotation_reader_begin(struct annotation_reader *reader, struct drop_report *report)
{
	memset(report->present, 0, sizeof(report->present));
	report->frames = NULL;
	report->unknown = NULL;
	reader->report = report;
	strbuf_clear(&reader->storage);
	strbuf_clear(&reader->unknown);
	strbuf_clear(&reader->frames);
	reader->part_count = reader->stack_part_count = reader->unknown_count = 0;
	reader->expected = 0;
	reader->found = reader->damaged = reader->failed = false;
}

void annotation_reader_free(struct annotation_reader *reader)
{
	strbuf_free(&reader->storage);
	strbuf_free(&reader->unknown);
	strbuf_free(&reader->frames);
	strbuf_free(&reader->joined);
	free(reader->parts);
	free(reader->stack_parts);
	*reader = (struct annotation_reader){ 0 };
}

/* Makes room for one more element. Returns the array, or NULL for lack of memory. */
static void *grow(void *array, size_t count, size_t *capacity, size_t size)
{
	size_t larger = *capacity ? *capacity * 2 : 8;
	void *grown;

	if (count < *capacity)
		return array;
	grown = reallocarray(array, larger, size);
	if (grown)
		*capacity = larger;
	return grown;
}

static bool take_word(const char **cursor, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*cursor, word, length) != 0)
		return false;
	*cursor += length;
	return true;
}

static bool is_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (name[i] <= ' ' || name[i] >= 0x7f || strchr("\"\\=[]", name[i]))
			return false;
	}
	return length && length <= NAME_MAX_BYTES;
}

static bool is_kept(const struct annotation_reader *reader, const char *name, size_t length)
{
	const char *kept = strbuf_string(&reader->unknown);
	const char *end = kept + reader->unknown.length;

	for (; kept < end; kept += strlen(kept) + 1) {
		if (strlen(kept) == length && memcmp(kept, name, length) == 0)
			return true;
		kept += strlen(kept) + 1; /* its value comes next */
	}
	return false;
}

/*
 * Keeps an unknown key, if it can be written again unchanged. A second one of that name is damage.
 */
static void keep_unknown(struct annotation_reader *reader, const char *name, size_t length,
			 const char *value)
{
	if (!is_name(name, length))
		return;
	if (reader->unknown_count == UNKNOWN_MAX || is_kept(reader, name, length)) {
		reader->damaged = true;
		return;
	}
	reader->unknown_count++;
	strbuf_add_bytes(&reader->unknown, name, length);
	strbuf_add_bytes(&reader->unknown, "", 1);
	strbuf_add_bytes(&reader->unknown, value, strlen(value) + 1);
}

int annotation_set_value(struct annotation_reader *reader, const char *name, size_t length,
			 size_t offset)
{
	enum key key = key_find_from(reader->expected, name, length);
	union value value = { .number = offset };
	bool good = true;

	if (key == KEY_COUNT) {
		keep_unknown(reader, name, length, reader->storage.data + offset);
		return 0;
	}
	if (report_has(reader->report, key))
		return -EINVAL;
	if (key_table[key].type == VALUE_NUMBER)
		good = number_parse(reader->storage.data + offset, &value.number);
	if (good)
		report_set(reader->report, key, value);
	reader->expected = key + 1;
	return good ? 0 : -EINVAL;
}

/* Parses "name[2/3]=", from the numbers on, and adds the part whose text is at offset value. */
static int add_part(struct annotation_reader *reader, const char *name, size_t length,
		    const char *numbers, size_t value)
{
	uint64_t number, count;
	struct part *grown;

	if (!is_name(name, length) || !number_take(&numbers, &number) ||
	    !take_word(&numbers, "/") || !number_take(&numbers, &count) ||
	    !take_word(&numbers, "]=") || !number || number > count || count > ANNOTATION_PARTS_MAX)
		return -EINVAL;
	grown = grow(reader->parts, reader->part_count, &reader->part_capacity, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	reader->parts = grown;
	grown[reader->part_count++] = (struct part){
		.name = reader->storage.length,
		.value = value,
		.number = (unsigned int)number,
		.count = (unsigned int)count,
	};
	strbuf_add_bytes(&reader->storage, name, length);
	strbuf_add_bytes(&reader->storage, "", 1);
	return reader->storage.failed ? -ENOMEM : 0;
}

/* Parses the key=value at *cursor. */
static int take_pair(struct annotation_reader *reader, const char **cursor, bool parts)
{
	const char *name = *cursor;
	size_t length = strcspn(name, "= "), offset = reader->storage.length;
	const char *bracket = parts ? memchr(name, '[', length) : NULL;
	int err;

	if (!length || name[length] != '=')
		return -EINVAL;
	*cursor += length + 1;
	err = strbuf_parse_logfmt(&reader->storage, cursor);
	if (err)
		return err;
	strbuf_add_bytes(&reader->storage, "", 1);
	if (reader->storage.failed)
		return -ENOMEM;
	if (bracket)
		return add_part(reader, name, (size_t)(bracket - name), bracket + 1, offset);
	return annotation_set_value(reader, name, length, offset);
}

/* Parses pairs, each after a space, up to the end. */
static void take_pairs(struct annotation_reader *reader, const char *cursor, const char *end,
		       bool parts)
{
	int err = 0;

	reader->found = true;
	while (!err && cursor < end)
		err = *cursor++ == ' ' ? take_pair(reader, &cursor, parts) : -EINVAL;
	reader->damaged |= err == -EINVAL || cursor > end;
	reader->failed |= err == -ENOMEM;
}

static void add_stack_part(struct annotation_reader *reader, struct stack_part part,
			   const char *lines, size_t length)
{
	struct stack_part *grown = grow(reader->stack_parts, reader->stack_part_count,
					&reader->stack_part_capacity, sizeof(*grown));

	if (!grown) {
		reader->failed = true;
		return;
	}
	reader->stack_parts = grown;
	part.lines = reader->frames.length;
	part.length = length;
	grown[reader->stack_part_count++] = part;
	strbuf_add_bytes(&reader->frames, lines, length);
}

/* Parses "12, frames 1-9 of 24:" or "12, frame 3 of 9, part 1/2:", and keeps the lines after it. */
static void take_stack(struct annotation_reader *reader, const char *cursor, const char *end)
{
	struct stack_part part = { 0 };
	bool good = number_take(&cursor, &part.id) && take_word(&cursor, ", frame");

	take_word(&cursor, "s");
	good = good && take_word(&cursor, " ") && number_take(&cursor, &part.first);
	part.last = part.first;
	if (good && take_word(&cursor, "-"))
		good = number_take(&cursor, &part.last);
	good = good && take_word(&cursor, " of ") && number_take(&cursor, &part.count);
	if (good && take_word(&cursor, ", part "))
		good = number_take(&cursor, &part.part) && take_word(&cursor, "/") &&
		       number_take(&cursor, &part.parts) && part.part && part.part <= part.parts;
	good = good && take_word(&cursor, ":\n") && part.first && part.first <= part.last &&
	       part.last <= part.count && cursor <= end;
	if (good)
		add_stack_part(reader, part, cursor, (size_t)(end - cursor));
	reader->damaged |= !good;
}

/* Parses "12", and keeps the lines after it (schema 1). */
static void take_stack_1(struct annotation_reader *reader, const char *cursor, const char *end)
{
	struct stack_part part = { 0 };

	if (number_take(&cursor, &part.id) && take_word(&cursor, "\n"))
		add_stack_part(reader, part, cursor, (size_t)(end - cursor));
}

/* Parses a comment of schema 2 from its title on. */
static void take_comment(struct annotation_reader *reader, const char *title, const char *end)
{
	const char *cursor = title;

	if (take_word(&cursor, ANNOTATION_STACK_TITLE) && *cursor >= '0' && *cursor <= '9') {
		take_stack(reader, cursor, end);
		return;
	}
	cursor = title + strcspn(title, ":=\"");
	reader->found = true;
	if (take_word(&cursor, ":"))
		take_pairs(reader, cursor, end, true);
	else
		reader->damaged = true;
}

void annotation_reader_take(struct annotation_reader *reader, const char *comment, size_t length)
{
	const char *end = comment + length, *cursor = comment;

	if (take_word(&cursor, ANNOTATION_MAGIC)) {
		take_comment(reader, cursor, end);
	} else if (take_word(&cursor, MAGIC_1)) {
		if (*cursor == ' ' || cursor == end)
			take_pairs(reader, cursor, end, false);
	} else if (take_word(&cursor, STACK_MAGIC_1)) {
		take_stack_1(reader, cursor, end);
	}
}

static bool begins_with(const char *comment, size_t length, const char *magic)
{
	return length >= strlen(magic) && memcmp(comment, magic, strlen(magic)) == 0;
}

bool annotation_is_comment(const char *comment, size_t length)
{
	return begins_with(comment, length, ANNOTATION_MAGIC) ||
	       begins_with(comment, length, MAGIC_1) || begins_with(comment, length, STACK_MAGIC_1);
}

int annotation_parse(const char *text, struct drop_report *report, struct strbuf *storage)
{
	struct annotation_reader reader = { .storage = *storage };
	const char *frames = report->frames, *comment;
	size_t length;
	int err;

	annotation_reader_begin(&reader, report);
	while ((comment = annotation_next(&text, &length)))
		annotation_reader_take(&reader, comment, length);
	err = annotation_reader_end(&reader);
	report->frames = frames;
	*storage = reader.storage;
	reader.storage = (struct strbuf){ 0 };
	annotation_reader_free(&reader);
	return err;
}
