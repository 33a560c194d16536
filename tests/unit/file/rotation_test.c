// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "file/rotation.h"
#include "test.h"
#include "util/time.h"

static struct rotation rotation;
static struct strbuf name;

/* 2026-01-02 03:04:05 UTC, when the other clock has 100 seconds */
#define WALL_NS (1767323045 * NS_PER_S)
#define NOW_NS	(100 * NS_PER_S)

static void start(const char *pattern, uint64_t bytes, uint32_t seconds, uint32_t files)
{
	struct rotation_limits limits = { pattern, bytes, seconds, files };

	setenv("TZ", "UTC", 1);
	tzset();
	rotation_start(&rotation, &limits, NOW_NS, WALL_NS);
}

/* So long after the start. */
static const char *name_after(uint64_t ns)
{
	return rotation_name(&rotation, NOW_NS + ns, WALL_NS + ns, &name) ? "failed"
									  : strbuf_string(&name);
}

static void advance(enum rotation_step step, unsigned int times)
{
	while (times--)
		rotation_advance(&rotation, step, rotation.due_ns);
}

TEST(names_by_size_are_those_of_tcpdump)
{
	start("a%H.pcapng", 1000, 0, 0);
	CHECK_STR(name_after(0), "a%H.pcapng"); /* without -G it is no format */
	advance(ROTATION_SIZE, 1);
	CHECK_STR(name_after(0), "a%H.pcapng1");
	advance(ROTATION_SIZE, 11);
	CHECK_STR(name_after(0), "a%H.pcapng12");
}

TEST(ring_has_zeros_and_starts_again)
{
	start("a", 1000, 0, 11);
	CHECK_STR(name_after(0), "a00");
	advance(ROTATION_SIZE, 10);
	CHECK_STR(name_after(0), "a10");
	advance(ROTATION_SIZE, 1);
	CHECK_STR(name_after(0), "a00");
	start("a", 1000, 0, 10);
	CHECK_STR(name_after(0), "a0");
	start("a", 1000, 0, 1);
	advance(ROTATION_SIZE, 1);
	CHECK_STR(name_after(0), "a0");
}

TEST(number_comes_before_the_compression)
{
	start("a.pcapng.zst", 1000, 0, 0);
	CHECK_STR(name_after(0), "a.pcapng.zst");
	advance(ROTATION_SIZE, 2);
	CHECK_STR(name_after(0), "a.pcapng2.zst");
	start("a.pcapng.gz", 1000, 0, 101);
	CHECK_STR(name_after(0), "a.pcapng000.gz");
	start(".gz", 1000, 0, 2); /* a name, not an ending */
	CHECK_STR(name_after(0), ".gz0");
}

TEST(names_by_time_are_formats)
{
	start("d/%Y-%m-%d_%H:%M:%S%%.pcapng", 0, 60, 0);
	CHECK_STR(name_after(0), "d/2026-01-02_03:04:05%.pcapng");
	advance(ROTATION_TIME, 1);
	CHECK_STR(name_after(60 * NS_PER_S), "d/2026-01-02_03:05:05%.pcapng");
	start("a%H", 0, 60, 5); /* -W does not number the files of -G */
	CHECK_STR(name_after(0), "a03");
}

TEST(both_limits_number_the_files_of_an_interval)
{
	start("a%M", 1000, 60, 0);
	CHECK_STR(name_after(0), "a04");
	advance(ROTATION_SIZE, 2);
	CHECK_STR(name_after(0), "a042");
	advance(ROTATION_TIME, 1);
	CHECK_STR(name_after(60 * NS_PER_S), "a05");
	start("a%M", 1000, 60, 3);
	CHECK_STR(name_after(0), "a040");
	advance(ROTATION_SIZE, 3);
	CHECK_STR(name_after(0), "a040");
	CHECK(rotation_step(&rotation, 0, 10000 * NS_PER_S) == ROTATION_TIME); /* it never ends */
}

TEST(name_has_the_begin_of_the_interval)
{
	start("%S", 1000, 10, 0);
	CHECK_STR(name_after(0), "05");
	advance(ROTATION_SIZE, 1);
	CHECK_STR(name_after(9 * NS_PER_S), "051");
	advance(ROTATION_TIME, 1);
	CHECK_STR(name_after(10 * NS_PER_S + 75 * NS_PER_MS), "15"); /* a late tick */
	CHECK_STR(name_after(13 * NS_PER_S), "15");
}

/* However late each tick is, and wherever in a second the capture begins. */
TEST(each_second_has_its_own_name)
{
	for (uint64_t at = 0; at < 1000; at += 37) {
		uint64_t begin_ns = at * NS_PER_MS, late_ns = 0;
		struct rotation_limits limits = { "%S", 0, 1, 0 };
		char last[8] = "";

		rotation_start(&rotation, &limits, NOW_NS + begin_ns, WALL_NS + begin_ns);
		for (int i = 0; i < 50; i++) {
			const char *next =
				name_after(rotation.due_ns - NS_PER_S - NOW_NS + late_ns);

			CHECK(strcmp(next, last) != 0);
			snprintf(last, sizeof(last), "%s", next);
			late_ns = (uint64_t)(i * 131 % 900) * NS_PER_MS;
			rotation_advance(&rotation, ROTATION_TIME, rotation.due_ns + late_ns);
		}
	}
}

TEST(file_is_full_when_it_is_larger)
{
	start("a", 1000, 0, 0);
	CHECK(rotation_step(&rotation, 1000, UINT64_MAX) == ROTATION_STAY);
	CHECK(rotation_step(&rotation, 1001, 0) == ROTATION_SIZE);
}

TEST(intervals_follow_without_a_gap)
{
	start("a", 0, 10, 0);
	CHECK(rotation_step(&rotation, UINT64_MAX, 110 * NS_PER_S - 1) == ROTATION_STAY);
	CHECK(rotation_step(&rotation, 0, 110 * NS_PER_S) == ROTATION_TIME);
	rotation_advance(&rotation, ROTATION_TIME, 113 * NS_PER_S);
	CHECK(rotation.due_ns == 120 * NS_PER_S);
	rotation_advance(&rotation, ROTATION_TIME, 155 * NS_PER_S); /* after a suspend */
	CHECK(rotation.due_ns == 160 * NS_PER_S);
	rotation_advance(&rotation, ROTATION_TIME, 160 * NS_PER_S);
	CHECK(rotation.due_ns == 170 * NS_PER_S);
}

TEST(capture_ends_after_so_many_intervals)
{
	start("a", 0, 10, 2);
	CHECK(rotation_step(&rotation, 0, 110 * NS_PER_S) == ROTATION_TIME);
	advance(ROTATION_TIME, 1);
	CHECK(rotation_step(&rotation, 0, 119 * NS_PER_S) == ROTATION_STAY);
	CHECK(rotation_step(&rotation, 0, 120 * NS_PER_S) == ROTATION_END);
}

TEST(name_that_cannot_be_is_refused)
{
	char *pattern = malloc(5001);

	memset(pattern, 'x', 5000);
	pattern[5000] = '\0';
	start(pattern, 0, 10, 0);
	CHECK(rotation_name(&rotation, NOW_NS, WALL_NS, &name) == -ENAMETOOLONG);
	free(pattern);
	start("", 0, 10, 0);
	CHECK(rotation_name(&rotation, NOW_NS, WALL_NS, &name) == -ENAMETOOLONG);
	strbuf_free(&name);
}

TEST(format_without_a_time_repeats_the_name)
{
	struct rotation_limits limits = { "a%%H", 0, 10, 0 };

	CHECK(rotation_repeats_name(&limits));
	limits.pattern = "a%%%H";
	CHECK(!rotation_repeats_name(&limits));
	limits.pattern = "a";
	CHECK(rotation_repeats_name(&limits));
	limits.seconds = 0;
	CHECK(!rotation_repeats_name(&limits));
}

static const char *name_at(const char *pattern, uint32_t files, uint64_t number)
{
	struct rotation_limits limits = { .pattern = pattern, .files = files };

	setenv("TZ", "UTC", 1);
	tzset();
	return rotation_name_at(&limits, number, WALL_NS, &name) ? "failed" : strbuf_string(&name);
}

TEST(names_at_no_fixed_time)
{
	CHECK_STR(name_at("a.pcapng", 0, 0), "a.pcapng");
	CHECK_STR(name_at("a.pcapng", 0, 12), "a.pcapng12");
	CHECK_STR(name_at("a.pcapng.zst", 0, 1), "a.pcapng1.zst");
	CHECK_STR(name_at("a-%H%M%S.pcapng", 0, 0), "a-030405.pcapng");
	CHECK_STR(name_at("a-%H%M%S.pcapng", 0, 2), "a-030405.pcapng2");
	CHECK_STR(name_at("100%%", 0, 0), "100%");
	CHECK_STR(name_at("a", 20, 0), "a00");
	CHECK_STR(name_at("a", 20, 19), "a19");
	CHECK_STR(name_at("a", 20, 20), "a00");
	CHECK_STR(name_at("", 0, 0), "failed");
	CHECK(rotation_has_time("a%H") && !rotation_has_time("a%%H") && rotation_has_time("%%%H"));
}
