// SPDX-License-Identifier: GPL-2.0-or-later
/* Which events are in which dump, and the counts at the end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recorder_case.h"
#include "test.h"

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

TEST(nothing_is_written_without_a_trigger)
{
	struct recorder_config config = config_of("a", 0, 0);

	CHECK(begin(&config));
	CHECK(add_events(100, "NO_SOCKET") && !sink->tick(sink));
	CHECK(!sink->close(sink, 3));
	CHECK(rmdir("sub") == 0 && rmdir(recorder_folder) == 0);
	CHECK(noted("100 events recorded: 0 dumped, 0 overwritten, 0 too old, 100 not dumped"));
	CHECK(noted("0 dumps made; 0 triggers"));
}

TEST(user_asks_for_a_dump)
{
	struct recorder_config config = config_of("a", 0, LONG_S);

	CHECK(begin(&config) && add_events(100, NULL) && !raise(SIGUSR2));
	CHECK(!exists("a.part") && until(is_over, "a") && !exists("a.part") && has("a", 0, 99));
	CHECK(noted("recorder: dump by SIGUSR2, with 100 events from memory: a\n"));
	/* The pause is for triggers alone; what was dumped is forgotten. */
	CHECK(add_events(7, NULL) && !raise(SIGUSR2) && until(is_over, "a1"));
	CHECK(has("a1", 100, 106));
	/* The last request is not forgotten. */
	CHECK(add_events(5, NULL) && !raise(SIGUSR2) && !sink->close(sink, 0));
	CHECK(has("a2", 107, 111) && !exists("a2.part"));
	CHECK(noted("112 events recorded: 112 dumped, 0 overwritten, 0 too old, 0 not dumped"));
	CHECK(noted(
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
	CHECK(noted("recorder: dump by reason=BAD, with 15 events from memory: a.json\n"));
	CHECK(add_events(20, "BAD") && !raise(SIGUSR2) && !sink->tick(sink));
	CHECK(until(shows, "35 events recorded: 35 dumped, 0 overwritten"));
	CHECK(add_events(3, NULL) && !sink->close(sink, 0) && has("a.json", 0, 37));
	CHECK(noted(
		"1 dump made; 3 triggers, of which 2 ignored during a dump and 0 in the pause"));
}

TEST(pause_between_dumps)
{
	struct recorder_config config;

	use_trigger("reason=BAD");
	config = config_of("a", 0, LONG_S);
	CHECK(begin(&config) && add_events(10, "BAD") && until(is_over, "a"));
	CHECK(add_events(4, "BAD") && add_events(4, "BAD") && !sink->tick(sink) &&
	      !exists("a1.part"));
	CHECK(noted("reason=BAD went off less than 100000 s after the last dump (--dump-pause)"));
	CHECK(!sink->close(sink, 0) && has("a", 0, 9) && !exists("a1"));
	CHECK(noted("18 events recorded: 10 dumped, 0 overwritten, 0 too old, 8 not dumped"));
	CHECK(noted(
		"1 dump made; 3 triggers, of which 0 ignored during a dump and 2 in the pause"));
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
	CHECK(noted("30 events recorded: 30 dumped") && noted("3 dumps made"));
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
	CHECK(has("a", before - kept, before + during - 1) && noted("0 too old, 0 not dumped"));
}

TEST(tick_hands_out_a_bounded_part)
{
	struct recorder_config config = config_of("a", 0, 0);

	CHECK(begin(&config) && add_events(20000, NULL) && !raise(SIGUSR2));
	CHECK(until(shows_no, "recorded: 0 dumped") && shows("20000 events recorded: 8192 dumped"));
	CHECK(until(is_over, "a"));
	/* Events after the time of the dump are not in it. */
	CHECK(add_events(3, NULL) && !sink->close(sink, 0) && has("a", 0, 19999));
	CHECK(noted("20003 events recorded: 20000 dumped, 0 overwritten, 0 too old, 3 not dumped"));
}

TEST(a_folder_that_is_missing_is_refused_at_the_start)
{
	struct recorder_config config = config_of("nowhere/a", 0, 0);

	CHECK(!begin(&config));
	CHECK_STR(open_error.text, "-w nowhere/a: cannot create files in nowhere: No such file or "
				   "directory; choose another folder");
}

TEST(dump_that_cannot_begin_loses_nothing)
{
	struct recorder_config config;

	use_trigger("reason=BAD");
	config = config_of("sub/a", 0, 0);
	CHECK(begin(&config) && !rmdir("sub") && add_events(10, "BAD"));
	CHECK(until(noted, "recorder: sub/a.part: cannot write it: No such file") &&
	      noted("; the events stay in memory"));
	CHECK(!mkdir("sub", 0700) && add_events(10, "BAD") && until(is_over, "sub/a1"));
	CHECK(has("sub/a1", 0, 19));
	CHECK(sink->close(sink, 0) < 0 &&
	      strstr(dump_failure.text, "1 dump failed; the first one: sub/a"));
	CHECK(noted("20 events recorded: 20 dumped") && noted("1 dump failed: 0 of its events"));
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
		ran = until(noted, "a.part: cannot write it: File too large");
		setrlimit(RLIMIT_FSIZE, &whole);
		lines = lines_of("a.part");
		CHECK(ran && lines > 100);
		CHECK(add_events(7, NULL) && !raise(SIGUSR2) && until(is_over, "a1"));
		CHECK(sink->close(sink, 0) == -EFBIG && strstr(dump_failure.text, "1 dump failed"));
		snprintf(counts, sizeof(counts), "1 dump failed: %llu of its events",
			 5000 + 7 - ((unsigned long long)lines - 1) -
				 ((unsigned long long)lines_of("a1") - 1));
		CHECK(noted(counts));
		snprintf(counts, sizeof(counts), ": %llu dumped",
			 (unsigned long long)(lines - 1 + lines_of("a1") - 1));
		CHECK(noted(counts));
	}
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
		if (noted("10 too old"))
			break;
		notes[0] = '\0';
	} while (true);
	CHECK(add_events(5, NULL) && !raise(SIGUSR2) && !sink->close(sink, 0) && has("a", 10, 14));
	CHECK(noted("15 events recorded: 5 dumped, 0 overwritten, 10 too old, 0 not dumped"));
}

TEST(compressed_and_annotated_dumps)
{
	struct recorder_config config = config_of("a.pcapng.zst", 0, 0);

	config.files.json = false;
	config.files.pcapng = (struct sink_pcapng_config){ .comment = "command: x",
							   .snaplen = 256 };
	CHECK(begin(&config) && add_events(100, NULL) && !raise(SIGUSR2) && !sink->close(sink, 0));
	CHECK(exists("a.pcapng.zst") && noted("100 dumped"));
	CHECK(system("zstd -dqc a.pcapng.zst 2>/dev/null | grep -qa 'dump: by SIGUSR2, with 100'") ==
	      0);
}

TEST(unknown_command_and_memory_that_is_not_there)
{
	struct recorder_config config = config_of("a", 0, 0);

	config.files.command = "no-such-command-at-all";
	CHECK(!begin(&config) && strstr(open_error.text, "is not a program"));
	config.files.command = NULL;
	config.bytes = 1ULL << 62;
	CHECK(!begin(&config) && strstr(open_error.text, "--recorder: cannot get"));
	triggers_free(triggers);
	triggers = NULL;
}
