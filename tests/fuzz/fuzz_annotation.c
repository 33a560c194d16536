// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An annotation from any text, whose lines are comments: what was understood is written so that it
 * is understood the same, in comments that Wireshark shows whole.
 */
#include <errno.h>
#include <string.h>

#include "report/annotation.h"
#include "report/annotation_reader.h"
#include "fuzz.h"

static int read_comments(struct annotation_reader *reader, const char *text,
			 struct drop_report *report)
{
	const char *comment;
	size_t length;

	annotation_reader_begin(reader, report);
	while ((comment = annotation_next(&text, &length)))
		annotation_reader_take(reader, comment, length);
	return annotation_reader_end(reader);
}

static void write_comments(const struct drop_report *report, struct strbuf *text)
{
	const char *cursor;
	size_t length;

	annotation_format(report, text);
	if (!annotation_format_stack(report, text))
		annotation_repeat_stack(report, text);
	cursor = strbuf_string(text);
	while (annotation_next(&cursor, &length))
		PROPERTY(length <= COMMENT_MAX);
}

/* Unknown keys in parts come after the others: they change their place once. */
static void written_again_it_is_the_same(const struct drop_report *report)
{
	struct annotation_reader reader[2] = { { 0 }, { 0 } };
	struct drop_report back[2] = { { 0 }, { 0 } };
	struct strbuf text[3] = { { 0 }, { 0 }, { 0 } };

	write_comments(report, &text[0]);
	for (int i = 0; i < 2; i++) {
		PROPERTY(read_comments(&reader[i], strbuf_string(&text[i]), &back[i]) == 0);
		write_comments(&back[i], &text[i + 1]);
	}
	PROPERTY(strcmp(strbuf_string(&text[1]), strbuf_string(&text[2])) == 0);
	for (int i = 0; i < 2; i++)
		annotation_reader_free(&reader[i]);
	for (int i = 0; i < 3; i++)
		strbuf_free(&text[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct annotation_reader reader = { 0 };
	struct drop_report report = { 0 };
	char *text = malloc(length + 1);
	int result;

	PROPERTY(text);
	if (length)
		memcpy(text, bytes, length);
	text[length] = '\0';
	result = read_comments(&reader, text, &report);
	PROPERTY(result == 0 || result == -ENOENT || result == -EINVAL);
	if (result != -ENOENT)
		written_again_it_is_the_same(&report);
	annotation_reader_free(&reader);
	free(text);
	return 0;
}
