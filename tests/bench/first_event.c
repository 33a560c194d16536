// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Measures how long after its start a capture has its first event.
 *
 *   first_event FILE COMMAND...
 *     runs the command, which has to write FILE, until FILE has a packet; prints "captured MS
 *     written MS": from just before exec to the packet's own timestamp, and until it was readable.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENHANCED_PACKET 6 /* draft-ietf-opsawg-pcapng, section 4.3 */
#define PATIENCE_NS	30000000000ULL

/* The start of any block, and the time of a packet: nanoseconds, as tcpdropcap writes them. */
struct head {
	uint32_t type;
	uint32_t length;
	uint32_t interface;
	uint32_t time_high;
	uint32_t time_low;
};

static uint64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Returns whether the file has a packet, and its time. */
static bool find_packet(const char *path, uint64_t *time_ns)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found = false;
	struct head head;
	off_t at = 0;

	if (fd < 0)
		return false;
	while (!found && pread(fd, &head, sizeof(head), at) == sizeof(head) && head.length) {
		found = head.type == ENHANCED_PACKET;
		at += head.length;
	}
	close(fd);
	*time_ns = (uint64_t)head.time_high << 32 | head.time_low;
	return found;
}

int main(int argc, char **argv)
{
	uint64_t start_ns, time_ns = 0, written_ns;
	bool found = false;
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "usage: first_event FILE COMMAND...\n");
		return 2;
	}
	unlink(argv[1]);
	start_ns = wall_ns();
	child = fork();
	if (!child) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	while (!found && wall_ns() - start_ns < PATIENCE_NS && !waitpid(child, NULL, WNOHANG)) {
		usleep(500);
		found = find_packet(argv[1], &time_ns);
	}
	written_ns = wall_ns();
	kill(child, SIGINT);
	waitpid(child, NULL, 0);
	if (!found) {
		fprintf(stderr, "first_event: no packet in %s\n", argv[1]);
		return 1;
	}
	printf("captured %.1f written %.1f\n", ((double)time_ns - (double)start_ns) / 1e6,
	       (double)(written_ns - start_ns) / 1e6);
	return 0;
}
