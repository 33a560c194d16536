// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "annotation.h"
#include "annotation_text.h"

/* The comment that is being written; offsets in the text. */
struct open_comment {
	struct strbuf *text;
	size_t start;
	size_t pairs; /* of its first pair */
	size_t group; /* of the first pair of the group that is being written */
	bool ended;   /* the next pair begins another comment */
};

struct pair {
	const char *title;  /* of its group */
	const char *prefix; /* " name=" */
	size_t prefix_length;
	enum value_type type;
	uint64_t number;
	const char *text;
};

static const char *reset_title(const struct drop_report *report)
{
	const char *dir = report_text(report, KEY_dir);

	return dir && strcmp(dir, "in") == 0 ? "Reset received" : "Reset sent";
}

/* The event in words. */
static const char *event_title(const struct drop_report *report)
{
	const char *event = report_text(report, KEY_event);

	if (event && strcmp(event, "drop") == 0)
		return "Packet dropped";
	if (event && strcmp(event, "retransmit") == 0)
		return report->values[KEY_err].present ? "Retransmission failed"
						       : "Segment retransmitted";
	if (event && strcmp(event, "synack") == 0)
		return "SYN-ACK retransmitted";
	if (event && strcmp(event, "tlp") == 0)
		return "Loss probe sent";
	if (event && strcmp(event, "reset") == 0)
		return reset_title(report);
	if (event && strcmp(event, "state") == 0)
		return "State changed";
	if (event && strcmp(event, "life") == 0)
		return "Connection ended";
	return group_titles[GROUP_EVENT];
}

/* Begins a comment at the end of the text. */
static void begin_comment(struct open_comment *comment, const char *title)
{
	struct strbuf *text = comment->text;

	if (text->length)
		strbuf_add_bytes(text, "\n", 1);
	comment->start = text->length;
	strbuf_add_bytes(text, ANNOTATION_MAGIC, strlen(ANNOTATION_MAGIC));
	strbuf_add(text, title);
	strbuf_add_bytes(text, ":", 1);
	comment->pairs = comment->group = text->length;
	comment->ended = false;
}

/* Begins a comment before what was written from this offset on. */
static void begin_comment_at(struct open_comment *comment, size_t at, const char *title)
{
	struct strbuf *text = comment->text, moved = { 0 };

	strbuf_add_bytes(&moved, text->data + at, text->length - at);
	text->length = at;
	begin_comment(comment, title);
	strbuf_add_bytes(text, strbuf_string(&moved), moved.length);
	text->failed |= moved.failed;
	strbuf_free(&moved);
}

/* Appends the longest beginning of a value that takes room bytes at most; returns its length. */
static size_t add_beginning(struct strbuf *text, const char *value, size_t room)
{
	size_t start = text->length, length = strnlen(value, room);
	struct strbuf part = { 0 };

	for (;;) {
		length = annotation_cut(value, length);
		strbuf_clear(&part);
		strbuf_add_bytes(&part, value, length);
		strbuf_add_logfmt(text, strbuf_string(&part));
		if (text->length - start <= room || part.failed || text->failed)
			break;
		/* Each byte takes one to four: less than that is surely too much. */
		length = length * room / (text->length - start + 1);
		text->length = start;
	}
	text->failed |= part.failed;
	strbuf_free(&part);
	return length;
}

/* The bytes that a part of the value may take. */
static size_t part_room(const struct pair *pair)
{
	return COMMENT_MAX - strlen(ANNOTATION_MAGIC) - strlen(pair->title) -
	       strlen(":[99999/99999]") - pair->prefix_length;
}

static unsigned int count_parts(const struct pair *pair, struct strbuf *text)
{
	struct strbuf scratch = { 0 };
	const char *value = pair->text;
	unsigned int count = 0;

	do {
		strbuf_clear(&scratch);
		value += add_beginning(&scratch, value, part_room(pair));
		count++;
	} while (*value && !scratch.failed);
	text->failed |= scratch.failed;
	strbuf_free(&scratch);
	return count;
}

/* Writes a value that no comment has room for; each part is a comment of its own. */
static void split_value(struct open_comment *comment, const struct pair *pair)
{
	struct strbuf *text = comment->text;
	unsigned int count = count_parts(pair, text);
	const char *value = pair->text;

	for (unsigned int part = 1; part <= count && !text->failed; part++) {
		if (part > 1)
			begin_comment(comment, pair->title);
		strbuf_add_bytes(text, pair->prefix, pair->prefix_length - 1);
		strbuf_addf(text, "[%u/%u]=", part, count);
		value += add_beginning(text, value, part_room(pair));
	}
	comment->ended = true;
}

static bool is_too_long(const struct open_comment *comment)
{
	return comment->text->length - comment->start > COMMENT_MAX && !comment->text->failed;
}

/*
 * Makes a comment that has become too long with its last pair, from offset at on, two: the group
 * moves into the next one if that was not its beginning already, else the pair.
 */
static void shorten(struct open_comment *comment, const struct pair *pair, size_t at)
{
	size_t of_group = at - comment->group;

	if (comment->group > comment->pairs) {
		begin_comment_at(comment, comment->group, pair->title);
		at = comment->pairs + of_group;
	}
	if (is_too_long(comment) && at > comment->pairs) {
		begin_comment_at(comment, at, pair->title);
		at = comment->pairs;
	}
	if (is_too_long(comment)) {
		comment->text->length = at;
		split_value(comment, pair);
	}
}

static void add_pair(struct open_comment *comment, const struct pair *pair)
{
	struct strbuf *text = comment->text;
	size_t at;

	if (comment->ended)
		begin_comment(comment, pair->title);
	at = text->length;
	strbuf_add_bytes(text, pair->prefix, pair->prefix_length);
	if (pair->type == VALUE_NUMBER)
		strbuf_add_number(text, pair->number);
	else
		strbuf_add_logfmt(text, pair->text);
	if (is_too_long(comment))
		shorten(comment, pair, at);
}

/* The keys that this version does not know, as the file has them. */
static void add_unknown(struct open_comment *comment, const char *unknown)
{
	struct strbuf prefix = { 0 };

	comment->group = comment->text->length;
	while (*unknown) {
		struct pair pair = { .title = "Other", .type = VALUE_TEXT };

		strbuf_clear(&prefix);
		strbuf_addf(&prefix, " %s=", unknown);
		pair.prefix = strbuf_string(&prefix);
		pair.prefix_length = prefix.length;
		pair.text = unknown + strlen(unknown) + 1;
		if (!prefix.failed)
			add_pair(comment, &pair);
		comment->text->failed |= prefix.failed;
		unknown = pair.text + strlen(pair.text) + 1;
	}
	strbuf_free(&prefix);
}

void annotation_format(const struct drop_report *report, struct strbuf *text)
{
	struct open_comment comment = { .text = text };
	enum key_group group = GROUP_EVENT;

	begin_comment(&comment, event_title(report));
	for (enum key key = 0; key < KEY_COUNT; key++) {
		const struct value *value = &report->values[key];
		const struct key_info *info = &key_table[key];
		struct pair pair;

		if (!value->present)
			continue;
		if (info->group != group)
			comment.group = text->length;
		group = info->group;
		pair = (struct pair){ group_titles[group], info->pair,	  info->name_length + 2,
				      info->type,	   value->number, value->text };
		add_pair(&comment, &pair);
	}
	if (report->unknown)
		add_unknown(&comment, report->unknown);
}

const char *annotation_next(const char **cursor, size_t *length)
{
	const char *start = *cursor, *end = start;

	if (!*start)
		return NULL;
	/* The frames of a stack are indented. */
	while ((end = strchrnul(end, '\n')), *end && end[1] == ' ')
		end++;
	*length = (size_t)(end - start);
	*cursor = *end ? end + 1 : end;
	return start;
}
