// SPDX-License-Identifier: GPL-2.0-or-later
/* Which events are in which dump, and the counts at the end. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recorder/recorder.h"
#include "report/report_file.h"
#include "test.h"
#include "util/signals.h"
#include "util/time.h"

#define LONG_S 100000
#define WAIT_S 60 /* for a thread that writes */

static char folder[] = "/tmp/recorder-XXXXXX";
static struct triggers *triggers;
static struct sink *sink;
static struct error error, failure;
static char notes[65536];
static uint64_t next_number, next_folder;

/* All notes and warnings, each on a line. */
static void note(const char *format, ...)
{
	size_t length = strlen(notes);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(notes + length, sizeof(notes) - length - 1, format, arguments);
	va_end(arguments);
	strcat(notes, "\n");
}

/* JSON has each event in a line, which is easy to find. */
static struct recorder_config config_of(const char *pattern, uint64_t after_s, uint64_t pause_s)
{
	return (struct recorder_config){
		.files = { .limits = { .pattern = pattern },
			   .json = true,
			   .warn = note,
			   .note = note,
			   .failure = &failure },
		.bytes = 16 << 20,
		.after_s = after_s,
		.pause_s = pause_s,
		.triggers = triggers,
	};
}

static void remove_folder(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (chdir("/") || system(command))
		printf("# %s is left\n", folder);
}

/* A recorder in a new folder. */
static bool begin(const struct recorder_config *config)
{
	if (next_folder++)
		remove_folder();
	else
		atexit(remove_folder);
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	notes[0] = '\0';
	failure.text[0] = '\0';
	next_number = 0;
	if (!mkdtemp(folder) || chdir(folder))
		return false;
	signals_catch_dump();
	sink = sink_recorder_open(config, &error);
	return sink != NULL;
}

static void use_trigger(const char *text)
{
	triggers_free(triggers);
	triggers = NULL;
	triggers_add(&triggers, text, &error);
}

/* Adds events with the numbers that follow, the last one with this reason. */
static bool add_events(uint64_t count, const char *reason)
{
	while (count--) {
		report_count = 0;
		report_set_number(add_report(AF_INET), KEY_skb_len, next_number++);
		if (!count && reason)
			report_set_text(&reports[0], KEY_reason, reason);
		if (sink->add(sink, &reports[0]))
			return false;
	}
	return true;
}

static bool says(const char *text)
{
	return strstr(notes, text) != NULL;
}

/* Whether the file has the events with these numbers, in this order, after the line of the dump. */
static bool has(const char *path, uint64_t first, uint64_t last)
{
	FILE *file = fopen(path, "re");
	char line[4096];
	uint64_t number = first;

	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file) || strncmp(line, "{\"dump\":\"by ", 12) != 0)
		number = UINT64_MAX;
	while (fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, "\"skb_len\":");

		if (!at || strtoull(at + 10, NULL, 10) != number++)
			break;
	}
	number += feof(file) ? 0 : UINT64_MAX / 2;
	fclose(file);
	return number == last + 1;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Ticks until the condition is fulfilled. */
static bool until(bool (*is_fulfilled)(const char *what), const char *what)
{
	time_t end_s = time_monotonic_s() + WAIT_S;

	while (!sink->tick(sink) && time_monotonic_s() < end_s) {
		if (is_fulfilled(what))
			return true;
		usleep(1000);
	}
	return false;
}

/* Whether the counts of this moment say it. They are not kept. */
static bool shows(const char *text)
{
	size_t length = strlen(notes);
	bool found = !sink->show(sink) && strstr(notes + length, text);

	notes[length] = '\0';
	return found;
}

/* The dump of this name is whole, and the next one can begin. */
static bool is_over(const char *path)
{
	return exists(path) && !shows("wait for the disk");
}

TEST(nothing_is_written_without_a_trigger)
{
	struct recorder_config config = config_of("a", 0, 0);

	CHECK(begin(&config));
	CHECK(add_events(100, "NO_SOCKET") && !sink->tick(sink));
	CHECK(!sink->close(sink, 3));
	CHECK(rmdir(folder) == 0);
	CHECK(says("100 events recorded: 0 dumped, 0 overwritten, 0 too old, 100 not dumped"));
	CHECK(says("0 dumps made; 0 triggers"));
}

TEST(user_asks_for_a_dump)
{
	struct recorder_config config = config_of("a", 0, LONG_S);

	CHECK(begin(&config) && add_events(100, NULL) && !raise(SIGUSR2));
	CHECK(!exists("a.part") && until(is_over, "a") && !exists("a.part") && has("a", 0, 99));
	CHECK(says("recorder: dump by SIGUSR2, with 100 events from memory: a\n"));
	/* The pause is for triggers alone; what was dumped is forgotten. */
	CHECK(add_events(7, NULL) && !raise(SIGUSR2) && until(is_over, "a1"));
	CHECK(has("a1", 100, 106));
	/* The last request is not forgotten. */
	CHECK(add_events(5, NULL) && !raise(SIGUSR2) && !sink->close(sink, 0));
	CHECK(has("a2", 107, 111) && !exists("a2.part"));
	CHECK(says("112 events recorded: 112 dumped, 0 overwritten, 0 too old, 0 not dumped"));
	CHECK(says(
		"3 dumps made; 3 triggers, of which 0 ignored during a dump and 0 in the pause"));
}

TEST(dump_goes_on_after_its_trigger)
{
	struct recorder_config config;

	use_trigger("reason=BAD");
	config = config_of("a.json", LONG_S, 0);
	CHECK(begin(&config) && add_events(10, "GOOD") && !sink->tick(sink) &&
	      !exists("a.json.part"));
	CHECK(add_events(5, "BAD") && until(exists, "a.json.part"));
	CHECK(says("recorder: dump by reason=BAD, with 15 events from memory: a.json\n"));
	CHECK(add_events(20, "BAD") && !raise(SIGUSR2) && !sink->tick(sink));
	CHECK(until(shows, "35 events recorded: 35 dumped, 0 overwritten"));
	CHECK(add_events(3, NULL) && !sink->close(sink, 0) && has("a.json", 0, 37));
	CHECK(says(
		"1 dumps made; 3 triggers, of which 2 ignored during a dump and 0 in the pause"));
}

TEST(pause_between_dumps)
{
	struct recorder_config config;

	use_trigger("reason=BAD");
	config = config_of("a", 0, LONG_S);
	CHECK(begin(&config) && add_events(10, "BAD") && until(is_over, "a"));
	CHECK(add_events(4, "BAD") && add_events(4, "BAD") && !sink->tick(sink) &&
	      !exists("a1.part"));
	CHECK(says("reason=BAD went off less than 100000 s after the last dump (--dump-pause)"));
	CHECK(!sink->close(sink, 0) && has("a", 0, 9) && !exists("a1"));
	CHECK(says("18 events recorded: 10 dumped, 0 overwritten, 0 too old, 8 not dumped"));
	CHECK(says(
		"1 dumps made; 3 triggers, of which 0 ignored during a dump and 2 in the pause"));
}

TEST(ring_of_dumps)
{
	struct recorder_config config;

	use_trigger("reason=BAD");
	config = config_of("a", 0, 0);
	config.files.limits.files = 2;
	CHECK(begin(&config));
	CHECK(add_events(10, "BAD") && until(is_over, "a0"));
	CHECK(add_events(10, "BAD") && until(is_over, "a1"));
	CHECK(add_events(10, "BAD"));
	CHECK(!sink->close(sink, 0) && has("a0", 20, 29) && has("a1", 10, 19) && !exists("a"));
	CHECK(says("30 events recorded: 30 dumped") && says("3 dumps made"));
}

/* The memory has less than all: the newest are dumped, and nothing is lost while it is written. */
TEST(full_memory_is_dumped_in_parts)
{
	struct recorder_config config = config_of("a", LONG_S, 0);
	const uint64_t before = 40000, during = 20000;
	unsigned long long kept = 0;
	const char *said;

	config.bytes = 1 << 20;
	CHECK(begin(&config) && add_events(before, NULL) && !raise(SIGUSR2));
	CHECK(!sink->tick(sink) && (said = strstr(notes, "with ")));
	kept = strtoull(said + 5, NULL, 10);
	CHECK(kept > 5000 && kept < before);
	CHECK(add_events(during, NULL) && !sink->close(sink, 0));
	CHECK(has("a", before - kept, before + during - 1) && says("0 too old, 0 not dumped"));
}

static bool shows_no(const char *counts)
{
	return !shows(counts);
}

TEST(tick_hands_out_a_bounded_part)
{
	struct recorder_config config = config_of("a", 0, 0);

	CHECK(begin(&config) && add_events(20000, NULL) && !raise(SIGUSR2));
	CHECK(until(shows_no, "recorded: 0 dumped") && shows("20000 events recorded: 8192 dumped"));
	CHECK(until(is_over, "a"));
	/* Events after the time of the dump are not in it. */
	CHECK(add_events(3, NULL) && !sink->close(sink, 0) && has("a", 0, 19999));
	CHECK(says("20003 events recorded: 20000 dumped, 0 overwritten, 0 too old, 3 not dumped"));
}

TEST(dump_that_cannot_begin_loses_nothing)
{
	struct recorder_config config;

	use_trigger("reason=BAD");
	config = config_of("sub/a", 0, 0);
	CHECK(begin(&config) && add_events(10, "BAD"));
	CHECK(until(says, "recorder: sub/a.part: cannot write it: No such file") &&
	      says("; the events stay in memory"));
	CHECK(!mkdir("sub", 0700) && add_events(10, "BAD") && until(is_over, "sub/a1"));
	CHECK(has("sub/a1", 0, 19));
	CHECK(sink->close(sink, 0) < 0 &&
	      strstr(failure.text, "1 dumps failed; the first one: sub/a"));
	CHECK(says("20 events recorded: 20 dumped") && says("1 dumps failed: 0 events"));
}

static uint64_t lines_of(const char *path)
{
	FILE *file = fopen(path, "re");
	uint64_t lines = 0;

	for (int c; file && (c = getc(file)) != EOF;)
		lines += c == '\n';
	if (file)
		fclose(file);
	return lines;
}

/* Whatever the file has room for, the counts are those of the file. */
TEST(dump_that_fails_is_counted)
{
	struct recorder_config config = config_of("a", 0, 0);
	struct rlimit whole, limit;
	char counts[128];

	getrlimit(RLIMIT_FSIZE, &whole);
	signal(SIGXFSZ, SIG_IGN);
	for (limit = whole, limit.rlim_cur = 100000; limit.rlim_cur < 200000;
	     limit.rlim_cur += 37777) {
		uint64_t lines;
		bool ran;

		CHECK(begin(&config) && add_events(5000, NULL) && !raise(SIGUSR2));
		setrlimit(RLIMIT_FSIZE, &limit);
		ran = until(says, "a.part: cannot write it: File too large");
		setrlimit(RLIMIT_FSIZE, &whole);
		lines = lines_of("a.part");
		CHECK(ran && lines > 100);
		CHECK(add_events(7, NULL) && !raise(SIGUSR2) && until(is_over, "a1"));
		CHECK(sink->close(sink, 0) == -EFBIG && strstr(failure.text, "1 dumps failed"));
		snprintf(counts, sizeof(counts), "1 dumps failed: %llu events",
			 5000 + 7 - ((unsigned long long)lines - 1) -
				 ((unsigned long long)lines_of("a1") - 1));
		CHECK(says(counts));
		snprintf(counts, sizeof(counts), ": %llu dumped",
			 (unsigned long long)(lines - 1 + lines_of("a1") - 1));
		CHECK(says(counts));
	}
}

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
	CHECK(says(counts) && says("1 dumps made; 2 triggers, of which 1 ignored during a dump"));
}

TEST(old_events_are_not_dumped)
{
	struct recorder_config config = config_of("a", 0, 0);

	config.seconds = 1;
	CHECK(begin(&config) && add_events(10, NULL));
	do {
		usleep(10000);
		CHECK(!sink->tick(sink) && !sink->show(sink));
		CHECK(strlen(notes) < sizeof(notes) - 1000);
		if (says("10 too old"))
			break;
		notes[0] = '\0';
	} while (true);
	CHECK(add_events(5, NULL) && !raise(SIGUSR2) && !sink->close(sink, 0) && has("a", 10, 14));
	CHECK(says("15 events recorded: 5 dumped, 0 overwritten, 10 too old, 0 not dumped"));
}

TEST(compressed_and_annotated_dumps)
{
	struct recorder_config config = config_of("a.pcapng.zst", 0, 0);

	config.files.json = false;
	config.files.pcapng = (struct sink_pcapng_config){ .comment = "command: x",
							   .snaplen = 256 };
	CHECK(begin(&config) && add_events(100, NULL) && !raise(SIGUSR2) && !sink->close(sink, 0));
	CHECK(exists("a.pcapng.zst") && says("100 dumped"));
	CHECK(system("zstd -dqc a.pcapng.zst 2>/dev/null | grep -qa 'dump: by SIGUSR2, with 100'") ==
	      0);
}

TEST(unknown_command_and_memory_that_is_not_there)
{
	struct recorder_config config = config_of("a", 0, 0);

	config.files.command = "no-such-command-at-all";
	CHECK(!begin(&config) && strstr(error.text, "is not a program"));
	config.files.command = NULL;
	config.bytes = 1ULL << 62;
	CHECK(!begin(&config) && strstr(error.text, "--recorder: cannot get"));
	triggers_free(triggers);
	triggers = NULL;
}
