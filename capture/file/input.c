// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "held.h"
#include "input.h"

enum {
	INPUT_BYTES = 64 << 10,
	MAGIC_BYTES = 4,
	GZIP_WINDOW = 15 + 16, /* the largest, + 16: with gzip's header */
	/*
	 * 32 MiB, which is enough for all levels but --ultra. A small hostile file must not make us
	 * allocate more.
	 */
	ZSTD_WINDOW_LOG = 25,
};

struct input {
	struct pcapng_source file;
	int fd;
	char *path;
	ptrdiff_t (*read)(struct input *input, void *bytes, size_t size);
	uint8_t bytes[INPUT_BYTES]; /* of the file, unchanged */
	size_t at, length;	    /* the part that is not consumed yet */
	uint64_t offset;	    /* of the byte at, in the file */
	bool in_frame;		    /* more bytes must follow */
	z_stream gzip;
	int gzip_status; /* result of the last step */
	ZSTD_DStream *zstd;
	size_t zstd_first; /* bytes of the header of a frame */
	size_t zstd_next;  /* bytes that zstd needs for its next step */
	char damage[256];  /* of the compressed data; "": none */
};

/* Reads if all bytes are consumed. Returns 1; 0 at the end; -errno. */
static int fill(struct input *input)
{
	ptrdiff_t n;

	if (input->length)
		return 1;
	n = input->file.read(input->file.context, input->bytes, sizeof(input->bytes));
	if (n <= 0)
		return (int)n;
	input->at = 0;
	input->length = n;
	return 1;
}

static void consume(struct input *input, size_t count)
{
	input->at += count;
	input->length -= count;
	input->offset += count;
}

static ptrdiff_t read_plain(struct input *input, void *bytes, size_t size)
{
	if (!input->length)
		return input->file.read(input->file.context, bytes, size);
	if (size > input->length)
		size = input->length;
	memcpy(bytes, input->bytes + input->at, size);
	consume(input, size);
	return (ptrdiff_t)size;
}

static int damaged(struct input *input, const char *format, const char *why)
{
	snprintf(input->damage, sizeof(input->damage), "%s data at offset %llu: %s", format,
		 (unsigned long long)input->offset, why);
	return -EBADMSG;
}

/* The result at the end of the file, which must not be in the middle of a frame. */
static int end_of_file(struct input *input, const char *format)
{
	return input->in_frame
		       ? damaged(input, format, "the file ends in the middle of it: it was cut off")
		       : 0;
}

/* Zeros may follow the last member: they fill the last block of a tape. */
static bool skip_zeros(struct input *input)
{
	while (!input->in_frame && input->length && !input->bytes[input->at])
		consume(input, 1);
	return input->length == 0;
}

/* Decompresses some bytes; returns the number of bytes that it produced. */
static size_t inflate_some(struct input *input, void *bytes, size_t size)
{
	z_stream *gzip = &input->gzip;

	gzip->next_in = input->bytes + input->at;
	gzip->avail_in = (uInt)input->length;
	gzip->next_out = bytes;
	gzip->avail_out = (uInt)size;
	input->gzip_status = inflate(gzip, Z_NO_FLUSH);
	consume(input, input->length - gzip->avail_in);
	input->in_frame = input->gzip_status != Z_STREAM_END;
	if (!input->in_frame)
		inflateReset(gzip);
	return size - gzip->avail_out;
}

static bool inflate_failed(const struct input *input)
{
	int status = input->gzip_status;

	return status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR;
}

/* The bytes before an error are returned first. */
static ptrdiff_t read_gzip(struct input *input, void *bytes, size_t size)
{
	size_t out = 0;

	while (!out) {
		int got;

		if (inflate_failed(input))
			return damaged(input, "gzip",
				       input->gzip.msg ? input->gzip.msg
						       : zError(input->gzip_status));
		got = fill(input);
		if (got <= 0)
			return got ? got : end_of_file(input, "gzip");
		if (!skip_zeros(input))
			out = inflate_some(input, bytes, size);
	}
	return (ptrdiff_t)out;
}

static int zstd_damaged(struct input *input, size_t status)
{
	if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge)
		return damaged(input, "zstd",
			       "it needs more than 32 MiB to decompress: pipe it through zstd -dc");
	return damaged(input, "zstd", ZSTD_getErrorName(status));
}

/*
 * zstd gets no more than it can decode in one step, a block: if a call ends in an error, the bytes
 * that it produced before are lost.
 */
static ptrdiff_t read_zstd(struct input *input, void *bytes, size_t size)
{
	ZSTD_outBuffer out = { bytes, size, 0 };

	while (!out.pos) {
		ZSTD_inBuffer in = { .size = input->zstd_next };
		int got = fill(input);
		size_t status;

		if (got < 0)
			return got;
		in.src = input->bytes + input->at;
		if (in.size > input->length)
			in.size = input->length;
		/* Without input, zstd may still hold output. */
		status = ZSTD_decompressStream(input->zstd, &out, &in);
		if (ZSTD_isError(status))
			return zstd_damaged(input, status);
		consume(input, in.pos);
		if (in.pos || out.pos) {
			input->in_frame = status != 0;
			input->zstd_next = status ? status : input->zstd_first;
		} else if (!got) {
			return end_of_file(input, "zstd");
		}
	}
	return (ptrdiff_t)out.pos;
}

static int open_gzip(struct input *input)
{
	input->read = read_gzip;
	return inflateInit2(&input->gzip, GZIP_WINDOW) == Z_OK ? 0 : -ENOMEM;
}

static int open_zstd(struct input *input)
{
	input->read = read_zstd;
	input->zstd = ZSTD_createDStream();
	if (!input->zstd)
		return -ENOMEM;
	ZSTD_DCtx_setParameter(input->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	input->zstd_first = ZSTD_initDStream(input->zstd);
	input->zstd_next = input->zstd_first;
	return 0;
}

static const struct compression {
	uint8_t magic[MAGIC_BYTES];
	uint8_t magic_bytes;
	const char *program;
	int (*open)(struct input *input); /* NULL: not supported */
} compressions[] = {
	{ { 0x1f, 0x8b }, 2, "gzip", open_gzip },
	{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, "zstd", open_zstd },
	{ { 0x04, 0x22, 0x4d, 0x18 }, 4, "lz4", NULL },
	{ { 0xfd, '7', 'z', 'X' }, 4, "xz", NULL },
	{ { 'B', 'Z', 'h' }, 3, "bzip2", NULL },
};

/* Finds out the compression. A pipe may give the first bytes one by one. */
static int recognise(struct input *input, struct error *error)
{
	ptrdiff_t n = 1;

	while (n > 0 && input->length < MAGIC_BYTES) {
		n = input->file.read(input->file.context, input->bytes + input->length,
				     sizeof(input->bytes) - input->length);
		if (n < 0)
			return error_set(error, (int)n, "%s: cannot read it: %s", input_name(input),
					 strerror((int)-n));
		input->length += n;
	}
	input->read = read_plain;
	for (size_t i = 0; i < sizeof(compressions) / sizeof(compressions[0]); i++) {
		const struct compression *found = &compressions[i];

		if (input->length < found->magic_bytes ||
		    memcmp(input->bytes, found->magic, found->magic_bytes) != 0)
			continue;
		if (!found->open)
			return error_set(error, -EPROTO,
					 "%s: compression by %s is not supported; pipe it "
					 "through %s -dc",
					 input_name(input), found->program, found->program);
		return found->open(input) ? error_set(error, -ENOMEM, "out of memory") : 0;
	}
	return 0;
}

/* Returns the descriptor or -errno. */
static int open_to_read(const char *path)
{
	int fd = held_take_input(path);

	if (fd != -EBADF)
		return fd;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_file(struct input *input, struct error *error)
{
	if (strcmp(input->path, "-") != 0) {
		input->fd = open_to_read(input->path);
		if (input->fd < 0)
			return error_set(error, input->fd, "%s: cannot read it: %s%s", input->path,
					 strerror(-input->fd),
					 input->fd == -EACCES
						 ? "; captures are for their owner alone: see -Z"
						 : "");
	} else if (isatty(STDIN_FILENO)) {
		return error_set(error, -EINVAL,
				 "-: standard input is a terminal; name a file or redirect it");
	} else {
		input->fd = STDIN_FILENO;
	}
	input->file = pcapng_source_fd(input->fd);
	return recognise(input, error);
}

struct input *input_open(const char *path, struct error *error)
{
	struct input *input = calloc(1, sizeof(*input));

	if (input) {
		input->fd = -1;
		input->path = strdup(path);
	}
	if (!input || !input->path)
		error_set(error, -ENOMEM, "out of memory");
	else if (!open_file(input, error))
		return input;
	input_close(input);
	return NULL;
}

static ptrdiff_t read_input(void *context, void *bytes, size_t size)
{
	struct input *input = context;

	return input->read(input, bytes, size);
}

struct pcapng_source input_source(struct input *input)
{
	return (struct pcapng_source){ read_input, input };
}

int input_failed(const struct input *input, const struct pcapng_reader *reader, int err,
		 struct error *error)
{
	return error_set(error, err, "%s: %s", input_name(input),
			 input->damage[0] ? input->damage : pcapng_reader_error(reader));
}

const char *input_name(const struct input *input)
{
	return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

void input_close(struct input *input)
{
	if (!input)
		return;
	if (input->read == read_gzip)
		inflateEnd(&input->gzip);
	ZSTD_freeDStream(input->zstd);
	if (input->fd > STDERR_FILENO)
		close(input->fd);
	free(input->path);
	free(input);
}
