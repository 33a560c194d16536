// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The intervals that the format promises (tcpdropcap(8), FILES): the text of a stack at least once
 * a second, the statistics of an interface every ten seconds. The clock is this file's.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "sink/sink.h"
#include "test.h"

#define SECOND 1000000000ULL

static time_t passed_s;
static int fd = -1;
static struct error error;
static uint8_t frame[66];

/* In place of the C library's. */
int clock_gettime(clockid_t id, struct timespec *now)
{
	*now = (struct timespec){ (id == CLOCK_REALTIME ? 1700000000 : 1000) + passed_s, 0 };
	return 0;
}

static struct sink *open_sink(void)
{
	char path[64];
	struct sink_pcapng_config config = { .path = path, .comment = "", .snaplen = 256 };

	if (fd >= 0)
		close(fd);
	fd = memfd_create("sink_pcapng", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	passed_s = 0;
	return sink_pcapng_open(&config, &error);
}

static struct drop_report make_report(uint64_t timestamp_ns)
{
	struct drop_report report = { .timestamp_ns = timestamp_ns, .ifname = "eth0" };

	packet_parse(&report.packet, frame, sizeof(frame), sizeof(frame));
	report_set_text(&report, KEY_event, "drop");
	return report;
}

/* Adds an event with a stack; returns how often the file has its text then. */
static size_t texts_after(struct sink *sink, uint64_t timestamp_ns, const char *source)
{
	static const char text[] = "first_function+0x1";
	struct drop_report report = make_report(timestamp_ns);
	static char file[1 << 16];
	const char *at = file;
	size_t count = 0;
	ssize_t length;

	report_set_text(&report, KEY_stack, source);
	report_set_number(&report, KEY_stack_id, 12);
	report.frames = "  first_function+0x1\n  second_function+0x2";
	if (sink->add(sink, &report) || sink->tick(sink))
		return 0;
	length = pread(fd, file, sizeof(file), 0);
	while (length > 0 && (at = memmem(at, (size_t)(file + length - at), text, strlen(text)))) {
		count++;
		at++;
	}
	return count;
}

TEST(text_of_a_sampled_stack_is_repeated_after_a_second)
{
	const uint64_t start = 1700000000 * SECOND;
	struct sink *sink = open_sink();

	CHECK(sink && texts_after(sink, start, "own") == 1);
	CHECK(texts_after(sink, start + 1, "sampled") == 1);
	CHECK(texts_after(sink, start + SECOND - 1, "sampled") == 1);
	CHECK(texts_after(sink, start + SECOND, "sampled") == 2);
	CHECK(texts_after(sink, start + 2 * SECOND - 1, "sampled") == 2);
	CHECK(texts_after(sink, start + 2 * SECOND, "sampled") == 3);
	CHECK(sink->close(sink, 0) == 0);
}

/* The statistics blocks of the file. */
static size_t count_statistics(void)
{
	static uint8_t file[1 << 16];
	size_t count = 0;
	ssize_t length;

	length = pread(fd, file, sizeof(file), 0);
	for (ssize_t at = 0; at + 8 <= length;) {
		uint32_t head[2];

		memcpy(head, file + at, sizeof(head));
		count += head[0] == 5;
		at += head[1];
	}
	return count;
}

/* The same after so many seconds. */
static size_t statistics_after(struct sink *sink, time_t seconds)
{
	passed_s = seconds;
	if (sink->tick(sink) || sink->tick(sink)) /* what a tick adds is written by the next one */
		return 99;
	return count_statistics();
}

TEST(statistics_are_written_every_ten_seconds)
{
	struct drop_report report = make_report(SECOND);
	struct sink *sink = open_sink();

	CHECK(sink && sink->add(sink, &report) == 0);
	CHECK(statistics_after(sink, 9) == 0);
	CHECK(statistics_after(sink, 10) == 1);
	CHECK(sink->add(sink, &report) == 0);
	CHECK(statistics_after(sink, 19) == 1);
	CHECK(statistics_after(sink, 20) == 2);
	CHECK(sink->close(sink, 0) == 0);
}

TEST(statistics_that_have_not_changed_are_not_repeated)
{
	struct drop_report report = make_report(SECOND);
	struct sink *sink = open_sink();

	CHECK(sink && sink->add(sink, &report) == 0);
	CHECK(statistics_after(sink, 11) == 1);
	CHECK(statistics_after(sink, 3600) == 1);
	CHECK(sink->close(sink, 0) == 0);
}

static void add_of_device(struct sink *sink, const char *name)
{
	struct drop_report report = make_report(SECOND);

	report.ifname = name;
	CHECK(sink->add(sink, &report) == 0);
}

/* Of two devices, one of which is gone; the block at the end is that of the last event. */
TEST(idle_interface_has_its_last_statistics_once)
{
	struct sink *sink = open_sink();

	CHECK(sink);
	add_of_device(sink, "veth1");
	CHECK(statistics_after(sink, 10) == 1);
	add_of_device(sink, "eth0");
	CHECK(statistics_after(sink, 20) == 2);
	add_of_device(sink, "eth0");
	CHECK(statistics_after(sink, 25) == 2);
	CHECK(sink->close(sink, 0) == 0);
	CHECK(count_statistics() == 3);
}
