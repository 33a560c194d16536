// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "output.h"

enum {
	OUTPUT_BYTES = 64 << 10,
	GZIP_WINDOW = 15 + 16, /* the largest; with gzip's header */
	GZIP_MEMORY = 8,       /* zlib's own default */
};

/* What is to be had of the bytes after a step. */
enum step {
	STEP_MORE,  /* whatever comes out */
	STEP_FLUSH, /* all that went in */
	STEP_END,   /* and the end of the stream */
	STEP_COUNT,
};

struct output {
	struct pcapng_target file;
	int fd;
	bool is_file; /* a regular file, made by us from its start */
	int (*write)(struct output *output, const void *bytes, size_t size, enum step step);
	uint64_t taken; /* bytes that the file has */
	uint64_t whole; /* up to there it can be read */
	bool unflushed; /* the compression may hold bytes back */
	int error;	/* first one: stays */
	z_stream gzip;
	ZSTD_CCtx *zstd;
	uint8_t bytes[OUTPUT_BYTES]; /* compressed */
};

static int put(struct output *output, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	while (size) {
		ptrdiff_t n = output->file.write(output->file.context, at, size);

		if (n <= 0)
			return n ? (int)n : -EIO;
		at += n;
		size -= n;
		output->taken += n;
	}
	return 0;
}

static int write_plain(struct output *output, const void *bytes, size_t size, enum step step)
{
	(void)step;
	return put(output, bytes, size);
}

static int write_gzip(struct output *output, const void *bytes, size_t size, enum step step)
{
	static const int flush[STEP_COUNT] = { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH };
	z_stream *gzip = &output->gzip;
	int err;

	gzip->next_in = (void *)(uintptr_t)bytes; /* zlib does not write to it */
	gzip->avail_in = (uInt)size;
	do {
		gzip->next_out = output->bytes;
		gzip->avail_out = sizeof(output->bytes);
		deflate(gzip, flush[step]);
		err = put(output, output->bytes, sizeof(output->bytes) - gzip->avail_out);
	} while (!err && !gzip->avail_out); /* full: there may be more */
	return err;
}

static int write_zstd(struct output *output, const void *bytes, size_t size, enum step step)
{
	static const ZSTD_EndDirective end[STEP_COUNT] = { ZSTD_e_continue, ZSTD_e_flush,
							   ZSTD_e_end };
	ZSTD_inBuffer in = { bytes, size, 0 };
	size_t left;
	int err;

	do {
		ZSTD_outBuffer out = { output->bytes, sizeof(output->bytes), 0 };

		left = ZSTD_compressStream2(output->zstd, &out, &in, end[step]);
		if (ZSTD_isError(left))
			return -EIO;
		err = put(output, output->bytes, out.pos);
	} while (!err && (step == STEP_MORE ? in.pos < in.size : left > 0));
	return err;
}

static int take_step(struct output *output, const void *bytes, size_t size, enum step step)
{
	if (!output->error)
		output->error = output->write(output, bytes, size, step);
	if (!output->error && (step != STEP_MORE || output->write == write_plain))
		output->whole = output->taken;
	return output->error;
}

static ptrdiff_t write_output(void *context, const void *bytes, size_t size)
{
	struct output *output = context;
	int err = take_step(output, bytes, size, STEP_MORE);

	output->unflushed = true;
	return err ? err : (ptrdiff_t)size;
}

/* A flush ends a block of the compression: without new bytes it would be an empty one. */
static int flush_output(void *context)
{
	struct output *output = context;

	if (!output->unflushed)
		return output->error;
	output->unflushed = false;
	return take_step(output, NULL, 0, STEP_FLUSH);
}

struct pcapng_target output_target(struct output *output)
{
	return (struct pcapng_target){ write_output, flush_output, output };
}

static bool ends_in(const char *path, const char *suffix)
{
	size_t length = strlen(path), end = strlen(suffix);

	return length > end && strcmp(path + length - end, suffix) == 0;
}

/* With a checksum, as the zstd command writes: a reader can tell damage. */
static int open_compression(struct output *output, const char *path)
{
	if (ends_in(path, ".gz")) {
		if (deflateInit2(&output->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
				 GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
			return -ENOMEM;
		output->write = write_gzip;
	} else if (ends_in(path, ".zst")) {
		output->zstd = ZSTD_createCCtx();
		if (!output->zstd)
			return -ENOMEM;
		ZSTD_CCtx_setParameter(output->zstd, ZSTD_c_checksumFlag, 1);
		output->write = write_zstd;
	}
	return 0;
}

/* A FIFO is opened as it is: with O_CREAT, fs.protected_fifos refuses one of another user. */
static int open_file(const char *path, struct error *error)
{
	struct stat st;
	int create = O_CREAT | O_TRUNC, fd;

	if (strcmp(path, "-") == 0) {
		if (isatty(STDOUT_FILENO))
			return error_set(
				error, -EINVAL,
				"-w -: standard output is a terminal; redirect it, or leave "
				"-w out for text");
		return STDOUT_FILENO;
	}
	if (!stat(path, &st) && S_ISFIFO(st.st_mode))
		create = 0;
	fd = open(path, O_WRONLY | O_CLOEXEC | create, 0644);
	if (fd < 0)
		return error_set(error, -errno,
				 "%s: cannot write it: %s; choose another file with -w", path,
				 strerror(errno));
	return fd;
}

struct output *output_open(const char *path, struct error *error)
{
	struct output *output = calloc(1, sizeof(*output));
	struct stat st;

	if (!output || open_compression(output, path)) {
		free(output);
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	if (!output->write)
		output->write = write_plain;
	output->fd = open_file(path, error);
	if (output->fd < 0) {
		output->error = output->fd;
		output_close(output);
		return NULL;
	}
	output->file = pcapng_target_fd(output->fd);
	output->is_file = output->fd != STDOUT_FILENO && !fstat(output->fd, &st) &&
			  S_ISREG(st.st_mode);
	return output;
}

/* A write that fails in its middle leaves a part of a block, which readers take for damage. */
int output_close(struct output *output)
{
	int err;

	if (!output)
		return 0;
	err = take_step(output, NULL, 0, STEP_END);
	if (err && output->is_file && ftruncate(output->fd, (off_t)output->whole))
		err = -errno;
	if (output->fd > STDERR_FILENO && close(output->fd) && !err)
		err = -errno;
	if (output->write == write_gzip)
		deflateEnd(&output->gzip);
	ZSTD_freeCCtx(output->zstd);
	free(output);
	return err;
}
