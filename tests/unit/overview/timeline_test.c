// SPDX-License-Identifier: GPL-2.0-or-later
#include "overview/timeline.h"
#include "test.h"
#include "util/time.h"

static uint64_t sum(const struct timeline *timeline, size_t series)
{
	uint64_t all = 0;

	for (size_t i = 0; i < timeline->length; i++)
		all += timeline_count(timeline, series, i);
	return all;
}

TEST(short_time_has_intervals_of_a_millisecond)
{
	struct timeline timeline = { 0 };

	CHECK(!timeline_add(&timeline, 0, 5 * NS_PER_S));
	CHECK(!timeline_add(&timeline, 2, 5 * NS_PER_S + 3 * NS_PER_MS));
	CHECK(timeline.width_ns == NS_PER_MS && timeline.length == 4 && timeline.first == 5000);
	CHECK(timeline_count(&timeline, 0, 0) == 1 && timeline_count(&timeline, 2, 3) == 1);
	CHECK(!timeline_count(&timeline, 1, 0) && !timeline_count(&timeline, 9, 0));
	CHECK(!timeline_count(&timeline, 0, 4));
	timeline_free(&timeline);
}

TEST(intervals_become_longer_and_no_event_is_lost)
{
	struct timeline timeline = { 0 };

	for (uint64_t second = 0; second < 7200; second++)
		CHECK(!timeline_add(&timeline, second % 2, (1000 + second) * NS_PER_S));
	CHECK(timeline.length <= TIMELINE_MAX && timeline.length > TIMELINE_MAX / 6);
	CHECK(timeline.width_ns == 20 * NS_PER_S);
	CHECK(sum(&timeline, 0) == 3600 && sum(&timeline, 1) == 3600);
	CHECK(timeline_count(&timeline, 0, 3) == 10);
	timeline_free(&timeline);
}

TEST(times_may_come_in_any_order)
{
	struct timeline forward = { 0 }, backward = { 0 };

	for (uint64_t i = 0; i < 1000; i++) {
		CHECK(!timeline_add(&forward, 0, (50 + i * i) * NS_PER_MS));
		CHECK(!timeline_add(&backward, 0, (50 + (999 - i) * (999 - i)) * NS_PER_MS));
	}
	CHECK(forward.width_ns == backward.width_ns && forward.first == backward.first);
	CHECK(forward.length == backward.length);
	for (size_t i = 0; i < forward.length; i++)
		CHECK(timeline_count(&forward, 0, i) == timeline_count(&backward, 0, i));
	timeline_free(&forward);
	timeline_free(&backward);
}

TEST(all_times_that_a_file_can_have_fit)
{
	struct timeline timeline = { 0 };

	CHECK(!timeline_add(&timeline, 0, UINT64_MAX));
	CHECK(!timeline_add(&timeline, 0, 0));
	CHECK(!timeline_add(&timeline, 0, UINT64_MAX / 2));
	CHECK(timeline.length <= TIMELINE_MAX && sum(&timeline, 0) == 3);
	timeline_free(&timeline);
}

TEST(burst_is_the_shortest_time_of_a_share)
{
	struct timeline timeline = { 0 };
	size_t first = 0;

	for (uint64_t i = 0; i < 100; i++)
		CHECK(!timeline_add(&timeline, 0, (100 + i) * NS_PER_MS));
	CHECK(timeline_burst(&timeline, 0, 80, &first) == 80 && first == 0);
	for (int i = 0; i < 1000; i++)
		CHECK(!timeline_add(&timeline, 0, (140 + i % 2) * NS_PER_MS));
	CHECK(timeline_burst(&timeline, 0, 80, &first) == 2 && first == 40);
	CHECK(timeline_burst(&timeline, 1, 80, &first) == 0);
	timeline_free(&timeline);
}

TEST(empty_timeline_has_no_intervals)
{
	struct timeline timeline = { 0 };
	size_t first;

	CHECK(!timeline_count(&timeline, 0, 0) && !timeline_burst(&timeline, 0, 80, &first));
	timeline_free(&timeline);
}
