// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "pcapng/pcapng.h"
#include "test.h"

#define PIPE_BYTES 4096

static int ends[2];
static size_t received;

static bool open_pipe(void)
{
	return pipe2(ends, O_NONBLOCK) == 0 && fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) > 0;
}

/* Reads all of it, slowly. */
static void *read_slowly(void *unused)
{
	static char bytes[1000];
	ssize_t n = -1;

	(void)unused;
	received = 0;
	while (n) {
		usleep(500);
		n = read(ends[0], bytes, sizeof(bytes));
		received += n > 0 ? (size_t)n : 0;
	}
	return NULL;
}

TEST(full_non_blocking_pipe_is_waited_for)
{
	static char bytes[20 * PIPE_BYTES];
	struct pcapng_target target;
	size_t written = 0;
	ptrdiff_t n = 1;
	pthread_t reader;

	CHECK(open_pipe());
	target = pcapng_target_fd(ends[1]);
	CHECK(pthread_create(&reader, NULL, read_slowly, NULL) == 0);
	while (n > 0 && written < sizeof(bytes)) {
		n = target.write(target.context, bytes, sizeof(bytes) - written);
		written += n > 0 ? (size_t)n : 0;
	}
	close(ends[1]);
	pthread_join(reader, NULL);
	close(ends[0]);
	CHECK(n > 0 && written == sizeof(bytes) && received == sizeof(bytes));
}

static void on_alarm(int number)
{
	(void)number;
}

TEST(signal_ends_the_wait)
{
	static char bytes[PIPE_BYTES];
	struct sigaction action = { .sa_handler = on_alarm }, old;
	struct itimerval soon = { .it_value = { .tv_usec = 50000 } };
	struct pcapng_target target;

	CHECK(open_pipe());
	target = pcapng_target_fd(ends[1]);
	CHECK(target.write(target.context, bytes, sizeof(bytes)) == sizeof(bytes));
	sigaction(SIGALRM, &action, &old);
	setitimer(ITIMER_REAL, &soon, NULL);
	CHECK(target.write(target.context, bytes, 1) == -EINTR);
	sigaction(SIGALRM, &old, NULL);
	CHECK(read(ends[0], bytes, sizeof(bytes)) == sizeof(bytes));
	CHECK(target.write(target.context, bytes, 1) == 1);
	close(ends[0]);
	close(ends[1]);
}

TEST(closed_reader_is_an_error)
{
	static char bytes[PIPE_BYTES];
	struct pcapng_target target;

	signal(SIGPIPE, SIG_IGN);
	CHECK(open_pipe());
	target = pcapng_target_fd(ends[1]);
	CHECK(target.write(target.context, bytes, sizeof(bytes)) == sizeof(bytes));
	close(ends[0]);
	CHECK(target.write(target.context, bytes, 1) == -EPIPE);
	close(ends[1]);
}
