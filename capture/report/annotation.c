// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "annotation.h"
#include "annotation_text.h"

#define PART_MIN    8 /* bytes that a part needs for one byte of the value, quoted and escaped */
#define HEAD(title) ANNOTATION_MAGIC title ":" /* the start of a comment */

static const char *const group_heads[GROUP_COUNT] = {
#define GROUP(id, title) [GROUP_##id] = HEAD(title),
	ANNOTATION_GROUPS(GROUP)
#undef GROUP
};

/* The comment that is being written; offsets in the text. */
struct open_comment {
	struct strbuf *text;
	size_t start;
	size_t pairs; /* of its first pair */
	size_t group; /* of the first pair of the group that is being written */
	bool ended;   /* the next pair has to begin another comment */
};

struct pair {
	const char *head;   /* of the comments of its group */
	const char *prefix; /* " name=" */
	size_t prefix_length;
	const char *text; /* the value; only text can be too long for a comment */
};

static const char *reset_head(const struct drop_report *report)
{
	const char *dir = report_text(report, KEY_dir);

	return dir && strcmp(dir, "in") == 0 ? HEAD("Reset received") : HEAD("Reset sent");
}

/* Returns the start of the first comment, which has the event in words. */
static const char *event_head(const struct drop_report *report)
{
	const char *event = report_text(report, KEY_event);

	if (event && strcmp(event, "drop") == 0)
		return HEAD("Packet dropped");
	if (event && strcmp(event, "retransmit") == 0)
		return report_has(report, KEY_err) ? HEAD("Retransmission failed")
						   : HEAD("Segment retransmitted");
	if (event && strcmp(event, "synack") == 0)
		return HEAD("SYN-ACK retransmitted");
	if (event && strcmp(event, "tlp") == 0)
		return HEAD("Loss probe sent");
	if (event && strcmp(event, "reset") == 0)
		return reset_head(report);
	if (event && strcmp(event, "state") == 0)
		return HEAD("State changed");
	if (event && strcmp(event, "life") == 0)
		return HEAD("Connection ended");
	return group_heads[GROUP_EVENT];
}

/* Begins a comment with the text that was written from this offset on. */
static void begin_comment_at(struct open_comment *comment, size_t at, const char *head)
{
	if (at)
		strbuf_insert(comment->text, at++, "\n");
	strbuf_insert(comment->text, at, head);
	comment->start = at;
	comment->pairs = comment->group = at + strlen(head);
	comment->ended = false;
}

static void begin_comment(struct open_comment *comment, const char *head)
{
	begin_comment_at(comment, comment->text->length, head);
}

/*
 * Appends the longest beginning of a value that takes room bytes at most, and no more than
 * COMMENT_MAX. Returns how much of the value that is.
 */
static size_t add_beginning(struct strbuf *text, const char *value, size_t room)
{
	size_t start = text->length, length = strnlen(value, room);
	char part[COMMENT_MAX + 1];

	for (;;) {
		length = annotation_cut(value, length);
		*(char *)mempcpy(part, value, length) = '\0';
		strbuf_add_logfmt(text, part);
		if (text->length - start <= room || text->failed)
			return length;
		/*
		 * Proportionally shorter. A byte takes one to four, so that it may still be too
		 * long.
		 */
		length = length * room / (text->length - start + 1);
		text->length = start;
	}
}

/*
 * Returns the bytes that a part of the value may take. If the name of an unknown key leaves less
 * than one escaped byte in quotes needs, the comments become longer than they should be.
 */
static size_t part_room(const struct pair *pair)
{
	size_t taken = strlen(pair->head) + strlen("[99999/99999]") + pair->prefix_length;

	return taken + PART_MIN <= COMMENT_MAX ? COMMENT_MAX - taken : COMMENT_MAX;
}

/* Returns the number of parts that the value needs. The text stays unchanged. */
static unsigned int count_parts(const struct pair *pair, struct strbuf *text)
{
	const char *value = pair->text;
	size_t start = text->length;
	unsigned int count = 0;

	do {
		value += add_beginning(text, value, part_room(pair));
		text->length = start;
		count++;
	} while (*value && !text->failed);
	return count;
}

/* Writes a value that is too long for a comment: each part is in a comment of its own. */
static void split_value(struct open_comment *comment, const struct pair *pair)
{
	struct strbuf *text = comment->text;
	unsigned int count = count_parts(pair, text);
	const char *value = pair->text;

	for (unsigned int part = 1; part <= count && !text->failed; part++) {
		if (part > 1)
			begin_comment(comment, pair->head);
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
 * Divides a comment that has become too long by its last pair, which begins at this offset. The
 * group of the pair moves into a comment of its own, unless the comment has this group alone; if it
 * is still too long, the pair moves; if that is too long by itself, its value is split. Not inline,
 * so that the usual path, on which no comment is too long, need not save its registers.
 */
static __attribute__((noinline)) void shorten(struct open_comment *comment, const struct pair *pair,
					      size_t at)
{
	size_t of_group = at - comment->group;

	if (comment->group > comment->pairs) {
		begin_comment_at(comment, comment->group, pair->head);
		at = comment->pairs + of_group;
	}
	if (is_too_long(comment) && at > comment->pairs) {
		begin_comment_at(comment, at, pair->head);
		at = comment->pairs;
	}
	if (is_too_long(comment)) {
		comment->text->length = at;
		split_value(comment, pair);
	}
}

static void add_key(struct open_comment *comment, const struct key_info *info,
		    const union value *value)
{
	struct strbuf *text = comment->text;
	size_t at;

	if (comment->ended)
		begin_comment(comment, group_heads[info->group]);
	at = text->length;
	strbuf_add_array(text, info->pair, info->pair_length);
	if (info->type == VALUE_NUMBER)
		strbuf_add_number(text, value->number);
	else
		strbuf_add_logfmt(text, value->text);
	if (is_too_long(comment))
		shorten(comment,
			&(struct pair){ group_heads[info->group], info->pair, info->pair_length,
					value->text },
			at);
}

/* Writes the keys that this version does not know, as they are in the file. */
static void add_unknown(struct open_comment *comment, const char *unknown)
{
	struct strbuf *text = comment->text, prefix = { 0 };
	struct pair pair = { .head = HEAD("Other") };

	comment->group = text->length;
	while (*unknown) {
		size_t at;

		if (comment->ended)
			begin_comment(comment, pair.head);
		at = text->length;
		strbuf_clear(&prefix);
		strbuf_addf(&prefix, " %s=", unknown);
		text->failed |= prefix.failed;
		pair.prefix = strbuf_string(&prefix);
		pair.prefix_length = prefix.length;
		pair.text = unknown + strlen(unknown) + 1;
		strbuf_add_bytes(text, pair.prefix, pair.prefix_length);
		strbuf_add_logfmt(text, pair.text);
		if (is_too_long(comment))
			shorten(comment, &pair, at);
		unknown = pair.text + strlen(pair.text) + 1;
	}
	strbuf_free(&prefix);
}

void annotation_format(const struct drop_report *report, struct strbuf *text)
{
	struct open_comment comment = { .text = text };
	enum key_group group = GROUP_EVENT;

	begin_comment(&comment, event_head(report));
	for (enum key key = 0; (key = report_next(report, key)) < KEY_COUNT; key++) {
		const struct key_info *info = &key_table[key];

		if (info->group != group)
			comment.group = text->length;
		group = info->group;
		add_key(&comment, info, &report->values[key]);
	}
	if (report->unknown)
		add_unknown(&comment, report->unknown);
}

const char *annotation_next(const char **cursor, size_t *length)
{
	const char *start = *cursor, *end = start;

	if (!*start)
		return NULL;
	/* An indented line is a frame of a stack, and belongs to the same comment. */
	while ((end = strchrnul(end, '\n')), *end && end[1] == ' ')
		end++;
	*length = (size_t)(end - start);
	*cursor = *end ? end + 1 : end;
	return start;
}
