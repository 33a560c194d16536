// SPDX-License-Identifier: GPL-2.0-or-later
/* Comments of others, damaged annotations, and whose stack a comment is. */
#include <sys/socket.h>
#include <unistd.h>

#include "report/report_reader.h"
#include "report_file.h"
#include "test.h"

/* A packet with these comments, after a section and an interface of its own. */
static int take_comments(const char *first, const char *second, struct drop_report *report,
			 struct report_reader *from)
{
	struct pcapng_option list[2] = { { .code = PCAPNG_OPT_COMMENT, .value = first },
					 { .code = PCAPNG_OPT_COMMENT, .value = second } };
	struct pcapng_packet packet = { .caplen = 4, .len = 4, .data = "abcd" };
	struct pcapng_options none = { NULL, 0 };
	struct pcapng_writer *writer;
	static struct pcapng_reader *reader;
	struct pcapng_item item;
	uint32_t id;
	int kind = REPORT_NONE;

	list[0].length = (uint16_t)strlen(first);
	if (second)
		list[1].length = (uint16_t)strlen(second);
	packet.options = (struct pcapng_options){ list, second ? 2 : 1 };
	new_report_file();
	writer = pcapng_writer_new(pcapng_target_fd(report_fd));
	pcapng_writer_add_section(writer, none);
	pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 0, none, &id);
	pcapng_writer_add_packet(writer, &packet);
	pcapng_writer_free(writer);
	lseek(report_fd, 0, SEEK_SET);
	pcapng_reader_free(reader);
	reader = pcapng_reader_new(pcapng_source_fd(report_fd));
	while (kind == REPORT_NONE && pcapng_reader_next(reader, &item) > 0)
		kind = report_reader_take(from, &item, report);
	return kind;
}

TEST(foreign_comments_are_ignored)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;

	CHECK(take_comments("a note", NULL, &report, from) == REPORT_PLAIN);
	CHECK(report.packet.len == 4 && !report_has(&report, KEY_event));
	CHECK(take_comments("a note", "tcpdropcap/1 event=drop", &report, from) == REPORT_WHOLE);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK(take_comments("tcpdropcap/1 event=drop", "a note\nstack 1", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	report_reader_free(from);
}

TEST(damage_keeps_the_events_before_it)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;

	CHECK(take_comments("tcpdropcap/1 event=drop cpu=x uid=3", NULL, &report, from) ==
	      REPORT_DAMAGED);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK(!report_has(&report, KEY_uid));
	report_reader_free(from);
}

TEST(stack_of_another_number_is_not_the_reports)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;

	CHECK(take_comments("tcpdropcap/1 stack=own stack_id=5", "stack 6\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	CHECK(take_comments("tcpdropcap/1 stack=own stack_id=5", "stack 5\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK_STR(report.frames, "  a");
	CHECK(take_comments("stack 5\n  a", "tcpdropcap/1 stack=own stack_id=5", &report, from) ==
	      REPORT_WHOLE);
	CHECK_STR(report.frames, "  a");
	CHECK(take_comments("tcpdropcap/1 stack=none stack_id=5", "stack 5\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	CHECK(take_comments("tcpdropcap/1 stack=own stack_id=5", "stack 5x\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	/* In a part of a file, the frames of a sampled stack may be in the same packet. */
	CHECK(take_comments("tcpdropcap/1 stack=sampled stack_id=5", "stack 5\n  a", &report,
			    from) == REPORT_WHOLE);
	CHECK_STR(report.frames, "  a");
	CHECK(!report_reader_shared(from));
	report_reader_free(from);
}

/* A second file after the first: its numbers are independent. */
TEST(sections_share_no_stacks)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;
	struct pcapng_reader *reader;
	struct pcapng_item item;
	char bytes[65536];
	size_t sampled = 0;
	ssize_t length;

	report_count = 0;
	give_stack(add_report(AF_INET), "own", 1, "  a");
	give_stack(add_report(AF_INET), "sampled", 1, NULL);
	CHECK(write_reports(3));
	length = pread(report_fd, bytes, sizeof(bytes), 0);
	report_count = 0;
	give_stack(add_report(AF_INET), "sampled", 1, NULL);
	CHECK(write_reports(5));
	length += pread(report_fd, bytes + length, sizeof(bytes) - (size_t)length, 0);
	reader = pcapng_reader_new_memory(bytes, (size_t)length);
	while (pcapng_reader_next(reader, &item) > 0) {
		if (report_reader_take(from, &item, &report) == REPORT_WHOLE &&
		    strcmp(report_text(&report, KEY_stack), "sampled") == 0) {
			CHECK(!report.frames == (sampled == 1));
			CHECK(report_reader_shared(from) == (sampled == 0));
			sampled++;
		}
	}
	CHECK(sampled == 2 && report_reader_lost(from) == 8);
	pcapng_reader_free(reader);
	report_reader_free(from);
}
