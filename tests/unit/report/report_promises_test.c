// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bounds of reading a file: 64 bytes of an interface's name, 32 MiB of stacks; losses are never
 * negative.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pcapng/pcapng.h"
#include "pcapng/reader.h"
#include "report/report_reader.h"
#include "test.h"

enum {
	FRAMES_BYTES = 60000
};

static const struct pcapng_option nothing;
static struct pcapng_writer *writer;
static uint32_t interface_id;
static int fd;

/* The reports of the last file, their frames by number. */
static size_t with_frames[1024];
static size_t frames_count, report_count;
static char ifname[256];
static uint64_t lost;

static struct pcapng_option text_option(uint16_t code, const char *text)
{
	return (struct pcapng_option){ .code = code,
				       .length = (uint16_t)strlen(text),
				       .value = text };
}

static bool begin_file(const char *name)
{
	struct pcapng_option option = text_option(PCAPNG_IF_NAME, name);

	fd = memfd_create("capture", MFD_CLOEXEC);
	writer = pcapng_writer_new(pcapng_target_fd(fd));
	return writer && !pcapng_writer_add_section(writer, (struct pcapng_options){ 0 }) &&
	       !pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 256,
					    (struct pcapng_options){ &option, 1 }, &interface_id);
}

/* A packet with an annotation and another option, whose code may be 0. */
static bool add_packet(const char *annotation, struct pcapng_option more)
{
	static const uint8_t data[60];
	struct pcapng_option options[] = { text_option(PCAPNG_OPT_COMMENT, annotation), more };
	struct pcapng_packet packet = { .interface_id = interface_id,
					.timestamp = 1,
					.caplen = sizeof(data),
					.len = sizeof(data),
					.data = data,
					.options = { options, more.code ? 2 : 1 } };

	return !pcapng_writer_add_packet(writer, &packet);
}

static bool read_file(void)
{
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(fd));
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;

	if (pcapng_writer_free(writer) || !reader || !reports || lseek(fd, 0, SEEK_SET))
		return false;
	report_count = frames_count = 0;
	while (pcapng_reader_next(reader, &item) > 0) {
		if (report_reader_take(reports, &item, &report) != REPORT_WHOLE)
			continue;
		if (report.ifname)
			snprintf(ifname, sizeof(ifname), "%s", report.ifname);
		if (report.frames && frames_count < 1024)
			with_frames[frames_count++] = report_count;
		report_count++;
	}
	lost = report_reader_lost(reports);
	report_reader_free(reports);
	pcapng_reader_free(reader);
	close(fd);
	return true;
}

TEST(name_of_an_interface_has_64_bytes_at_most)
{
	char name[201];

	memset(name, 'n', 200);
	name[200] = '\0';
	CHECK(begin_file(name) && add_packet("tcpdropcap/1 event=drop", nothing) && read_file());
	CHECK(report_count == 1 && strlen(ifname) == 64);
}

/* Stacks of 60,000 bytes each, then an event that was sampled with the first of them. */
static bool read_first_of_stacks(int count)
{
	static char comment[64], stack[FRAMES_BYTES + 64];

	if (!begin_file("eth0"))
		return false;
	for (int i = 1; i <= count; i++) {
		int head = snprintf(stack, sizeof(stack), "stack %d\n  ", i);

		memset(stack + head, 'f', FRAMES_BYTES);
		stack[head + FRAMES_BYTES] = '\0';
		snprintf(comment, sizeof(comment), "tcpdropcap/1 event=drop stack=own stack_id=%d",
			 i);
		if (!add_packet(comment, text_option(PCAPNG_OPT_COMMENT, stack)))
			return false;
	}
	if (!add_packet("tcpdropcap/1 event=drop stack=sampled stack_id=1", nothing) ||
	    !read_file())
		return false;
	return with_frames[frames_count - 1] == (size_t)count;
}

TEST(stacks_of_32_mebibytes_are_kept_and_no_more)
{
	const int fitting = (32 << 20) / (FRAMES_BYTES + 64);

	CHECK(read_first_of_stacks(fitting));
	CHECK(report_count == (size_t)fitting + 1);
	CHECK(!read_first_of_stacks(fitting + 20));
	CHECK(report_count == (size_t)fitting + 21);
}

/*
 * What is left of three losses by the statistics, if a packet names so many; UINT64_MAX: no file.
 */
static uint64_t left_of_three(uint64_t named)
{
	const uint64_t counted = 3;
	const struct pcapng_option of_packet = { PCAPNG_EPB_DROPCOUNT, sizeof(named), &named, 0 };
	const struct pcapng_option of_all = { PCAPNG_ISB_IFDROP, sizeof(counted), &counted, 0 };

	if (!begin_file("eth0") || !add_packet("tcpdropcap/1 event=drop", of_packet) ||
	    pcapng_writer_add_statistics(writer, interface_id, 2,
					 (struct pcapng_options){ &of_all, 1 }) ||
	    !read_file() || report_count != 1)
		return UINT64_MAX;
	return lost;
}

TEST(losses_that_packets_name_are_not_counted_twice)
{
	CHECK(left_of_three(1) == 2);
	CHECK(left_of_three(3) == 0);
	CHECK(left_of_three(5) == 0);
}
