// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "annotation.h"
#include "annotation_text.h"

/* The stack that is being written. */
struct open_stack {
	struct strbuf *text;
	uint64_t id;
	size_t count; /* of frames */
	size_t next;  /* number of the next frame, from 1 */
	size_t room;  /* bytes of a comment for lines, each after a newline */
};

size_t annotation_cut(const char *text, size_t length)
{
	size_t cut = length;

	if (!text[length])
		return length;
	while (cut && length - cut < 4 && ((unsigned char)text[cut] & 0xc0) == 0x80)
		cut--;
	return cut && length - cut < 4 ? cut : length;
}

/*
 * Sets the number of lines. Returns whether each is indented: one that is not, from a file, could
 * be taken for the beginning of a comment.
 */
static bool examine_lines(const char *lines, size_t *count)
{
	bool indented = *lines == ' ';

	for (*count = 1; (lines = strchr(lines, '\n')); ++*count)
		indented &= *++lines == ' ';
	return indented;
}

static void indent(const char *lines, struct strbuf *text)
{
	for (const char *end; lines; lines = *end ? end + 1 : NULL) {
		end = strchrnul(lines, '\n');
		strbuf_add(text, text->length ? "\n" : "");
		strbuf_add(text, *lines == ' ' ? "" : "  ");
		strbuf_add_bytes(text, lines, (size_t)(end - lines));
	}
}

/* Appends the words and the number. */
static void add_number(struct strbuf *text, const char *before, uint64_t number)
{
	strbuf_add(text, before);
	strbuf_add_number(text, number);
}

/* Begins a comment with the frames from the next one up to this one. */
static void begin_comment(const struct open_stack *stack, size_t last)
{
	struct strbuf *text = stack->text;

	if (text->length)
		strbuf_add_bytes(text, "\n", 1);
	add_number(text, ANNOTATION_MAGIC ANNOTATION_STACK_TITLE, stack->id);
	add_number(text, last == stack->next ? ", frame " : ", frames ", stack->next);
	if (last != stack->next)
		add_number(text, "-", last);
	add_number(text, " of ", stack->count);
}

static size_t digits(uint64_t number)
{
	size_t count = 1;

	while (number /= 10)
		count++;
	return count;
}

/* Returns the bytes that a comment has for lines, each after a newline. */
static size_t lines_room(const struct open_stack *stack)
{
	return COMMENT_MAX - strlen(ANNOTATION_MAGIC ANNOTATION_STACK_TITLE ", frames - of :") -
	       digits(stack->id) - 3 * digits(stack->count);
}

/* Writes one frame in several comments: each has the indentation and a part of the frame. */
static void split_frame(struct open_stack *stack, const char *frame, size_t length)
{
	size_t room = stack->room - strlen("\n  ") - strlen(", part 99999/99999"), at = 0;
	unsigned int part = 0, parts = 0;

	do {
		at += length - at <= room ? length - at : annotation_cut(frame + at, room);
		parts++;
	} while (at < length);
	at = 0;
	do {
		size_t cut = length - at <= room ? length - at : annotation_cut(frame + at, room);

		begin_comment(stack, stack->next);
		add_number(stack->text, ", part ", ++part);
		add_number(stack->text, "/", parts);
		strbuf_add(stack->text, ":\n  ");
		strbuf_add_bytes(stack->text, frame + at, cut);
		at += cut;
	} while (at < length && !stack->text->failed);
}

/* Writes one comment, or those of one long frame. Returns the rest of the lines; NULL: none. */
static const char *add_frames(struct open_stack *stack, const char *lines)
{
	const char *end = strchrnul(lines, '\n');
	size_t last = stack->next, indentation;

	if ((size_t)(end - lines) + 1 > stack->room) {
		indentation = strspn(lines, " ");
		split_frame(stack, lines + indentation, (size_t)(end - lines) - indentation);
	} else {
		for (; *end; last++) {
			const char *next_end = strchrnul(end + 1, '\n');

			if ((size_t)(next_end - lines) + 1 > stack->room)
				break;
			end = next_end;
		}
		begin_comment(stack, last);
		strbuf_add_bytes(stack->text, ":\n", 2);
		strbuf_add_bytes(stack->text, lines, (size_t)(end - lines));
	}
	stack->next = last + 1;
	return *end ? end + 1 : NULL;
}

static bool add_stack(const struct drop_report *report, const char *source, struct strbuf *text)
{
	const char *from = report_text(report, KEY_stack), *frames = report->frames;
	struct open_stack stack = { .text = text, .next = 1 };
	struct strbuf indented = { 0 };

	if (!frames || !*frames || !from || strcmp(from, source) != 0)
		return false;
	if (!examine_lines(frames, &stack.count)) {
		indent(frames, &indented);
		text->failed |= indented.failed;
		frames = strbuf_string(&indented);
	}
	stack.id = report_number(report, KEY_stack_id);
	stack.room = lines_room(&stack);
	while (frames && !text->failed)
		frames = add_frames(&stack, frames);
	strbuf_free(&indented);
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
