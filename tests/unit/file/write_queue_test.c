// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "file/write_queue.h"
#include "test.h"

static char text[64];
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static int append_text(void *context, const void *bytes, size_t size)
{
	strncat(context, bytes, size);
	return 0;
}

static int fail_job(void *context, const void *bytes, size_t size)
{
	(void)context;
	(void)bytes;
	(void)size;
	return -ENOSPC;
}

/* A disk that stalls until the test opens the gate. */
static int wait_at_gate(void *context, const void *bytes, size_t size)
{
	(void)context;
	(void)bytes;
	(void)size;
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return 0;
}

TEST(jobs_are_done_in_their_order)
{
	struct write_queue *queue = write_queue_new();

	text[0] = '\0';
	CHECK(queue);
	for (const char *letter = "abcdef"; *letter; letter++)
		CHECK(!write_queue_add(queue, append_text, text, letter, 1));
	write_queue_wait(queue);
	CHECK_STR(text, "abcdef");
	CHECK(write_queue_counts(queue).waiting == 0);
	write_queue_free(queue);
}

TEST(marks_are_counted_by_the_job_before_them)
{
	struct write_queue *queue = write_queue_new();
	struct write_counts counts;

	text[0] = '\0';
	write_queue_add(queue, append_text, text, "a", 1);
	write_queue_mark(queue, (struct write_mark){ 3, 1 });
	write_queue_add(queue, fail_job, NULL, NULL, 0);
	write_queue_mark(queue, (struct write_mark){ 5, 7 });
	write_queue_mark(queue, (struct write_mark){ 2, 0 });
	write_queue_add(queue, append_text, text, "b", 1);
	write_queue_mark(queue, (struct write_mark){ 11, 0 });
	write_queue_wait(queue);
	counts = write_queue_counts(queue);
	CHECK(counts.written.events == 14 && counts.written.lost == 1);
	CHECK(counts.failed.events == 7 && counts.failed.lost == 7 && counts.error == 0);
	write_queue_free(queue);
}

/* A disk that becomes full in the middle of the job. */
static int keep_four(void *queue, const void *bytes, size_t size)
{
	(void)bytes;
	(void)size;
	write_queue_keep(queue, (struct write_mark){ 4, 1 });
	return -ENOSPC;
}

TEST(job_that_fails_can_keep_events_of_the_next_mark)
{
	struct write_queue *queue = write_queue_new();
	struct write_counts counts;

	write_queue_add(queue, keep_four, queue, NULL, 0);
	write_queue_mark(queue, (struct write_mark){ 6, 1 });
	write_queue_add(queue, fail_job, NULL, NULL, 0);
	write_queue_mark(queue, (struct write_mark){ 5, 0 });
	write_queue_wait(queue);
	counts = write_queue_counts(queue);
	CHECK(counts.written.events == 4 && counts.written.lost == 1);
	CHECK(counts.failed.events == 7 && counts.failed.lost == 0);
	write_queue_free(queue);
}

static size_t stalled_bytes;

static void note_stall(size_t waiting)
{
	stalled_bytes = waiting;
	pthread_mutex_unlock(&gate);
}

TEST(whoever_waits_for_a_stalled_job_is_told)
{
	struct write_queue *queue = write_queue_new();

	write_queue_when_stalled(queue, note_stall);
	write_queue_wait(queue);
	CHECK(!stalled_bytes);
	pthread_mutex_lock(&gate);
	write_queue_add(queue, wait_at_gate, NULL, "abcdef", 6);
	write_queue_wait(queue);
	CHECK(stalled_bytes >= 6);
	write_queue_free(queue);
}

TEST(stalled_job_fills_the_queue_and_stops_nobody)
{
	struct write_queue *queue = write_queue_new();
	static char block[1 << 20];
	unsigned int taken = 0;

	pthread_mutex_lock(&gate);
	write_queue_add(queue, wait_at_gate, NULL, NULL, 0);
	while (write_queue_has_room(queue) && taken < 100) {
		write_queue_add(queue, wait_at_gate, NULL, block, sizeof(block));
		taken++;
	}
	CHECK(taken == 15 && write_queue_counts(queue).waiting <= WRITE_QUEUE_BYTES);
	pthread_mutex_unlock(&gate);
	write_queue_wait(queue);
	CHECK(write_queue_has_room(queue));
	write_queue_free(queue);
}
