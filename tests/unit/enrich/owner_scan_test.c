// SPDX-License-Identifier: GPL-2.0-or-later
/* When the open files are scanned, how long events wait for it, and scans that fail. */
#include <errno.h>

#include "owner_case.h"
#include "test.h"
#include "util/time.h"

TEST(earlier_event_needs_no_other_scan)
{
	uint64_t before = time_boottime_ns();

	open_owners();
	hold(0x1000, 7, 812, "nginx");
	hold(0x2000, 9, 900, "curl");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	wait_ms(150);
	make_event(0x2000, 9);
	event.boottime_ns = before;
	CHECK_STR(found(), "exact 900/curl");
	CHECK(scans == 1);
	close_owners();
}

TEST(holder_before_the_event_is_current)
{
	open_owners();
	hold(0x1000, 7, 812, "nginx");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	CHECK(scans == 1);
	CHECK(wait_for_scan("current 812/nginx") >= 40000000); /* scans are 50 ms apart */
	CHECK(scans == 2);
	CHECK_STR(found(), "exact 812/nginx");
	close_owners();
}

TEST(scans_take_2_percent_of_the_time)
{
	open_owners();
	scan_ns = 10000000;
	hold(0x1000, 7, 812, "nginx");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	CHECK(wait_for_scan("current 812/nginx") >= 450000000);
	CHECK(scans == 2);
	close_owners();
}

/* How long the owners of that many new events take, with a scan under way. */
static uint64_t time_events(int count, const char *want)
{
	uint64_t start = time_boottime_ns();

	for (int i = 0; i < count; i++) {
		make_event(0x1000, 7);
		known_from_call(OWNER_OPENED, 900, "curl");
		if (strcmp(found_meanwhile(), want) != 0)
			return UINT64_MAX;
	}
	return time_boottime_ns() - start;
}

TEST(events_do_not_wait_for_a_long_scan)
{
	open_owners();
	scan_ns = 900000000;
	hold(0x1000, 7, 812, "nginx");
	CHECK(time_events(1000, "current 900/curl") < 450 * NS_PER_MS);
	CHECK(has_begun(1) && scans_ended == 0);
	make_event(0x1000, 7);
	known_from_call(OWNER_OPENED, 900, "curl");
	wait_for_scans();
	CHECK_STR(found_meanwhile(), "current 812/nginx"); /* the scan is older than the event */
	event.boottime_ns = 1;
	CHECK_STR(found_meanwhile(), "exact 812/nginx");
	CHECK(scans == 1);
	close_owners();
}

TEST(list_before_is_used_during_a_scan)
{
	open_owners();
	hold(0x1000, 7, 812, "nginx");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	scan_ns = 900000000;
	holder_count = 0;
	CHECK(has_begun(2));
	CHECK(time_events(1000, "current 812/nginx") < 450 * NS_PER_MS);
	CHECK(scans_ended == 1);
	make_event(0x1000, 7);
	known_from_call(OWNER_OPENED, 900, "curl");
	wait_for_scans();
	CHECK_STR(found_meanwhile(), "current 900/curl");
	close_owners();
}

TEST(refresh_does_not_wait)
{
	uint64_t start;

	open_owners();
	scan_ns = 900000000;
	hold(0x1000, 7, 812, "nginx");
	start = time_boottime_ns();
	owners_refresh(owners);
	CHECK(time_boottime_ns() - start < 450 * NS_PER_MS);
	CHECK(has_begun(1));
	wait_for_scans();
	make_event(0x1000, 7);
	CHECK_STR(found_meanwhile(), "current 812/nginx");
	CHECK(scans == 1);
	close_owners();
}

TEST(end_waits_for_the_scan_under_way)
{
	open_owners();
	scan_ns = 100000000;
	hold(0x1000, 7, 812, "nginx");
	owners_refresh(owners);
	CHECK(has_begun(1));
	close_owners();
	CHECK(scans_ended == 1);
}

TEST(failed_scan_leaves_the_system_calls)
{
	open_owners();
	scan_error = -EIO;
	make_event(0x1000, 7);
	CHECK_STR(found(), "none");
	known_from_call(OWNER_OPENED, 900, "curl");
	CHECK_STR(found(), "current 900/curl");
	CHECK(scans == 1);
	scan_error = 0;
	hold(0x1000, 7, 900, "curl");
	CHECK(wait_for_scan("current 900/curl") && scans == 2);
	CHECK_STR(found(), "exact 900/curl");
	close_owners();
}

static uint64_t failed_scans(int want_err)
{
	int err;
	uint64_t failures = owners_failed_scans(owners, &err);

	return err == want_err ? failures : UINT64_MAX;
}

TEST(failed_scans_are_counted_and_leave_the_list_before)
{
	open_owners();
	hold(0x1000, 7, 812, "nginx");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	CHECK(failed_scans(0) == 0);
	scan_error = -EIO;
	holder_count = 0;
	CHECK(wait_for_scan("current 812/nginx") && scans == 2);
	CHECK_STR(found_meanwhile(), "current 812/nginx");
	CHECK(failed_scans(-EIO) == 1);
	close_owners();
}

TEST(scan_that_the_kernel_does_not_support_is_tried_once)
{
	open_owners();
	scan_error = -EOPNOTSUPP;
	make_event(0x1000, 7);
	CHECK_STR(found(), "none");
	wait_ms(60);
	make_event(0x1000, 7);
	CHECK_STR(found(), "none");
	CHECK(scans == 1 && failed_scans(0) == 0);
	close_owners();
}

/* The holders that a scan found before it failed are not all: others may hold the socket, too. */
TEST(part_of_a_scan_is_not_used)
{
	open_owners();
	scan_error = -ENOMEM;
	hold(0x1000, 7, 35, "child");
	hold_listener(0x5000, 1, 443, 63);
	make_event(0x1000, 7);
	known_from_call(OWNER_OPENED, 900, "curl");
	CHECK_STR(found(), "current 900/curl");
	make_unaccepted(0x2000);
	CHECK_STR(found(), "none");
	close_owners();
}

TEST(without_a_scan_system_calls_are_the_only_source)
{
	close_owners();
	owners = owners_new(NULL, NULL);
	make_event(0x1000, 7);
	CHECK_STR(found(), "none");
	known_from_call(OWNER_OPENED, 900, "curl");
	CHECK_STR(found(), "current 900/curl");
	event.owner.how = OWNER_CLOSED;
	CHECK_STR(found(), "exact 900/curl");
	make_unaccepted(0x1000);
	CHECK_STR(found(), "none");
	close_owners();
}
