// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * -r FILE -w FILE on any bytes, compressed ones too: what can be read of the file is read again
 * from its copy, the packets with the same bytes and annotations. Of two packets whose stack is
 * shared, the first one can be left out.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file/input.h"
#include "report/annotation.h"
#include "report/report_reader.h"
#include "sink/pcapng_copy.h"
#include "fuzz.h"

#define READ_MAX (1 << 20) /* of a small file that decompresses to much */

/* What is compared of the events in a file. */
struct summary {
	uint64_t events, with_frames;
	uint64_t sum; /* of packets, lengths and values */
	bool whole;
};

struct memory_file {
	int fd;
	char path[32];
};

static struct memory_file make_file(void)
{
	struct memory_file file = { .fd = memfd_create("fuzz", 0) };

	PROPERTY(file.fd >= 0);
	snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", file.fd);
	return file;
}

static uint64_t mix(uint64_t sum, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	while (length--)
		sum = sum * 1099511628211U + *at++;
	return sum;
}

static void add_event(struct summary *summary, const struct pcapng_item *item,
		      const struct drop_report *report)
{
	struct strbuf annotation = { 0 };

	summary->events++;
	summary->with_frames += report->frames != NULL;
	summary->sum = mix(summary->sum, item->data, item->caplen);
	summary->sum = mix(summary->sum, &item->timestamp_ns, sizeof(item->timestamp_ns));
	annotation_format(report, &annotation);
	summary->sum = mix(summary->sum, annotation.data, annotation.length);
	strbuf_free(&annotation);
}

/*
 * Copies one block, all packets but those that skip chooses. Returns false if it is none to copy.
 */
static bool take(struct pcapng_copy *copy, struct report_reader *reports,
		 const struct pcapng_item *item, unsigned int skip, struct summary *summary)
{
	struct drop_report report;
	int kind = report_reader_take(reports, item, &report), err;

	PROPERTY(kind >= REPORT_NONE && kind <= REPORT_WHOLE);
	if (kind == REPORT_PLAIN || (kind != REPORT_NONE && skip && summary->events % skip == 1)) {
		summary->events += kind != REPORT_PLAIN;
		return true;
	}
	if (kind != REPORT_NONE)
		add_event(summary, item, &report);
	if (!copy)
		return true;
	err = kind == REPORT_NONE
		      ? pcapng_copy_block(copy, item)
		      : pcapng_copy_packet(copy, item, &report, report_reader_shared(reports));
	return err == 0;
}

/* Reads from, and copies to to, unless it is NULL, as run_file.c does. */
static struct summary read_file(const char *from, const char *to, unsigned int skip)
{
	static struct error error;
	struct input *input = input_open(from, &error);
	struct pcapng_copy *copy = NULL;
	struct summary summary = { 0 };
	struct report_reader *reports;
	struct pcapng_reader *reader;
	struct pcapng_item item;
	int got = -1;

	if (!input)
		return summary;
	reader = pcapng_reader_new(input_source(input));
	reports = report_reader_new();
	PROPERTY(reader && reports);
	while ((got = pcapng_reader_next(reader, &item)) > 0 && item.offset < READ_MAX) {
		if (to && !copy && item.raw) {
			copy = pcapng_copy_open(to, from, &error);
			PROPERTY(copy);
		}
		if (!take(copy, reports, &item, skip, &summary))
			break;
	}
	summary.whole = got == 0;
	PROPERTY(!copy || pcapng_copy_close(copy) == 0);
	report_reader_free(reports);
	pcapng_reader_free(reader);
	input_close(input);
	return summary;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct memory_file from = make_file(), copy = make_file(), part = make_file();
	struct summary first, again, some;

	PROPERTY(write(from.fd, bytes, length) == (ssize_t)length);
	first = read_file(from.path, copy.path, 0);
	again = read_file(copy.path, NULL, 0);
	PROPERTY(again.events == first.events && again.sum == first.sum);
	PROPERTY(again.with_frames == first.with_frames);
	PROPERTY(again.whole || !lseek(copy.fd, 0, SEEK_END));
	some = read_file(from.path, part.path, 2);
	again = read_file(part.path, NULL, 0);
	PROPERTY(again.events <= some.events);
	PROPERTY(again.whole || !lseek(part.fd, 0, SEEK_END));
	close(from.fd);
	close(copy.fd);
	close(part.fd);
	return 0;
}
