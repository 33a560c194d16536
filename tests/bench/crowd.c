// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Simulates a crowded host: processes with many open files, and sockets of many cgroups.
 *
 *   crowd FILES CGROUPS DIRECTORY ADDRESS PORT SOCKETS
 *     opens FILES files in as many processes as the limit of open files requires, and SOCKETS
 *     sockets, each in the next of the cgroups DIRECTORY/0 to DIRECTORY/(CGROUPS-1); with 0
 *     cgroups, all in its own. Prints "ready FILES files"; at each SIGUSR1 connects all sockets to
 *     the address again. SIGTERM ends it and its processes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define OTHER_FILES 16 /* standard streams and the like */

static void die(const char *what)
{
	fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		die("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
	return (long)limit.rlim_cur - OTHER_FILES;
}

/* Runs in a child process; writes a byte when the files are open. */
static void hold_files(long files, int ready)
{
	int fd = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (long i = 1; i < files; i++) {
		if (dup(fd) < 0)
			die("dup");
	}
	if (write(ready, "", 1) != 1)
		die("write");
	for (;;)
		pause();
}

static void open_files(long files, long each)
{
	int ready[2];
	char byte;

	if (pipe(ready))
		die("pipe");
	for (long left = files; left > 0; left -= each) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid)
			hold_files(left < each ? left : each, ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			die("a process has ended");
	}
}

static void enter_cgroup(const char *directory, int number)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%d/cgroup.procs", directory, number);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		die(path);
	close(fd);
}

/* A socket belongs to the cgroup that its process was in when it was opened. */
static int *open_sockets(int count, int cgroups, const char *directory)
{
	int *fds = calloc((size_t)count, sizeof(*fds));

	for (int i = 0; i < count; i++) {
		if (cgroups)
			enter_cgroup(directory, i % cgroups);
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fds[i] < 0)
			die("socket");
	}
	return fds;
}

static void connect_all(const int *fds, int count, const struct sockaddr_in *address)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	for (int i = 0; i < count; i++) {
		connect(fds[i], &none, sizeof(none));
		if (connect(fds[i], (const struct sockaddr *)address, sizeof(*address)) &&
		    errno != EINPROGRESS)
			die("connect");
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	sigset_t signals;
	long files, each;
	int count, *fds, signal_number;

	if (argc != 7 || inet_pton(AF_INET, argv[4], &address.sin_addr) != 1) {
		fprintf(stderr, "usage: crowd FILES CGROUPS DIRECTORY ADDRESS PORT SOCKETS\n");
		return 2;
	}
	files = atol(argv[1]);
	count = atoi(argv[6]);
	address.sin_port = htons((uint16_t)atoi(argv[5]));
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	each = raise_limit();
	open_files(files, each);
	fds = open_sockets(count, atoi(argv[2]), argv[3]);
	printf("ready %ld files\n", files);
	fflush(stdout);
	while (!sigwait(&signals, &signal_number))
		connect_all(fds, count, &address);
	return 1;
}
