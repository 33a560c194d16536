// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "held.h"
#include "output.h"
#include "util/signals.h"

enum {
	OUTPUT_BYTES = 64 << 10,
	GZIP_WINDOW = 15 + 16, /* the largest, + 16: with gzip's header */
	GZIP_MEMORY = 8,       /* zlib's default */
	STALL_MS = 1000,
};

/* How much output a compression step must produce. */
enum step {
	STEP_MORE,  /* as much as the compression likes */
	STEP_FLUSH, /* all bytes that it was given */
	STEP_END,   /* all bytes and the end of the stream */
	STEP_COUNT,
};

struct output {
	int fd;
	bool is_file; /* a regular file, which we write from its start */
	char *part;   /* its name until it is whole; NULL: it has its name from the start */
	char *whole_name;
	int (*write)(struct output *output, const void *bytes, size_t size, enum step step);
	uint64_t taken; /* bytes that the file has */
	uint64_t whole; /* bytes of it that can be decompressed */
	bool unflushed; /* the compression may hold bytes back */
	int error;	/* the first one: it stays */
	z_stream gzip;
	ZSTD_CCtx *zstd;
	uint8_t bytes[OUTPUT_BYTES]; /* compressed */
};

/*
 * After the user has asked for the end, a reader that takes nothing for so long ends the writing.
 */
static bool reader_has_stalled(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	return signals_stop_asked() && poll(&room, 1, STALL_MS) == 0;
}

/* Returns 0 or -errno; adds the bytes that were written to *taken in either case. */
static int put_all(int fd, const void *bytes, size_t size, uint64_t *taken)
{
	struct pcapng_target target = pcapng_target_fd(fd);
	const uint8_t *at = bytes;

	while (size) {
		ptrdiff_t n = -EAGAIN;

		if (!reader_has_stalled(fd))
			n = target.write(target.context, at, size);
		if (n == -EINTR) /* while it waited; whether to wait again is asked above */
			continue;
		if (n <= 0)
			return n ? (int)n : -EIO;
		at += n;
		size -= n;
		*taken += n;
	}
	return 0;
}

static int put(struct output *output, const void *bytes, size_t size)
{
	return put_all(output->fd, bytes, size, &output->taken);
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

/* A flush ends a block of the compression. Without new bytes, this would be an empty block. */
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

/* With a checksum, like the zstd command, so that a reader notices damage. */
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

/*
 * Empties the file, unless another process writes it: both would write at the same places. The lock
 * ends with the descriptor. Where files cannot be locked, this is not noticed. Returns fd, which it
 * closes on an error.
 */
static int take_over(int fd, const char *path, struct error *error)
{
	struct stat st;
	int err = 0;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return fd;
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		err = error_set(error, -EBUSY,
				"%s: another process writes it; choose another file with -w", path);
	else if (ftruncate(fd, 0))
		err = error_set(error, -errno,
				"%s: cannot write it: %s; choose another file with -w", path,
				strerror(errno));
	if (err)
		close(fd);
	return err ? err : fd;
}

/* A FIFO is opened without O_CREAT: with it, fs.protected_fifos refuses another user's FIFO. */
static int open_file(const char *path, struct error *error)
{
	struct stat st;
	int create = O_CREAT, fd;

	if (strcmp(path, "-") == 0) {
		if (isatty(STDOUT_FILENO))
			return error_set(
				error, -EINVAL,
				"-w -: standard output is a terminal; redirect it, or omit "
				"-w for text");
		return STDOUT_FILENO;
	}
	fd = held_take_output(path);
	if (fd == -EBADF) {
		if (!stat(path, &st) && S_ISFIFO(st.st_mode))
			create = 0;
		fd = open(path, O_WRONLY | O_CLOEXEC | create, OUTPUT_MODE);
		fd = fd < 0 ? -errno : fd;
	}
	if (fd < 0)
		return error_set(error, fd, "%s: cannot write it: %s; choose another file with -w",
				 path, strerror(-fd));
	return take_over(fd, path, error);
}

/* path decides the compression, opened is the file. */
static struct output *open_as(const char *path, const char *opened, struct error *error)
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
	output->fd = open_file(opened, error);
	if (output->fd < 0) {
		output->error = output->fd;
		output_close(output);
		return NULL;
	}
	output->is_file = output->fd != STDOUT_FILENO && !fstat(output->fd, &st) &&
			  S_ISREG(st.st_mode);
	return output;
}

struct output *output_open(const char *path, struct error *error)
{
	return open_as(path, path, error);
}

/* Renaming a file to the name of a device, a FIFO or a link would destroy that. */
static int check_replaced(const char *path, struct error *error)
{
	struct stat st;

	if (lstat(path, &st) || S_ISREG(st.st_mode))
		return 0;
	return error_set(error, -EINVAL,
			 "%s: it is not a regular file, so a finished file cannot get its name; "
			 "choose another with -w",
			 path);
}

struct output *output_open_part(const char *path, struct error *error)
{
	struct output *output;
	char *part = NULL, *name;

	if (check_replaced(path, error))
		return NULL;
	name = strdup(path);
	if (!name || asprintf(&part, "%s" OUTPUT_PART, path) < 0) {
		free(name);
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	output = check_replaced(part, error) ? NULL : open_as(path, part, error);
	if (!output) {
		free(name);
		free(part);
		return NULL;
	}
	output->part = part;
	output->whole_name = name;
	return output;
}

uint64_t output_bytes(const struct output *output)
{
	return output->taken;
}

bool output_is_compressed(const struct output *output)
{
	return output->write != write_plain;
}

/*
 * A write that failed can have left a part of a block, which is damage to a reader: it is cut off.
 */
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
	if (!err && output->part && rename(output->part, output->whole_name))
		err = -errno;
	free(output->part);
	free(output->whole_name);
	if (output->write == write_gzip)
		deflateEnd(&output->gzip);
	ZSTD_freeCCtx(output->zstd);
	free(output);
	return err;
}

static ssize_t write_text(void *cookie, const char *bytes, size_t size)
{
	uint64_t taken = 0;
	int err = put_all(*(const int *)cookie, bytes, size, &taken);

	errno = -err;
	return err ? 0 : (ssize_t)size; /* fopencookie(3): an error is 0 */
}

FILE *output_text_stream(void)
{
	static int fd = STDOUT_FILENO;
	static FILE *stream;

	if (stream)
		return stream;
	stream = fopencookie(&fd, "w", (cookie_io_functions_t){ .write = write_text });
	if (stream && isatty(fd))
		setvbuf(stream, NULL, _IOLBF, 0);
	return stream;
}
