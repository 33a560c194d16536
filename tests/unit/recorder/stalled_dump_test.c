// SPDX-License-Identifier: GPL-2.0-or-later
/* A dump onto a disk that stalls. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recorder_case.h"
#include "test.h"

/*
 * Stalls whoever opens the file for writing, as a disk does: another process has a lease on it,
 * which the kernel asks back, until it gets a byte. Returns where to write that; -1: not possible.
 */
static int stall(const char *path)
{
	int said[2], told[2];
	char byte = 0;

	if (pipe2(said, O_CLOEXEC) || pipe2(told, O_CLOEXEC))
		return -1;
	if (fork() == 0) {
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		signal(SIGIO, SIG_IGN);
		byte = !fcntl(fd, F_SETLEASE, F_WRLCK);
		_exit(write(said[1], &byte, 1) != 1 || read(told[0], &byte, 1) != 1);
	}
	close(told[0]);
	close(said[1]);
	if (read(said[0], &byte, 1) != 1 || !byte) {
		close(told[1]);
		told[1] = -1;
	}
	close(said[0]);
	return told[1];
}

/*
 * Reads a dump that may have gaps, each of which the event after it reports. Returns the events in
 * it, and sets *lost and the number after the last one.
 */
static uint64_t read_gaps(const char *path, uint64_t *lost, uint64_t *next)
{
	FILE *file = fopen(path, "re");
	uint64_t events = 0;
	char line[4096];

	*lost = *next = 0;
	while (file && fgets(line, sizeof(line), file)) {
		const char *number = strstr(line, "\"skb_len\":");
		const char *gap = strstr(line, "\"lost\":");
		uint64_t missing = gap ? strtoull(gap + 7, NULL, 10) : 0;

		if (!number)
			continue;
		if (strtoull(number + 10, NULL, 10) != *next + missing)
			break;
		*lost += missing;
		*next += missing + 1;
		events++;
	}
	if (file)
		fclose(file);
	return events;
}

/* The opening stalls. What waits has a bound; what has no room there or in memory is counted. */
TEST(stalled_disk_is_not_waited_for)
{
	struct recorder_config config = config_of("a", LONG_S, 0);
	uint64_t events, lost, next;
	char counts[128];
	int release;

	config.bytes = 1 << 20;
	CHECK(begin(&config) && add_events(1000, NULL));
	release = stall("a.part");
	if (release < 0) {
		printf("# no lease: %s\n", strerror(errno));
		sink->close(sink, 0);
		return;
	}
	CHECK(!raise(SIGUSR2) && !sink->tick(sink) && add_events(100000, NULL));
	CHECK(!raise(SIGUSR2) && !sink->tick(sink) && shows("101000 events recorded: "));
	CHECK(shows("KiB of the dump wait for the disk") && !shows(" 0 overwritten"));
	CHECK(write(release, "", 1) == 1 && until(shows_no, "wait for the disk"));
	CHECK(add_events(10, NULL) && !sink->close(sink, 0));
	close(release);
	wait(NULL);
	events = read_gaps("a", &lost, &next);
	CHECK(events > 20000 && lost > 20000 && next == 101010 && events + lost == next);
	snprintf(counts, sizeof(counts),
		 "101010 events recorded: %" PRIu64 " dumped, %" PRIu64 " overwritten, 0 too old, "
		 "0 not dumped",
		 events, lost);
	CHECK(noted(counts) && noted("1 dump made; 2 triggers, of which 1 ignored during a dump"));
}
