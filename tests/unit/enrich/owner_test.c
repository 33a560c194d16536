// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose socket it is; owner_scan_test.c has when the open files are scanned. */
#include <stdio.h>

#include "owner_case.h"
#include "test.h"
#include "util/time.h"

TEST(holder_after_the_event_is_exact)
{
	open_owners();
	hold(0x1000, 7, 812, "nginx");
	hold(0x2000, 7, 813, "other");
	hold(0x1000, 8, 814, "other");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	CHECK(scans == 1);
	close_owners();
}

TEST(opener_is_preferred_among_several_holders)
{
	open_owners();
	for (uint32_t pid = 35; pid >= 30; pid--)
		hold(0x1000, 7, pid, pid == 33 ? "opener" : "child");
	make_event(0x1000, 7);
	known_from_call(OWNER_OPENED, 33, "before-exec");
	CHECK_STR(found(), "exact 33/opener");
	close_owners();
}

TEST(holder_with_the_lowest_pid_is_the_owner)
{
	open_owners();
	hold(0x1000, 7, 35, "child");
	hold(0x1000, 7, 31, "parent");
	hold(0x1000, 7, 33, "child");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 31/parent");
	known_from_call(OWNER_OPENED, 12, "gone");
	CHECK_STR(found(), "exact 31/parent");
	close_owners();
}

TEST(many_holders_are_distinguished)
{
	char want[64];

	open_owners();
	for (uint32_t i = 0; i < HOLDERS_MAX; i++)
		hold(0xffff888000000000 + (i * 389 % HOLDERS_MAX) * 64, i, 1000 + i, "worker");
	for (uint32_t i = 0; i < HOLDERS_MAX; i++) {
		make_event(0xffff888000000000 + (i * 389 % HOLDERS_MAX) * 64, i);
		event.boottime_ns = 1;
		snprintf(want, sizeof(want), "exact %u/worker", 1000 + i);
		CHECK_STR(found(), want);
	}
	CHECK(scans == 1);
	close_owners();
}

TEST(who_closed_it_needs_no_scan)
{
	open_owners();
	hold(0x1000, 7, 812, "nginx");
	make_event(0x1000, 7);
	known_from_call(OWNER_CLOSED, 900, "curl");
	CHECK_STR(found(), "exact 900/curl");
	CHECK(scans == 0);
	close_owners();
}

TEST(opener_that_no_longer_holds_it_is_current)
{
	open_owners();
	make_event(0x1000, 7);
	known_from_call(OWNER_OPENED, 900, "curl");
	CHECK_STR(found(), "current 900/curl");
	CHECK(scans == 1);
	close_owners();
}

TEST(request_belongs_to_its_listener)
{
	open_owners();
	hold_listener(0x5000, 1, 443, 70);
	make_event(0x5000, 0);
	event.state = REQUEST;
	CHECK_STR(found(), "listener 70/listener");
	make_event(0x6000, 0);
	event.state = REQUEST;
	CHECK_STR(found(), "none");
	known_from_call(OWNER_OPENED, 71, "sshd");
	CHECK_STR(found(), "current 71/sshd");
	close_owners();
}

TEST(unaccepted_connection_belongs_to_its_listener_and_not_to_its_port)
{
	open_owners();
	hold_listener(0x5000, 1, 80, 61);
	hold_listener(0x6000, 1, 443, 62);
	hold_listener(0x6000, 1, 443, 63); /* a worker that shares it */
	hold_listener(0x7000, 1, 443, 64); /* SO_REUSEPORT, or another address */
	make_unaccepted(0x7000);
	event.socket.flow = 0; /* the listener's */
	CHECK_STR(found(), "listener 64/listener");
	event.socket.address = 0x6000;
	CHECK_STR(found(), "listener 62/listener");
	event.socket.address = 0x8000; /* gone */
	CHECK_STR(found(), "none");
	event.socket.address = 0; /* a child that was there before the capture */
	CHECK_STR(found(), "none");
	close_owners();
}

TEST(address_used_again_by_another_flow_is_not_taken)
{
	open_owners();
	hold(0x1000, 6, 811, "before");
	hold(0x1000, 8, 812, "after");
	make_event(0x1000, 7);
	CHECK_STR(found(), "none");
	known_from_call(OWNER_OPENED, 900, "curl");
	CHECK_STR(found(), "current 900/curl");
	close_owners();
}

TEST(event_without_a_socket_has_no_owner)
{
	open_owners();
	hold(0, 0, 812, "nginx");
	make_event(0, 0);
	CHECK_STR(found(), "none");
	known_from_call(OWNER_CLOSED, 900, "curl");
	CHECK_STR(found(), "none");
	CHECK(scans == 0);
	close_owners();
}

TEST(free_accepts_null)
{
	owners_free(NULL);
}
