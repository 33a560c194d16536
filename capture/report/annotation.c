// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "annotation.h"

#define MAGIC	    "tcpdropcap/1"
#define STACK_MAGIC "stack "

void annotation_format(const struct drop_report *report, struct strbuf *text)
{
	strbuf_add(text, MAGIC);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		const struct value *value = &report->values[key];
		const struct key_info *info = &key_table[key];

		if (!value->present)
			continue;
		strbuf_add_bytes(text, info->pair, info->name_length + 2);
		if (info->type == VALUE_NUMBER)
			strbuf_add_number(text, value->number);
		else
			strbuf_add_logfmt(text, value->text);
	}
}

static bool add_stack(const struct drop_report *report, const char *source, struct strbuf *text)
{
	const char *from = report_text(report, KEY_stack);

	if (!report->frames || !from || strcmp(from, source) != 0)
		return false;
	strbuf_add(text, STACK_MAGIC);
	strbuf_add_number(text, report_number(report, KEY_stack_id));
	strbuf_add_bytes(text, "\n", 1);
	strbuf_add(text, report->frames);
	return true;
}

bool annotation_format_stack(const struct drop_report *report, struct strbuf *text)
{
	return add_stack(report, "own", text);
}

bool annotation_repeat_stack(const struct drop_report *report, struct strbuf *text)
{
	return add_stack(report, "sampled", text);
}

const char *annotation_find_frames(const char *comment, const struct drop_report *report)
{
	char *end;

	if (strncmp(comment, STACK_MAGIC, strlen(STACK_MAGIC)) != 0)
		return NULL;
	comment += strlen(STACK_MAGIC);
	if (*comment < '0' || *comment > '9' || !report->values[KEY_stack_id].present ||
	    strtoull(comment, &end, 10) != report_number(report, KEY_stack_id) || *end != '\n')
		return NULL;
	return end + 1;
}

static int parse_number(const char *text, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return *end || errno ? -EINVAL : 0;
}

/*
 * Parses one key=value. A text's offset in storage stands in for its address, which may still move.
 */
static int parse_pair(const char **cursor, struct drop_report *report, struct strbuf *storage)
{
	size_t length = strcspn(*cursor, "= "), start = storage->length;
	enum key key = key_find(*cursor, length);
	struct value value = { .present = true };
	int err;

	if (!length || (*cursor)[length] != '=')
		return -EINVAL;
	*cursor += length + 1;
	err = strbuf_parse_logfmt(storage, cursor);
	if (err || key == KEY_COUNT)
		return err;
	strbuf_add_bytes(storage, "", 1);
	if (storage->failed)
		return -ENOMEM;
	if (report->values[key].present)
		return -EINVAL;
	if (key_table[key].type == VALUE_NUMBER)
		err = parse_number(storage->data + start, &value.number);
	else
		value.number = start;
	if (!err)
		report->values[key] = value;
	return err;
}

int annotation_parse(const char *comment, struct drop_report *report, struct strbuf *storage)
{
	size_t magic = strlen(MAGIC);
	int err = 0;

	if (strncmp(comment, MAGIC, magic) != 0 || !strchr(" ", comment[magic]))
		return -ENOENT;
	memset(report->values, 0, sizeof(report->values));
	strbuf_clear(storage);
	for (comment += magic; !err && *comment;)
		err = *comment++ == ' ' ? parse_pair(&comment, report, storage) : -EINVAL;
	if (storage->failed)
		return -ENOMEM;
	for (enum key key = 0; key < KEY_COUNT; key++) {
		struct value *value = &report->values[key];

		if (value->present && key_table[key].type == VALUE_TEXT)
			value->text = storage->data + value->number;
	}
	return err;
}
