// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/input.h"
#include "file/output.h"
#include "test.h"

/* One name for each compression. */
static const char *const suffixes[] = { "", ".gz", ".zst" };
static const uint8_t first_bytes[][2] = { { 'f', 'i' }, { 0x1f, 0x8b }, { 0x28, 0xb5 } };

static char directory[] = "/tmp/output_test.XXXXXX";
static char path[64];
static struct error error;

static struct output *open_new(int i)
{
	if (directory[strlen(directory) - 1] == 'X' && !mkdtemp(directory))
		abort();
	snprintf(path, sizeof(path), "%s/file%s", directory, suffixes[i]);
	error.text[0] = '\0';
	return output_open(path, &error);
}

static off_t file_size(void)
{
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

static void done(void)
{
	unlink(path);
	rmdir(directory);
	strcpy(directory, "/tmp/output_test.XXXXXX");
}

static bool begins_with(const uint8_t *bytes)
{
	uint8_t got[2] = { 0 };
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, got, sizeof(got));

	close(fd);
	return n == sizeof(got) && memcmp(got, bytes, sizeof(got)) == 0;
}

/* Reads the file again; *result is the result of the last read. */
static size_t read_back(char *bytes, size_t size, ptrdiff_t *result)
{
	struct input *input = input_open(path, &error);
	struct pcapng_source source;
	size_t length = 0;

	*result = -1;
	if (!input)
		return 0;
	source = input_source(input);
	while (length < size) {
		*result = source.read(source.context, bytes + length, size - length);
		if (*result <= 0)
			break;
		length += *result;
	}
	input_close(input);
	return length;
}

static int write_text(struct output *output, const char *text)
{
	struct pcapng_target target = output_target(output);

	return target.write(target.context, text, strlen(text)) == (ptrdiff_t)strlen(text) ? 0 : -1;
}

static int flush(struct output *output)
{
	struct pcapng_target target = output_target(output);

	return target.flush(target.context);
}

TEST(name_determines_the_compression)
{
	for (int i = 0; i < 3; i++) {
		struct output *output = open_new(i);
		char text[64] = "";
		ptrdiff_t result;

		CHECK(output && !write_text(output, "first") && !write_text(output, " and second"));
		CHECK(output_close(output) == 0);
		CHECK(begins_with(first_bytes[i]));
		CHECK(read_back(text, sizeof(text), &result) == 16 && result == 0);
		CHECK_STR(text, "first and second");
		done();
	}
}

TEST(flushed_bytes_can_be_read_before_the_end)
{
	for (int i = 0; i < 3; i++) {
		struct output *output = open_new(i);
		char text[64] = "";
		ptrdiff_t result;

		CHECK(output && !write_text(output, "flushed") && !flush(output));
		CHECK(read_back(text, sizeof(text), &result) == 7);
		CHECK_STR(text, "flushed");
		CHECK(result == (i ? -EBADMSG : 0));
		CHECK(output_close(output) == 0);
		done();
	}
}

TEST(flush_without_new_bytes_writes_nothing)
{
	for (int i = 0; i < 3; i++) {
		struct output *output = open_new(i);
		off_t size;

		CHECK(output && !flush(output) && file_size() == 0);
		CHECK(!write_text(output, "text") && !flush(output));
		size = file_size();
		CHECK(size > 0 && !flush(output) && !flush(output) && file_size() == size);
		CHECK(output_close(output) == 0);
		done();
	}
}

/* Bytes that cannot be compressed. */
static void fill_random(uint8_t *bytes, size_t size)
{
	uint32_t state = 1;

	for (size_t i = 0; i < size; i++) {
		state = state * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(state >> 24);
	}
}

TEST(file_that_cannot_grow_is_truncated_where_it_can_be_read)
{
	static uint8_t bytes[300000];
	struct rlimit old, limited;

	signal(SIGXFSZ, SIG_IGN);
	fill_random(bytes, sizeof(bytes));
	CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
	limited = (struct rlimit){ 100000, old.rlim_max };
	for (int i = 0; i < 3; i++) {
		struct output *output = open_new(i);
		struct pcapng_target target;
		char text[64] = "";
		ptrdiff_t result, wrote;
		int closed;

		CHECK(output && !write_text(output, "kept") && !flush(output));
		target = output_target(output);
		CHECK(setrlimit(RLIMIT_FSIZE, &limited) == 0);
		wrote = target.write(target.context, bytes, sizeof(bytes));
		closed = wrote < 0 ? flush(output) : -EFBIG;
		setrlimit(RLIMIT_FSIZE, &old);
		CHECK(wrote == -EFBIG && closed == -EFBIG);
		CHECK(output_close(output) == -EFBIG);
		CHECK(read_back(text, sizeof(text), &result) == 4);
		CHECK_STR(text, "kept");
		done();
	}
}

TEST(full_device_is_an_error_at_the_end)
{
	struct output *output = output_open("/dev/full", &error);

	CHECK(output && write_text(output, "lost") != 0);
	CHECK(output_close(output) == -ENOSPC);
}

TEST(file_that_is_being_written_is_refused_and_unchanged)
{
	struct output *output = open_new(0), *again;

	CHECK(output && !write_text(output, "first") && !flush(output));
	again = output_open(path, &error);
	CHECK(!again && strstr(error.text, ": another process writes it; choose another file"));
	CHECK(file_size() == 5 && !output_close(output));
	again = output_open(path, &error);
	CHECK(again && file_size() == 0 && !output_close(again));
	done();
}

TEST(file_in_a_missing_directory_is_refused)
{
	CHECK(!output_open("/nonexistent/x.pcapng.zst", &error));
	CHECK_STR(error.text, "/nonexistent/x.pcapng.zst: cannot write it: No such file or "
			      "directory; choose another file");
}

TEST(close_accepts_null)
{
	CHECK(output_close(NULL) == 0);
}
