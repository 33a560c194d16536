/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WRITE_QUEUE_H
#define WRITE_QUEUE_H

/*
 * A thread that writes, so that a disk or a reader that stalls does not stop the thread that
 * captures. Jobs are done one after the other, in the order in which they were added. One other
 * thread calls all functions; it never waits, except where stated. The queue does not depend on
 * what a job does.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes that may wait. A job is always accepted; but whoever makes them of events asks before
 * each event whether there is room for it and for what is made of it later: the buffer of a writer,
 * statistics.
 */
#define WRITE_QUEUE_BYTES   (16U << 20)
#define WRITE_QUEUE_RESERVE (1U << 20)

struct write_queue;

/* Starts the thread. Returns NULL and errno. */
struct write_queue *write_queue_new(void);

/* Waits for the end of all jobs. Accepts NULL. */
void write_queue_free(struct write_queue *queue);

/* Returns whether another event may be written. */
bool write_queue_has_room(const struct write_queue *queue);

/*
 * Does run(context, bytes, size) in the thread, with a copy of the bytes. It returns 0 or -errno.
 * Returns 0 or -ENOMEM, after which the job is not done.
 */
typedef int write_job(void *context, const void *bytes, size_t size);
int write_queue_add(struct write_queue *queue, write_job *run, void *context, const void *bytes,
		    size_t size);

/*
 * Notes how many events the jobs since the last mark have completed, and how many lost ones these
 * report. They are counted as written if the last job before the mark returns 0, else as failed:
 * after a job has failed, the further jobs of the same file fail, too.
 */
struct write_mark {
	uint64_t events;
	uint64_t lost;
};
void write_queue_mark(struct write_queue *queue, struct write_mark mark);

/*
 * For a job that is about to fail, in its thread: so many of its events, which belong to the next
 * mark, are written nevertheless. They are counted at once, even if no mark follows.
 */
void write_queue_keep(struct write_queue *queue, struct write_mark kept);

struct write_counts {
	struct write_mark written;
	struct write_mark failed;
	size_t waiting; /* bytes of the jobs that are not done */
	int error;	/* of the last job that was done, -errno or 0 */
};

/* The counts of this moment. With nothing that waits, they are those of all jobs and marks. */
struct write_counts write_queue_counts(struct write_queue *queue);

/*
 * From now on, write_queue_wait calls stalled(waiting) once, with the bytes that wait, when no job
 * has been done for two seconds. The function is called by the thread that waits.
 */
void write_queue_when_stalled(struct write_queue *queue, void (*stalled)(size_t waiting));

/*
 * Waits until all jobs are done. After the user has requested the end (signals.h), a job that waits
 * in a system call is interrupted repeatedly, so that it can decide to fail.
 */
void write_queue_wait(struct write_queue *queue);

#endif
