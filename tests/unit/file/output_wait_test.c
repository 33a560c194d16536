// SPDX-License-Identifier: GPL-2.0-or-later
/* Outputs whose reader is slow, or reads nothing. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "file/output.h"
#include "util/signals.h"
#include "test.h"

#define PIPE_BYTES 4096

static int ends[2], saved = -1;
static char bytes[50 * PIPE_BYTES];

/* Standard output becomes a pipe that does not block, as ssh and some shells leave it. */
static bool take_stdout(void)
{
	fflush(stdout);
	if (saved < 0)
		saved = dup(STDOUT_FILENO);
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) || fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) < 0)
		return false;
	return dup2(ends[1], STDOUT_FILENO) >= 0 && close(ends[1]) == 0;
}

static void give_stdout_back(void)
{
	dup2(saved, STDOUT_FILENO);
}

/* Reads to the end, some bytes at a time. Returns the number of bytes. */
static void *read_slowly(void *unused)
{
	static char some[PIPE_BYTES];
	size_t total = 0;
	ssize_t n = -1;

	(void)unused;
	while (n) {
		usleep(1000);
		n = read(ends[0], some, sizeof(some));
		total += n > 0 ? (size_t)n : 0;
	}
	return (void *)total;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void *stop_soon(void *unused)
{
	(void)unused;
	usleep(200000);
	kill(getpid(), SIGTERM);
	return NULL;
}

static void write_until_stopped(struct output *output, double *took, ptrdiff_t *written)
{
	struct pcapng_target target = output_target(output);
	double start = seconds();
	pthread_t stopper;

	signals_catch();
	pthread_create(&stopper, NULL, stop_soon, NULL);
	*written = target.write(target.context, bytes, sizeof(bytes));
	*took = seconds() - start;
	pthread_join(stopper, NULL);
}

/* The first test of a file runs last; the request to stop stays. */
TEST(reader_that_takes_nothing_is_given_up_after_a_stop)
{
	static struct error error;
	ptrdiff_t written, after;
	struct output *output;
	double took;
	void *received;
	pthread_t reader;
	int closed;

	CHECK(take_stdout());
	output = output_open("-", &error);
	write_until_stopped(output, &took, &written);
	closed = output_close(output);
	give_stdout_back();
	close(ends[0]);
	CHECK(signals_stop_asked() && written == -EAGAIN && closed == -EAGAIN);
	CHECK(took > 1 && took < 5);

	/* A slow reader still gets all bytes. */
	CHECK(take_stdout());
	pthread_create(&reader, NULL, read_slowly, NULL);
	output = output_open("-", &error);
	after = output_target(output).write(output_target(output).context, bytes, sizeof(bytes));
	closed = output_close(output);
	give_stdout_back();
	pthread_join(reader, &received);
	close(ends[0]);
	CHECK(after == sizeof(bytes) && closed == 0 && (size_t)received == sizeof(bytes));
}

TEST(slow_reader_of_a_non_blocking_pipe_gets_all)
{
	static struct error error;
	struct output *output;
	struct pcapng_target target;
	ptrdiff_t written;
	pthread_t reader;
	void *received;
	int closed;

	CHECK(take_stdout());
	pthread_create(&reader, NULL, read_slowly, NULL);
	output = output_open("-", &error);
	target = output_target(output);
	written = target.write(target.context, bytes, sizeof(bytes));
	closed = output_close(output);
	give_stdout_back();
	pthread_join(reader, &received);
	close(ends[0]);
	CHECK(written == sizeof(bytes) && closed == 0 && (size_t)received == sizeof(bytes));
}

TEST(text_to_a_slow_reader_is_complete)
{
	FILE *stream = output_text_stream(NULL);
	pthread_t reader;
	void *received;
	size_t written;
	int flushed;

	CHECK(stream && take_stdout());
	pthread_create(&reader, NULL, read_slowly, NULL);
	written = fwrite(bytes, 1, sizeof(bytes), stream);
	flushed = fflush(stream);
	give_stdout_back();
	pthread_join(reader, &received);
	close(ends[0]);
	CHECK(written == sizeof(bytes) && flushed == 0 && (size_t)received == sizeof(bytes));
}
