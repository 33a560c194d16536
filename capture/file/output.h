/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUTPUT_H
#define OUTPUT_H

/*
 * A file that is written from its start, compressed if its name ends in .gz or .zst. After a flush,
 * everything so far can be decompressed, even if the program then crashes. It does not know the
 * meaning of the bytes, only that a reader may stop at the end of each write.
 *
 * It waits for a slow reader, of a blocking or non-blocking descriptor, until the user asks for the
 * end (signals.h); from then on a reader that takes nothing for a second makes a write fail with
 * -EAGAIN.
 */

#include <stdbool.h>
#include <stdio.h>

#include "pcapng/pcapng.h"
#include "util/error.h"
#include "whole_events.h"
#include "write_queue.h"

struct output;

/* Of a new file: captures are secrets. The umask may deny more. */
#define OUTPUT_MODE 0600

/*
 * "-" is standard output. An existing file is overwritten. Returns NULL and the error if the file
 * cannot be opened.
 */
struct output *output_open(const char *path, struct error *error);

/* The end of the name of a file that is not finished. */
#define OUTPUT_PART ".part"

/*
 * The same for a file that has this name when it is whole: until output_close has written
 * everything, its name is path and OUTPUT_PART, and an older file of the name path stays. Only a
 * regular file can be replaced.
 */
struct output *output_open_part(const char *path, struct error *error);

/*
 * How a file is written by another thread, so that nothing waits but the first opening and, unless
 * ended is given, the closing. An error comes later: it is that of the next write or flush. All
 * NULL: each call does its work at once.
 */
struct output_aside {
	struct write_queue *queue; /* it outlives the output */
	bool opens_later;	   /* it is opened there, too */
	/*
	 * output_close returns at once, and this gets its result in the other thread, with the name
	 * that the file has when it is whole. was_opened: this output has opened the file.
	 */
	void (*ended)(void *context, const char *path, bool was_opened, int error);
	void *context;
};

/* output_open, or with part output_open_part. */
struct output *output_open_aside(const char *path, bool part, const struct output_aside *aside,
				 struct error *error);

/*
 * To be called before the first write: when a write fails half-way, whole(bytes, size) says what a
 * reader can use of the bytes of this write that the output has. An uncompressed file then ends
 * with them, and the queue counts their events as written. Without it, a write is all or nothing.
 */
void output_keep_whole(struct output *output,
		       struct whole_events (*whole)(const void *bytes, size_t size));

/* Waits until everything so far is written. Returns 0 or the first error of all writes. */
int output_settle(struct output *output);

/* The bytes that the file has so far, and whether they are compressed. */
uint64_t output_bytes(const struct output *output);
bool output_is_compressed(const struct output *output);

/* For pcapng_writer_new; the output must outlive the writer. Takes all bytes or fails. */
struct pcapng_target output_target(struct output *output);

/*
 * Ends the compression and closes the file. After a failed write, a regular file is truncated to
 * the end of the last write, or of a compressed file the last flush, that succeeded (see
 * output_keep_whole). Frees the output; NULL is accepted. Returns 0 or the first error of all
 * writes, after which a file of output_open_part keeps the name of one that is not finished.
 */
int output_close(struct output *output);

/*
 * Standard output as a stream for text, which waits as above; stdio's own stdout fails on a full
 * non-blocking descriptor. It stays open until the process ends. With a queue, which outlives its
 * use, its bytes are written there, and errors are those of the queue. NULL: no memory.
 */
FILE *output_text_stream(struct write_queue *queue);

#endif
