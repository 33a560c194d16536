// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "recorder/report_ring.h"
#include "report/report_file.h"
#include "test.h"
#include "xorshift.h"

#define MIB 1048576ULL

static struct report_ring *ring;
static struct drop_report taken;
static char text[200000];

/* A report with this time, which is also its number. */
static int add_at(uint64_t number, uint64_t now_ns, bool may_overwrite)
{
	char owner[32];

	report_count = 0;
	add_report(AF_INET)->timestamp_ns = number;
	snprintf(owner, sizeof(owner), "owner-%llu", (unsigned long long)number);
	report_set_text(&reports[0], KEY_owner, owner);
	give_stack(&reports[0], "own", number % 7, number % 7 ? text : "  other");
	reports[0].has_unique_stack_id = true;
	return report_ring_add(ring, &reports[0], now_ns, may_overwrite);
}

/* Whether the oldest one is this, with its texts. */
static bool takes(uint64_t number)
{
	char owner[32];

	snprintf(owner, sizeof(owner), "owner-%llu", (unsigned long long)number);
	return report_ring_take(ring, &taken) && taken.timestamp_ns == number &&
	       strcmp(report_text(&taken, KEY_owner), owner) == 0 &&
	       strcmp(taken.frames, number % 7 ? text : "  other") == 0;
}

static bool begin(uint64_t bytes, size_t stack_length)
{
	report_ring_free(ring);
	ring = report_ring_new(bytes);
	memset(text, 'x', stack_length);
	text[stack_length] = '\0';
	return ring != NULL;
}

static bool is_exact(void)
{
	struct report_ring_counts counts = report_ring_counts(ring);

	return counts.added ==
	       counts.overwritten + counts.expired + counts.taken + report_ring_length(ring);
}

TEST(reports_come_back_in_their_order)
{
	CHECK(begin(MIB, 700));
	CHECK(!report_ring_take(ring, &taken));
	for (uint64_t i = 0; i < 1000; i++)
		CHECK(add_at(i, i, true) == 0);
	for (uint64_t i = 0; i < 1000; i++)
		CHECK(takes(i));
	CHECK(!report_ring_take(ring, &taken) && report_ring_length(ring) == 0);
	/* And after it was empty. */
	CHECK(add_at(7, 7, true) == 0 && takes(7) && is_exact());
}

TEST(newest_reports_are_kept)
{
	const uint64_t count = 50000;
	uint64_t kept;

	CHECK(begin(MIB, 700));
	for (uint64_t i = 0; i < count; i++)
		CHECK(add_at(i, i, true) == 0);
	kept = report_ring_length(ring);
	CHECK(report_ring_counts(ring).overwritten == count - kept && is_exact());
	for (uint64_t i = count - kept; i < count; i++)
		CHECK(takes(i));
	CHECK(!report_ring_take(ring, &taken));
}

/* Reports of about 150 bytes: a stack of 700 bytes with each would leave room for 1,200. */
TEST(stack_is_kept_once_in_a_segment)
{
	CHECK(begin(MIB, 700));
	for (uint64_t i = 0; i < 50000; i++)
		CHECK(add_at(i, i, true) == 0);
	CHECK(report_ring_length(ring) > 4000);
}

TEST(stacks_without_a_number_of_their_own_are_kept)
{
	CHECK(begin(MIB, 10));
	for (int i = 0; i < 100; i++) {
		report_count = 0;
		give_stack(add_report(AF_INET6), "own", 3, i % 2 ? "  odd" : "  even");
		CHECK(report_ring_add(ring, &reports[0], 0, true) == 0);
	}
	for (int i = 0; i < 100; i++) {
		CHECK(report_ring_take(ring, &taken));
		CHECK_STR(taken.frames, i % 2 ? "  odd" : "  even");
	}
	report_count = 0;
	add_report(AF_INET);
	CHECK(report_ring_add(ring, &reports[0], 0, true) == 0);
	CHECK(report_ring_take(ring, &taken) && !taken.frames);
}

TEST(nothing_is_overwritten_against_the_will)
{
	uint64_t count = 0;

	CHECK(begin(MIB, 700));
	while (add_at(count, 0, false) == 0)
		count++;
	CHECK(count > 1000 && add_at(count, 0, false) == -EAGAIN && is_exact());
	CHECK(report_ring_length(ring) == count && !report_ring_counts(ring).overwritten);
	for (uint64_t i = 0; i < count; i++)
		CHECK(takes(i));
	CHECK(add_at(count, 0, false) == 0 && takes(count));
}

TEST(old_reports_expire)
{
	CHECK(begin(MIB, 700));
	report_ring_expire(ring, 100);
	for (uint64_t i = 0; i < 3000; i++)
		CHECK(add_at(i, 1000 + i, true) == 0);
	report_ring_expire(ring, 1000);
	CHECK(report_ring_length(ring) == 3000);
	report_ring_expire(ring, 3345);
	CHECK(report_ring_length(ring) == 655 && report_ring_counts(ring).expired == 2345);
	CHECK(takes(2345));
	report_ring_expire(ring, UINT64_MAX);
	CHECK(!report_ring_take(ring, &taken) && is_exact());
}

TEST(report_larger_than_a_segment_is_refused)
{
	CHECK(begin(MIB, 100000));
	CHECK(add_at(1, 0, true) == -E2BIG && add_at(1, 0, true) == -E2BIG);
	CHECK(add_at(7, 0, true) == 0 && add_at(8, 0, true) == -E2BIG && add_at(14, 0, true) == 0);
	CHECK(takes(7) && takes(14) && is_exact());
	/* A larger memory has larger segments. */
	CHECK(begin(64 * MIB, 100000));
	CHECK(add_at(1, 0, true) == 0 && takes(1));
}

TEST(sizes_have_limits)
{
	CHECK(!report_ring_new(0) && errno == EINVAL);
	CHECK(!report_ring_new(65536) && errno == EINVAL);
	CHECK(!report_ring_new(1ULL << 62) && errno == ENOMEM);
	report_ring_free(NULL);
}

/* Against a model: the numbers of the oldest and the newest report. */
TEST(any_order_of_calls_is_exact)
{
	uint64_t oldest = 0, next = 0, random = 88172645463325252;

	CHECK(begin(MIB, 900));
	for (int i = 0; i < 300000; i++) {
		uint64_t what = xorshift(&random) % 100;

		if (what < 55 + (uint64_t)(i / 100000) * 5) {
			bool may_overwrite = what % 3;
			int err = add_at(next, next, may_overwrite);

			CHECK(!err || (err == -EAGAIN && !may_overwrite));
			next += !err;
			oldest = next - report_ring_length(ring);
		} else if (what < 99) {
			CHECK(oldest == next ? !report_ring_take(ring, &taken) : takes(oldest));
			oldest += oldest < next;
		} else {
			report_ring_expire(ring, oldest + 10);
			oldest = oldest + 10 < next ? oldest + 10 : next;
		}
		CHECK(report_ring_length(ring) == next - oldest && is_exact());
	}
	CHECK(report_ring_counts(ring).overwritten && report_ring_counts(ring).expired);
	report_ring_free(ring);
	ring = NULL;
}
