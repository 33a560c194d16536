// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "file/input.h"
#include "test.h"

#define PLAIN_BYTES 200000

static struct error error;
static uint8_t plain[PLAIN_BYTES], packed[2 * PLAIN_BYTES], out[3 * PLAIN_BYTES];

/* Text of numbers, which can be compressed and makes many blocks. */
static void make_plain(void)
{
	uint32_t state = 7;

	for (size_t i = 0; i < sizeof(plain); i++) {
		state = state * 1664525 + 1013904223;
		plain[i] = (uint8_t)('0' + (state >> 28));
	}
}

static size_t pack_gzip(uint8_t *to)
{
	z_stream gzip = { .next_in = plain, .avail_in = sizeof(plain), .next_out = to };

	make_plain();
	gzip.avail_out = sizeof(plain);
	if (deflateInit2(&gzip, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&gzip, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&gzip);
	return gzip.total_out;
}

static size_t pack_zstd(uint8_t *to)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	size_t length;

	make_plain();
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	length = ZSTD_compress2(zstd, to, sizeof(plain), plain, sizeof(plain));
	if (ZSTD_isError(length))
		abort();
	ZSTD_freeCCtx(zstd);
	return length;
}

static size_t (*const packs[])(uint8_t *to) = { pack_gzip, pack_zstd };

struct reading {
	size_t length;
	ptrdiff_t result;
	const char *message; /* valid until the next reading */
};

/* Reads a file in pieces of an odd size. */
static struct reading read_path(const char *path)
{
	struct input *input = input_open(path, &error);
	struct reading reading = { .result = -1 };
	struct pcapng_reader *reader;
	struct pcapng_source source;

	if (!input)
		return reading;
	source = input_source(input);
	while (reading.length + 777 < sizeof(out)) {
		reading.result = source.read(source.context, out + reading.length, 777);
		if (reading.result <= 0)
			break;
		reading.length += reading.result;
	}
	reader = pcapng_reader_new(source);
	if (reading.result < 0)
		input_failed(input, reader, (int)reading.result, &error);
	pcapng_reader_free(reader);
	reading.message = error.text;
	input_close(input);
	return reading;
}

/* The same for a file of these bytes. */
static struct reading read_packed(size_t length)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	struct reading reading;
	char path[32];

	if (write(fd, packed, length) != (ssize_t)length)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reading = read_path(path);
	close(fd);
	return reading;
}

TEST(compressed_file_is_decompressed)
{
	for (int i = 0; i < 2; i++) {
		struct reading reading = read_packed(packs[i](packed));

		CHECK(reading.result == 0 && reading.length == sizeof(plain));
		CHECK(memcmp(out, plain, sizeof(plain)) == 0);
	}
}

TEST(members_one_after_the_other_are_one_file)
{
	for (int i = 0; i < 2; i++) {
		size_t first = packs[i](packed), second = packs[i](packed + first);
		struct reading reading = read_packed(first + second);

		CHECK(reading.result == 0 && reading.length == 2 * sizeof(plain));
		CHECK(memcmp(out, plain, sizeof(plain)) == 0);
		CHECK(memcmp(out + sizeof(plain), plain, sizeof(plain)) == 0);
	}
}

TEST(zeros_after_gzip_are_a_clean_end)
{
	size_t length = pack_gzip(packed);
	struct reading reading;

	memset(packed + length, 0, 512);
	reading = read_packed(length + 512);
	CHECK(reading.result == 0 && reading.length == sizeof(plain));
}

TEST(truncated_file_gives_its_bytes_and_then_an_error)
{
	static const char *const names[] = { "gzip", "zstd" };

	for (int i = 0; i < 2; i++) {
		size_t length = packs[i](packed), part = length * 3 / 4;
		struct reading reading = read_packed(part);
		char want[128];

		/* the largest block of either compression */
		CHECK(reading.length > sizeof(plain) * 3 / 4 - (128 << 10));
		CHECK(reading.result == -EBADMSG);
		CHECK(memcmp(out, plain, reading.length) == 0);
		snprintf(want, sizeof(want),
			 "%s data at offset %zu: the file ends in the middle of it: it was cut off",
			 names[i], part);
		CHECK_STR(strstr(reading.message, names[i]), want);
		reading = read_packed(length - 1);
		CHECK(reading.length == sizeof(plain) && reading.result == -EBADMSG);
	}
}

TEST(damaged_file_gives_the_bytes_before_the_damage)
{
	for (int i = 0; i < 2; i++) {
		size_t length = packs[i](packed);
		struct reading reading;

		packed[length - 5] ^= 1; /* in the checksum of gzip, the last data of zstd */
		reading = read_packed(length);
		CHECK(reading.result == -EBADMSG);
		CHECK(reading.length >= (i ? 128 << 10 : (int)sizeof(plain)));
		CHECK(memcmp(out, plain, 128 << 10) == 0);
	}
}

TEST(other_data_after_a_member_is_damage)
{
	for (int i = 0; i < 2; i++) {
		size_t length = packs[i](packed);
		struct reading reading;

		memcpy(packed + length, "other data", 10);
		reading = read_packed(length + 10);
		CHECK(reading.length == sizeof(plain) && reading.result == -EBADMSG);
	}
}

TEST(zstd_that_needs_more_than_32_mib_is_refused)
{
	/* the header of a frame: magic, no content size, window descriptor of 64 MiB */
	static const uint8_t head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, 16 << 3, 1, 0, 0 };
	struct reading reading;

	memcpy(packed, head, sizeof(head));
	reading = read_packed(sizeof(head));
	CHECK(reading.result == -EBADMSG && strstr(reading.message, "zstd -dc"));
}

TEST(unsupported_compression_is_named)
{
	static const struct {
		const char *bytes, *message;
	} others[] = {
		{ "BZh9", "bzip2 -dc" },
		{ "\xfd"
		  "7zXZ",
		  "xz -dc" },
		{ "\x04\x22\x4d\x18", "lz4 -dc" },
	};

	for (int i = 0; i < 3; i++) {
		memcpy(packed, others[i].bytes, 4);
		CHECK(read_packed(4).result == -1);
		CHECK(strstr(error.text, others[i].message));
	}
}

TEST(short_and_empty_files_are_read)
{
	memcpy(packed, "abc", 3);
	for (size_t length = 0; length <= 3; length++) {
		struct reading reading = read_packed(length);

		CHECK(reading.result == 0 && reading.length == length);
		CHECK(memcmp(out, "abc", length) == 0);
	}
}

/* A pipe that gives its first bytes one by one. */
TEST(compression_of_a_pipe_is_recognised_in_any_pieces)
{
	for (int i = 0; i < 2; i++) {
		size_t length = packs[i](packed);
		struct reading reading;
		char path[32];
		int fds[2];
		pid_t child;

		CHECK(pipe(fds) == 0);
		child = fork();
		if (!child) {
			for (int at = 0; at < 5; at++) {
				if (write(fds[1], packed + at, 1) != 1)
					_exit(1);
				usleep(2000);
			}
			_exit(write(fds[1], packed + 5, length - 5) != (ssize_t)length - 5);
		}
		close(fds[1]);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
		reading = read_path(path);
		close(fds[0]);
		waitpid(child, NULL, 0);
		CHECK(reading.result == 0 && reading.length == sizeof(plain));
		CHECK(memcmp(out, plain, sizeof(plain)) == 0);
	}
}

TEST(file_that_cannot_be_opened_or_read_is_named)
{
	CHECK(!input_open("/nonexistent", &error));
	CHECK_STR(error.text, "/nonexistent: cannot read it: No such file or directory");
	CHECK(!input_open("/tmp", &error));
	CHECK_STR(error.text, "/tmp: cannot read it: Is a directory");
}

TEST(close_accepts_null)
{
	input_close(NULL);
	CHECK(true);
}
