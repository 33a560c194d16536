// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "pcapng_file.h"
#include "test.h"

TEST(whole_blocks_are_written_from_256_kib_on)
{
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);

	CHECK(add_packet(writer, 256 * 1024 - PREFIX - 32 - 4, none) == 0);
	CHECK(pcapng_writer_bytes(writer) == 256 * 1024 - 4);
	CHECK(lseek(fd, 0, SEEK_END) == 0);
	CHECK(add_packet(writer, 1000, none) == 0);
	CHECK(lseek(fd, 0, SEEK_END) == 256 * 1024 - 4 + 1032);
	CHECK(pcapng_writer_bytes(writer) == 256 * 1024 - 4 + 1032);
	CHECK(add_packet(writer, 1000, none) == 0);
	CHECK(lseek(fd, 0, SEEK_END) == 256 * 1024 - 4 + 1032);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(lseek(fd, 0, SEEK_END) == 256 * 1024 - 4 + 2 * 1032);
	close(fd);
}

TEST(flush_writes_the_buffer_and_keeps_the_count)
{
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);

	CHECK(lseek(fd, 0, SEEK_END) == 0);
	for (int i = 0; i < 2; i++) {
		CHECK(pcapng_writer_flush(writer) == 0);
		CHECK(lseek(fd, 0, SEEK_END) == PREFIX);
		CHECK(pcapng_writer_bytes(writer) == PREFIX);
	}
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(lseek(fd, 0, SEEK_END) == PREFIX);
	close(fd);
}

/* Each call, also one that would be refused, returns the error of the failed write. */
static bool stays(struct pcapng_writer *writer, int error)
{
	struct pcapng_packet packet = { .interface_id = 99 };
	uint64_t bytes = pcapng_writer_bytes(writer);
	uint32_t id;

	return pcapng_writer_flush(writer) == error &&
	       pcapng_writer_add_section(writer, none) == error &&
	       pcapng_writer_add_interface(writer, 1, 0, none, &id) == error &&
	       pcapng_writer_add_packet(writer, &packet) == error &&
	       pcapng_writer_add_statistics(writer, 99, 1, none) == error &&
	       pcapng_writer_bytes(writer) == bytes && pcapng_writer_free(writer) == error;
}

TEST(full_device_is_an_error_that_stays)
{
	int fd = open("/dev/full", O_WRONLY);
	struct pcapng_writer *writer = begin_file(fd);

	CHECK(pcapng_writer_flush(writer) == -ENOSPC);
	CHECK(stays(writer, -ENOSPC));
	writer = begin_file(fd);
	CHECK(add_packet(writer, MIB, none) == -ENOSPC);
	CHECK(stays(writer, -ENOSPC));
	CHECK(pcapng_writer_free(begin_file(fd)) == -ENOSPC);
	close(fd);
}

TEST(closed_reader_is_an_error_that_stays)
{
	struct pcapng_writer *writer;
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	CHECK(pipe(fds) == 0);
	writer = begin_file(fds[1]);
	CHECK(pcapng_writer_flush(writer) == 0);
	close(fds[0]);
	CHECK(add_packet(writer, 1, none) == 0);
	CHECK(pcapng_writer_flush(writer) == -EPIPE);
	CHECK(stays(writer, -EPIPE));
	close(fds[1]);
}

static ptrdiff_t refuse(void *context, const void *bytes, size_t size)
{
	(void)context;
	(void)bytes;
	(void)size;
	return -EAGAIN;
}

/* The writer does not wait: a target that can be full waits itself. */
TEST(full_target_is_an_error_that_stays)
{
	struct pcapng_writer *writer = pcapng_writer_new((struct pcapng_target){ .write = refuse });

	CHECK(pcapng_writer_add_section(writer, none) == 0);
	CHECK(pcapng_writer_flush(writer) == -EAGAIN);
	CHECK(stays(writer, -EAGAIN));
}

TEST(file_at_its_limit_keeps_its_bytes_and_gets_no_more)
{
	struct rlimit old, limited;
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);
	int error;

	CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
	limited = (struct rlimit){ 100000, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	CHECK(setrlimit(RLIMIT_FSIZE, &limited) == 0);
	error = add_packet(writer, MIB, none);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK(error == -EFBIG);
	CHECK(stays(writer, -EFBIG)); /* although there is room again */
	CHECK(lseek(fd, 0, SEEK_END) == 100000);
	close(fd);
}

TEST(free_accepts_null)
{
	CHECK(pcapng_writer_free(NULL) == 0);
}

static volatile sig_atomic_t interruptions;
static int start_reading;

/* The reader starts late, so that the writer is interrupted with a full pipe. */
static void interrupt(int signal_number)
{
	(void)signal_number;
	if (++interruptions == 20 && write(start_reading, "", 1) != 1)
		abort();
}

static void copy_in_child(int start, int from, int to)
{
	char bytes[1000];
	ssize_t n = read(start, bytes, 1);

	while (n > 0) {
		n = read(from, bytes, sizeof(bytes));
		if (n > 0 && write(to, bytes, n) != n)
			abort();
	}
	_exit(n != 0);
}

/* A capture longer than the buffer of a pipe or socket, and shorter than one write. */
static int write_packets(int fd)
{
	struct pcapng_writer *writer = begin_file(fd);
	int error = 0;

	for (uint32_t i = 0; i < 200 && !error; i++) {
		struct pcapng_packet packet = { 0, i, 1000, 1000 + i, zeros, LIST(packet_options) };

		error = pcapng_writer_add_packet(writer, &packet);
	}
	return pcapng_writer_free(writer) | error;
}

/* Writes the packets to pair[1] with interruptions, and the bytes of pair[0] to copy. */
static bool write_interrupted(const int pair[2], int copy)
{
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
	struct sigaction act = { .sa_handler = interrupt }; /* without SA_RESTART */
	int start[2], status = -1, error;
	pid_t child;

	interruptions = 0;
	if (pipe(start) || sigaction(SIGALRM, &act, NULL))
		return false;
	start_reading = start[1];
	child = fork();
	if (child == 0) {
		close(start[1]);
		close(pair[1]);
		copy_in_child(start[0], pair[0], copy);
	}
	close(pair[0]);
	setitimer(ITIMER_REAL, &often, NULL);
	error = write_packets(pair[1]);
	setitimer(ITIMER_REAL, &never, NULL);
	close(start[1]);
	close(pair[1]);
	return waitpid(child, &status, 0) == child && !status && !error && interruptions >= 20;
}

static bool loses_nothing(const int pair[2])
{
	int copy = memory_file(), want = memory_file();
	off_t length;
	void *bytes;

	if (write_packets(want) || !write_interrupted(pair, copy))
		return false;
	length = lseek(want, 0, SEEK_END);
	bytes = mmap(NULL, length, PROT_READ, MAP_SHARED, want, 0);
	return length > 200000 && file_holds(copy, 0, bytes, length);
}

TEST(interrupted_and_short_writes_to_a_pipe_lose_nothing)
{
	int pair[2];

	CHECK(pipe(pair) == 0);
	CHECK(loses_nothing(pair));
}

TEST(interrupted_and_short_writes_to_a_socket_lose_nothing)
{
	int pair[2], small = 4096;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)) == 0);
	CHECK(loses_nothing(pair));
}
