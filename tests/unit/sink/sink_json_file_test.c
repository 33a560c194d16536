// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/input.h"
#include "sink/sink.h"
#include "test.h"

#define REPORTS 5000

static char directory[] = "/tmp/sink_json_file_test.XXXXXX";
static char path[64], text[REPORTS * 100];
static struct drop_report report;
static struct error error;

static const char *new_path(const char *name)
{
	strcpy(directory, "/tmp/sink_json_file_test.XXXXXX");
	if (!mkdtemp(directory))
		abort();
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	report_set_text(&report, KEY_event, "drop");
	return path;
}

static void done(void)
{
	unlink(path);
	rmdir(directory);
}

/* Returns the number of lines; each of them is whole. */
static int lines_of(const char *file)
{
	struct input *input = input_open(file, &error);
	struct pcapng_source source;
	size_t length = 0;
	ptrdiff_t n = 1;
	int lines = 0;

	if (!input)
		return -1;
	source = input_source(input);
	while (n > 0 && length < sizeof(text) - 1) {
		n = source.read(source.context, text + length, sizeof(text) - 1 - length);
		length += n > 0 ? (size_t)n : 0;
	}
	input_close(input);
	text[length] = '\0';
	for (const char *at = text; *at; at = strchr(at, '\n') + 1, lines++) {
		if (*at != '{' || !strchr(at, '\n'))
			return -1;
	}
	return lines;
}

TEST(lines_are_in_the_file)
{
	static const char *const names[] = { "x.json", "x.json.gz", "x.json.zst" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct sink *sink = sink_json_open_file(new_path(names[i]), false,
							&(struct output_aside){ 0 },
							(struct sink_detail){ 0 }, &error);
		uint64_t before;

		CHECK(sink);
		before = sink->bytes(sink);
		for (int n = 0; n < REPORTS; n++)
			CHECK(sink->add(sink, &report) == 0);
		CHECK(sink->bytes(sink) > before);
		CHECK(sink->tick(sink) == 0 && lines_of(path) == REPORTS);
		CHECK(sink->close(sink, 3) == 0);
		CHECK(lines_of(path) == REPORTS + 1 && strstr(text, "{\"lost\":3}\n"));
		done();
	}
}

TEST(file_that_failed_ends_with_a_whole_line)
{
	struct rlimit before, small = { 100000, RLIM_INFINITY };
	struct sink *sink = sink_json_open_file(new_path("x.json"), false,
						&(struct output_aside){ 0 },
						(struct sink_detail){ 0 }, &error);
	int err = 0, closed, lines;

	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	for (int n = 0; !err && n < REPORTS; n++)
		err = sink->add(sink, &report);
	closed = sink->close(sink, 0);
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	CHECK((!err || err == -EFBIG) && closed == -EFBIG);
	lines = lines_of(path);
	CHECK(lines > 0 && lines < REPORTS);
	done();
}

TEST(file_that_cannot_be_opened_is_an_error)
{
	CHECK(!sink_json_open_file("/nonexistent/x", true, &(struct output_aside){ 0 },
				   (struct sink_detail){ 0 }, &error));
	CHECK(strstr(error.text, "/nonexistent/x.part: cannot write it"));
}
