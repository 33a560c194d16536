// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compression.h"
#include "held.h"
#include "open_output.h"
#include "output.h"
#include "put.h"
#include "replace.h"

struct output {
	int fd;
	bool is_file; /* a regular file, which we write from its start */
	char *part;   /* its name until it is whole; NULL: it has its name from the start */
	char *whole_name;
	struct compression *compression;
	struct output_aside aside;
	_Atomic uint64_t taken; /* bytes that the file has */
	uint64_t given;		/* bytes of the owner, which the file has or will have */
	uint64_t whole;		/* bytes of it that can be decompressed */
	struct whole_events (*whole_of)(const void *bytes, size_t size); /* NULL: see the header */
	bool unflushed;	   /* the compression may hold bytes back */
	_Atomic int error; /* the first one: it stays */
};

static int put(void *context, const void *bytes, size_t size)
{
	struct output *output = context;
	uint64_t taken = 0;
	int err = put_all(output->fd, bytes, size, &taken);

	output->taken += taken;
	return err;
}

/* Frees what is left of it. */
static void release(struct output *output)
{
	compression_free(output->compression);
	free(output->part);
	free(output->whole_name);
	free(output);
}

/* Of the bytes of a write that has failed. */
static void keep_whole(struct output *output, const void *bytes, size_t taken)
{
	struct whole_events whole;

	if (!output->whole_of || output_is_compressed(output))
		return;
	whole = output->whole_of(bytes, taken);
	output->whole += whole.bytes;
	if (output->aside.queue)
		write_queue_keep(output->aside.queue, whole.mark);
}

static int take_step(struct output *output, const void *bytes, size_t size,
		     enum compression_step step)
{
	uint64_t before = output->taken;
	int err = output->error;

	if (err)
		return err;
	err = compression_step(output->compression, bytes, size, step);
	if (err) {
		output->error = err;
		keep_whole(output, bytes, output->taken - before);
		return err;
	}
	if (step != STEP_MORE || !output_is_compressed(output))
		output->whole = output->taken;
	return 0;
}

/* The jobs of the queue. */
static int do_more(void *context, const void *bytes, size_t size)
{
	return take_step(context, bytes, size, STEP_MORE);
}

static int do_flush(void *context, const void *bytes, size_t size)
{
	return take_step(context, bytes, size, STEP_FLUSH);
}

/* Does a step, now or later. Returns the first error that is known. */
static int ask_step(struct output *output, const void *bytes, size_t size,
		    enum compression_step step)
{
	struct write_queue *queue = output->aside.queue;
	int err = output->error;

	if (!queue)
		return take_step(output, bytes, size, step);
	if (!err)
		err = write_queue_add(queue, step == STEP_MORE ? do_more : do_flush, output, bytes,
				      size);
	if (err) /* bytes are missing: nothing may follow them */
		output->error = err;
	return err;
}

static ptrdiff_t write_output(void *context, const void *bytes, size_t size)
{
	struct output *output = context;
	int err = ask_step(output, bytes, size, STEP_MORE);

	output->given += size;
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
	return ask_step(output, NULL, 0, STEP_FLUSH);
}

struct pcapng_target output_target(struct output *output)
{
	return (struct pcapng_target){ write_output, flush_output, output };
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
		err = error_set(error, -EBUSY, "%s: another process writes it; choose another file",
				path);
	else if (ftruncate(fd, 0))
		err = error_set(error, -errno, "%s: cannot write it: %s; choose another file", path,
				strerror(errno));
	if (err)
		close(fd);
	return err ? err : fd;
}

static int open_file(const char *path, struct error *error)
{
	int fd;

	if (strcmp(path, "-") == 0) {
		if (isatty(STDOUT_FILENO))
			return error_set(
				error, -EINVAL,
				"-: standard output is a terminal; redirect it, or name a file");
		return STDOUT_FILENO;
	}
	fd = held_take_output(path);
	if (fd == -EBADF)
		fd = open_output(path, O_CREAT, OUTPUT_MODE);
	if (fd < 0)
		return open_output_failed(error, fd, path);
	return take_over(fd, path, error);
}

static int open_now(struct output *output, struct error *error)
{
	const char *path = output->part ? output->part : output->whole_name;
	struct stat st;
	int err = 0;

	if (output->part)
		err = file_replace_check(output->whole_name, "-w", error);
	if (!err)
		err = output->fd = open_file(path, error);
	if (err < 0) {
		output->error = err;
		return err;
	}
	output->is_file = output->fd != STDOUT_FILENO && !fstat(output->fd, &st) &&
			  S_ISREG(st.st_mode);
	return 0;
}

/* A job of the queue. */
static int open_later(void *output, const void *bytes, size_t size)
{
	struct error error;

	(void)bytes;
	(void)size;
	return open_now(output, &error);
}

/* The name decides the compression. */
static struct output *new_output(const char *path, bool part, const struct output_aside *aside)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		return NULL;
	output->fd = -1;
	output->aside = *aside;
	output->whole_name = strdup(path);
	output->compression = compression_new(path, put, output);
	if (output->whole_name && output->compression &&
	    (!part || asprintf(&output->part, "%s" OUTPUT_PART, path) >= 0))
		return output;
	release(output);
	return NULL;
}

struct output *output_open_aside(const char *path, bool part, const struct output_aside *aside,
				 struct error *error)
{
	struct output *output = new_output(path, part, aside);
	int err;

	if (!output) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	if (aside->opens_later)
		err = write_queue_add(aside->queue, open_later, output, NULL, 0);
	else
		err = open_now(output, error);
	if (!err)
		return output;
	if (aside->opens_later)
		error_set(error, err, "out of memory");
	release(output);
	return NULL;
}

struct output *output_open(const char *path, struct error *error)
{
	return output_open_aside(path, false, &(struct output_aside){ 0 }, error);
}

struct output *output_open_part(const char *path, struct error *error)
{
	return output_open_aside(path, true, &(struct output_aside){ 0 }, error);
}

uint64_t output_bytes(const struct output *output)
{
	return output_is_compressed(output) ? output->taken : output->given;
}

bool output_is_compressed(const struct output *output)
{
	return compression_compresses(output->compression);
}

void output_keep_whole(struct output *output,
		       struct whole_events (*whole)(const void *bytes, size_t size))
{
	output->whole_of = whole;
}

int output_settle(struct output *output)
{
	if (output->aside.queue)
		write_queue_wait(output->aside.queue);
	return output->error;
}

/*
 * Ends the file, and frees the output. A write that failed can have left a part of a block, which
 * is damage to a reader: it is cut off.
 */
static int end_file(struct output *output)
{
	struct output_aside aside = output->aside;
	bool was_opened = output->fd >= 0;
	int err = take_step(output, NULL, 0, STEP_END);

	if (err && output->is_file && ftruncate(output->fd, (off_t)output->whole))
		err = -errno;
	if (output->fd > STDERR_FILENO && close(output->fd) && !err)
		err = -errno;
	if (!err && output->part && rename(output->part, output->whole_name))
		err = -errno;
	if (aside.ended)
		aside.ended(aside.context, output->whole_name, was_opened, err);
	release(output);
	return err;
}

/* A job of the queue; bytes are the address of the result, if anyone waits for it. */
static int end_later(void *output, const void *bytes, size_t size)
{
	int err = end_file(output), *result;

	if (size) {
		memcpy(&result, bytes, sizeof(result));
		*result = err;
	}
	return err;
}

int output_close(struct output *output)
{
	struct write_queue *queue = output ? output->aside.queue : NULL;
	int result = 0, *place = &result, err;

	if (!output)
		return 0;
	if (!queue)
		return end_file(output);
	if (output->aside.ended)
		return write_queue_add(queue, end_later, output, NULL, 0);
	err = write_queue_add(queue, end_later, output, &place, sizeof(place));
	if (!err)
		write_queue_wait(queue);
	return err ? err : result;
}
