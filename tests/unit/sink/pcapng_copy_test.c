// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/pcapng_copy.h"
#include "report/report_reader.h"
#include "sink/sink.h"
#include "test.h"

static struct error error;
static int source = -1, target = -1;

static const char *path_of(int fd)
{
	static char paths[2][64];
	char *path = paths[fd == source];

	snprintf(path, sizeof(paths[0]), "/proc/self/fd/%d", fd);
	return path;
}

static void add(struct sink *sink, const char *from, uint64_t id, const char *frames)
{
	static uint64_t time_ns;
	struct drop_report report = { .timestamp_ns = ++time_ns, .frames = frames };

	report.packet =
		(struct packet){ .data = (const uint8_t *)"abcdefgh", .caplen = 8, .len = 90 };
	report_set_text(&report, KEY_event, "drop");
	report_set_number(&report, KEY_uid, time_ns);
	report_set_number(&report, KEY_ifindex, id % 2);
	report_set_text(&report, KEY_stack, from);
	report_set_number(&report, KEY_stack_id, id);
	sink->add(sink, &report);
}

static bool make_source(void)
{
	struct sink_pcapng_config config = { .comment = "how", .filter = "tcp", .snaplen = 256 };
	struct sink *sink;

	if (source >= 0)
		close(source);
	if (target >= 0)
		close(target);
	source = memfd_create("source", 0);
	target = memfd_create("target", 0);
	config.path = path_of(source);
	sink = sink_pcapng_open(&config, &error);
	if (!sink)
		return false;
	add(sink, "own", 1, "  a+0x1\n  b+0x2");
	add(sink, "sampled", 1, NULL);
	add(sink, "own", 2, "  c+0x1");
	add(sink, "sampled", 1, NULL);
	add(sink, "sampled", 2, NULL);
	add(sink, "sampled", 3, NULL);
	return sink->close(sink, 3) == 0;
}

/* Copies all blocks but the packets of a bit that is set. Returns the number of packets copied. */
static int copy_without(unsigned int left_out)
{
	struct pcapng_copy *copy = pcapng_copy_open(path_of(target), "elsewhere", &error);
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(source));
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;
	int packets = 0, copied = 0, err = copy ? 0 : -1;

	lseek(source, 0, SEEK_SET);
	while (!err && pcapng_reader_next(reader, &item) > 0) {
		if (report_reader_take(reports, &item, &report) == REPORT_NONE)
			err = pcapng_copy_block(copy, &item);
		else if (left_out >> packets++ & 1)
			continue;
		else if (copied++ >= 0)
			err = pcapng_copy_packet(copy, &item, &report,
						 report_reader_shared(reports));
	}
	report_reader_free(reports);
	pcapng_reader_free(reader);
	return pcapng_copy_close(copy) || err ? -1 : copied;
}

/* The frames of the copy's packets, in their order, "-" for none. */
static const char *frames_of_copy(void)
{
	static char text[1024];
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(target));
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;

	text[0] = '\0';
	lseek(target, 0, SEEK_SET);
	while (pcapng_reader_next(reader, &item) > 0) {
		if (report_reader_take(reports, &item, &report) != REPORT_WHOLE)
			continue;
		strcat(strcat(text, report.frames ? report.frames : "  -"), ";");
	}
	report_reader_free(reports);
	pcapng_reader_free(reader);
	return text;
}

TEST(whole_copy_is_the_same_file)
{
	static char a[65536], b[65536];
	ssize_t length;

	CHECK(make_source() && copy_without(0) == 6);
	length = pread(source, a, sizeof(a), 0);
	CHECK(length > 0 && pread(target, b, sizeof(b), 0) == length);
	CHECK(memcmp(a, b, (size_t)length) == 0);
}

TEST(stack_of_a_packet_left_out_goes_with_the_next)
{
	CHECK(make_source() && copy_without(1 << 0) == 5);
	CHECK_STR(frames_of_copy(), "  a+0x1\n  b+0x2;  c+0x1;  a+0x1\n  b+0x2;  c+0x1;  -;");
	CHECK(make_source() && copy_without(1 << 0 | 1 << 1 | 1 << 2) == 3);
	CHECK_STR(frames_of_copy(), "  a+0x1\n  b+0x2;  c+0x1;  -;");
}

/* The copy of a copy, too: a stack that was put to a sampled packet may be left out in its turn. */
TEST(part_of_a_part_keeps_its_stacks)
{
	int spare;

	CHECK(make_source() && copy_without(1 << 0) == 5);
	spare = source;
	source = target;
	target = spare;
	CHECK(ftruncate(target, 0) == 0 && copy_without(1 << 0) == 4);
	CHECK_STR(frames_of_copy(), "  c+0x1;  a+0x1\n  b+0x2;  c+0x1;  -;");
}

TEST(file_that_is_read_is_not_written)
{
	CHECK(make_source());
	CHECK(!pcapng_copy_open(path_of(source), path_of(source), &error));
	CHECK(strstr(error.text, "this is the file that is read"));
	CHECK(lseek(source, 0, SEEK_END) > 100);
	CHECK(!pcapng_copy_open("/no/such/dir/x", "y", &error) &&
	      strstr(error.text, "/no/such/dir/x"));
}
