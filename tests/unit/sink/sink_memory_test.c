// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fails one allocation after the other: a sink, or a reader, must then return an error or have made
 * what it makes with enough memory. The linker puts the functions below in the place of those of
 * the C library, but not within it.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report/report_reader.h"
#include "sink/sink.h"
#include "test.h"

#define ALLOCATIONS_MAX 1000

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t length);

static unsigned long allocations, failing; /* failing: number of the one that fails; 0: none */

static bool fails(void)
{
	return ++allocations == failing;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, count * size);
}

char *__wrap_strdup(const char *text)
{
	return __wrap_strndup(text, strlen(text));
}

char *__wrap_strndup(const char *text, size_t length)
{
	size_t size = strnlen(text, length);
	char *copy = fails() ? NULL : __real_malloc(size + 1);

	if (copy) {
		memcpy(copy, text, size);
		copy[size] = '\0';
	}
	return copy;
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

/* Two reports with all that a report may have. */
static void make_reports(struct drop_report reports[2])
{
	static const uint8_t frame[60] = { [12] = 8, [14] = 0x45, [23] = 6, [46] = 0x50, [47] = 2 };

	memset(reports, 0, 2 * sizeof(reports[0]));
	for (int i = 0; i < 2; i++) {
		struct drop_report *report = &reports[i];

		report->timestamp_ns = 1700000000000000000 + (uint64_t)i * 5000000000;
		report->ifname = "eth0";
		report->frames = "  first+0x1\n  " LONG LONG LONG LONG "+0x2 [m]\n  last+0x3";
		packet_parse(&report->packet, frame, sizeof(frame), sizeof(frame));
		for (enum key key = 0; key < KEY_COUNT; key++) {
			if (key_table[key].type == VALUE_NUMBER)
				report_set_number(report, key, 7);
			else
				report_set_text(report, key, "a \x1b\xff value");
		}
		report_set_text(report, KEY_cgroup, LONG LONG LONG LONG LONG LONG);
		report_set_text(report, KEY_stack, i ? "sampled" : "own");
		report->unknown = "new\0" LONG LONG LONG LONG "\0";
	}
}

typedef struct sink *(*open_function)(FILE *out, int fd, struct error *error);

static struct sink *open_text(FILE *out, int fd, struct error *error)
{
	(void)fd;
	return sink_text_open(out, (struct sink_detail){ .stack = true, .tcp = true }, error);
}

static struct sink *open_json(FILE *out, int fd, struct error *error)
{
	(void)fd;
	return sink_json_open(out, (struct sink_detail){ .stack = true, .tcp = true }, error);
}

static struct sink *open_pcapng(FILE *out, int fd, struct error *error)
{
	static char path[64];
	struct sink_pcapng_config config = {
		.path = path, .comment = "command", .filter = "tcp", .snaplen = 256
	};

	(void)out;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return sink_pcapng_open(&config, error);
}

/* Writes both reports with the nth allocation failing. Returns whether all calls succeeded. */
static bool write_failing(open_function open, unsigned long nth, int fd)
{
	static struct drop_report reports[2];
	FILE *out = fdopen(dup(fd), "w");
	struct error error;
	struct sink *sink;
	bool good;

	make_reports(reports);
	if (ftruncate(fd, 0))
		return false;
	lseek(fd, 0, SEEK_SET);
	allocations = 0;
	failing = nth;
	sink = open(out, fd, &error);
	good = sink;
	for (int i = 0; sink && i < 2; i++)
		good &= sink->add(sink, &reports[i]) == 0;
	if (sink)
		good &= sink->close(sink, 3) == 0;
	failing = 0;
	fclose(out);
	return good;
}

/* Block by block but for the statistics, whose times differ: the sum of all bytes. */
static unsigned long sum_file(int fd, bool pcapng)
{
	static unsigned char bytes[65536];
	ssize_t length = pread(fd, bytes, sizeof(bytes), 0);
	unsigned long sum = 0;

	for (ssize_t at = 0, size; at < length; at += size) {
		uint32_t head[2] = { 0 };

		size = length - at;
		if (pcapng && size >= 8) {
			memcpy(head, bytes + at, sizeof(head));
			size = head[1] >= 12 && head[1] <= size ? head[1] : size;
		}
		for (ssize_t i = at; head[0] != 5 && i < at + size; i++)
			sum = sum * 31 + bytes[i];
	}
	return sum;
}

static bool loses_nothing_silently(open_function open, bool pcapng)
{
	int fd = memfd_create("out", 0);
	unsigned long whole, count, nth;
	bool good = write_failing(open, 0, fd);

	count = allocations;
	whole = sum_file(fd, pcapng);
	printf("# %lu allocations\n", count);
	for (nth = 1; good && nth <= count && count < ALLOCATIONS_MAX; nth++) {
		if (write_failing(open, nth, fd) && sum_file(fd, pcapng) != whole)
			good = false;
	}
	if (!good)
		printf("# allocation %lu\n", nth - 1);
	close(fd);
	return good && count > 5 && count < ALLOCATIONS_MAX;
}

TEST(text_is_whole_or_fails)
{
	CHECK(loses_nothing_silently(open_text, false));
}

TEST(json_is_whole_or_fails)
{
	CHECK(loses_nothing_silently(open_json, false));
}

TEST(pcapng_is_whole_or_fails)
{
	CHECK(loses_nothing_silently(open_pcapng, true));
}

/* Reads the file with the nth allocation failing, into a sum of all its lines; 0: an error. */
static unsigned long read_failing(unsigned long nth, int fd)
{
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(fd));
	static struct drop_report report;
	struct report_reader *reports;
	struct pcapng_item item;
	unsigned long sum = 1;
	int kind = 0, got = 0;

	lseek(fd, 0, SEEK_SET);
	allocations = 0;
	failing = nth;
	reports = report_reader_new();
	while (reports && kind >= 0 && (got = pcapng_reader_next(reader, &item)) > 0) {
		kind = report_reader_take(reports, &item, &report);
		for (enum key key = 0; kind > REPORT_NONE && key < KEY_COUNT; key++)
			sum = sum * 31 + report_has(&report, key);
		if (kind > REPORT_NONE)
			sum = sum * 31 + (unsigned long)kind +
			      (report.frames ? strlen(report.frames) : 0) +
			      (report.ifname ? strlen(report.ifname) : 0) +
			      (report.unknown ? strlen(report.unknown) : 0);
	}
	failing = 0;
	report_reader_free(reports);
	pcapng_reader_free(reader);
	return reports && kind >= 0 && got == 0 ? sum : 0;
}

TEST(reader_reads_all_or_fails)
{
	int fd = memfd_create("out", 0);
	unsigned long whole, count;

	CHECK(write_failing(open_pcapng, 0, fd));
	whole = read_failing(0, fd);
	count = allocations;
	printf("# %lu allocations\n", count);
	CHECK(whole && count > 5 && count < ALLOCATIONS_MAX);
	for (unsigned long nth = 1; nth <= count; nth++) {
		unsigned long sum = read_failing(nth, fd);

		CHECK(!sum || sum == whole);
	}
	close(fd);
}
