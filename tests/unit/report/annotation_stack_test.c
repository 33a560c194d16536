// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "report/annotation.h"
#include "report/annotation_reader.h"
#include "test.h"

static struct drop_report stack_report(const char *source, const char *frames)
{
	struct drop_report report = { .frames = frames };

	report_set_text(&report, KEY_stack, source);
	report_set_number(&report, KEY_stack_id, 12);
	return report;
}

TEST(stack_is_written_where_the_packet_has_its_own)
{
	struct drop_report one = { .frames = "  a+0x1 [m]\n  b+0x2" };
	struct strbuf text = { 0 };

	report_set_number(&one, KEY_stack_id, 12);
	CHECK(!annotation_format_stack(&one, &text));
	report_set_text(&one, KEY_stack, "sampled");
	CHECK(!annotation_format_stack(&one, &text));
	report_set_text(&one, KEY_stack, "none");
	CHECK(!annotation_format_stack(&one, &text));
	CHECK(text.length == 0);
	report_set_text(&one, KEY_stack, "own");
	CHECK(annotation_format_stack(&one, &text));
	CHECK_STR(strbuf_string(&text),
		  "tcpdropcap/2 Stack 12, frames 1-2 of 2:\n  a+0x1 [m]\n  b+0x2");
	strbuf_clear(&text);
	one.frames = "  a+0x1";
	CHECK(annotation_format_stack(&one, &text));
	CHECK_STR(strbuf_string(&text), "tcpdropcap/2 Stack 12, frame 1 of 1:\n  a+0x1");
	one.frames = NULL;
	strbuf_clear(&text);
	CHECK(!annotation_format_stack(&one, &text));
	CHECK(text.length == 0);
	strbuf_free(&text);
}

/* Reads the comments of a text in this order: the first, the third, ..., then the others. */
static int read_shuffled(struct annotation_reader *reader, struct drop_report *report,
			 const char *text)
{
	annotation_reader_begin(reader, report);
	for (size_t first = 0; first < 2; first++) {
		const char *cursor = text, *comment;
		size_t length;

		for (size_t i = 0; (comment = annotation_next(&cursor, &length)); i++) {
			if (i % 2 == first)
				annotation_reader_take(reader, comment, length);
		}
	}
	return annotation_reader_end(reader);
}

/* Whether the frames read back, and no comment is too long. */
static bool reads_back(const char *frames)
{
	struct drop_report one = stack_report("own", frames), back = { 0 };
	struct annotation_reader reader = { 0 };
	struct strbuf text = { 0 };
	const char *cursor;
	size_t length;
	bool good;

	annotation_format(&one, &text);
	annotation_format_stack(&one, &text);
	cursor = strbuf_string(&text);
	for (good = true; annotation_next(&cursor, &length);)
		good &= length <= COMMENT_MAX;
	good &= read_shuffled(&reader, &back, strbuf_string(&text)) == 0 && back.frames &&
		strcmp(back.frames, frames) == 0;
	if (!good)
		printf("# %s\n", strbuf_string(&text));
	annotation_reader_free(&reader);
	strbuf_free(&text);
	return good;
}

TEST(stacks_of_any_length_read_back)
{
	for (size_t count = 1; count < 200; count++) {
		struct strbuf frames = { 0 };

		for (size_t i = 0; i < count; i++)
			strbuf_addf(&frames, "%s  function_%zu+0x%zx", i ? "\n" : "", i * 7919, i);
		CHECK(reads_back(strbuf_string(&frames)));
		strbuf_free(&frames);
	}
}

TEST(frames_longer_than_a_comment_read_back)
{
	for (size_t length = 150; length < 1000; length += 7) {
		struct strbuf frames = { 0 };

		strbuf_add(&frames, "  first+0x1\n  ");
		for (size_t i = 0; i < length; i++)
			strbuf_add(&frames, i % 2 ? "\xc3\xa9" : "x");
		strbuf_add(&frames, "\n  last+0x1");
		CHECK(reads_back(strbuf_string(&frames)));
		strbuf_free(&frames);
	}
}

TEST(frame_that_is_not_indented_forges_no_comment)
{
	struct drop_report one = stack_report("own",
					      "a\ntcpdropcap/2 Packet dropped: event=drop\n");
	struct strbuf text = { 0 };

	CHECK(annotation_format_stack(&one, &text));
	CHECK_STR(strbuf_string(&text), "tcpdropcap/2 Stack 12, frames 1-3 of 3:\n  a\n"
					"  tcpdropcap/2 Packet dropped: event=drop\n  ");
	strbuf_free(&text);
}

#define PAIRS "tcpdropcap/2 Event: stack=own stack_id=5\n"

TEST(stack_of_which_a_part_is_missing_is_absent)
{
	static const char *const faults[] = {
		"tcpdropcap/2 Stack 5, frames 2-3 of 3:\n  b\n  c",
		"tcpdropcap/2 Stack 5, frames 1-2 of 3:\n  a\n  b",
		"tcpdropcap/2 Stack 5, frames 1-2 of 2:\n  a",
		"tcpdropcap/2 Stack 5, frames 1-2 of 2:\n  a\n  b\n  c",
		"tcpdropcap/2 Stack 5, frames 0-1 of 1:\n  a\n  b",
		"tcpdropcap/2 Stack 5, frames 2-1 of 2:\n  a\n  b",
		"tcpdropcap/2 Stack 5, frames 1-3 of 2:\n  a\n  b\n  c",
		"tcpdropcap/2 Stack 5, frame 1 of 1, part 1/2:\n  a",
		"tcpdropcap/2 Stack 5, frame 1 of 1, part 2/2:\n  a",
		"tcpdropcap/2 Stack 5, frame 1 of 1, part 0/1:\n  a",
		"tcpdropcap/2 Stack 5, frame 1 of 1, part 3/2:\n  a",
		"tcpdropcap/2 Stack 5, frame 1 of 1:",
		"tcpdropcap/2 Stack 5, frame 1 of 1",
		"tcpdropcap/2 Stack 5:\n  a",
		"tcpdropcap/2 Stack 5, frame 1 of 2:\n  a\n"
		"tcpdropcap/2 Stack 5, frame 2 of 3:\n  b",
		"tcpdropcap/2 Stack 5, frame 1 of 1:\n  a\n"
		"tcpdropcap/2 Stack 5, frame 1 of 1:\n  a",
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct annotation_reader reader = { 0 };
		struct drop_report back = { 0 };
		struct strbuf text = { 0 };

		strbuf_addf(&text, PAIRS "%s", faults[i]);
		CHECK(read_shuffled(&reader, &back, strbuf_string(&text)) == -EINVAL);
		CHECK(!back.frames);
		CHECK_STR(report_text(&back, KEY_stack), "own");
		annotation_reader_free(&reader);
		strbuf_free(&text);
	}
}

TEST(stack_comment_alone_is_no_annotation)
{
	struct annotation_reader reader = { 0 };
	struct drop_report back = { 0 };

	CHECK(read_shuffled(&reader, &back, "tcpdropcap/2 Stack 5, frame 1 of 1:\n  a") == -ENOENT);
	CHECK(!back.frames);
	CHECK(read_shuffled(&reader, &back,
			    "tcpdropcap/2 Event: stack=own stack_id=6\n"
			    "tcpdropcap/2 Stack 5, frame 1 of 1:\n  a") == 0);
	CHECK(!back.frames);
	annotation_reader_free(&reader);
}

TEST(comments_of_a_text_are_taken_apart)
{
	const char *cursor =
			   "tcpdropcap/2 A: a=1\ntcpdropcap/2 Stack 1, frames 1-2 of 2:\n  a\n  b\n"
			   "tcpdropcap/2 B: b=1",
		   *comment;
	size_t length;

	comment = annotation_next(&cursor, &length);
	CHECK(comment && length == strlen("tcpdropcap/2 A: a=1"));
	comment = annotation_next(&cursor, &length);
	CHECK(comment && length == strlen("tcpdropcap/2 Stack 1, frames 1-2 of 2:\n  a\n  b"));
	comment = annotation_next(&cursor, &length);
	CHECK(comment && length == strlen("tcpdropcap/2 B: b=1"));
	CHECK(!annotation_next(&cursor, &length));
}
