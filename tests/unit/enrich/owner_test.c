// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "enrich/owner.h"
#include "test.h"
#include "util/time.h"

#define HOLDERS_MAX 1024

enum {
	ESTABLISHED = 1,
	LISTEN = 10,
	REQUEST = 12,
};

/*
 * What a scan finds, how long it takes and the error that it returns; the scan reads it in its
 * thread.
 */
static struct socket_holder holders[HOLDERS_MAX];
static atomic_size_t holder_count;
static atomic_int scans, scans_ended, scan_error;
static atomic_long scan_ns;

static struct owners *owners;
static struct drop_event event;

static int fake_scan(void *context,
		     void (*found)(void *found_context, const struct socket_holder *holder),
		     void *found_context)
{
	const struct timespec duration = { .tv_nsec = scan_ns };

	if (context != holders)
		abort();
	scans++;
	nanosleep(&duration, NULL);
	for (size_t i = 0; i < holder_count; i++)
		found(found_context, &holders[i]);
	scans_ended++;
	return scan_error;
}

static void wait_ms(long ms)
{
	const struct timespec duration = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&duration, NULL);
}

static void hold(uint64_t address, uint64_t flow, uint32_t pid, const char *comm)
{
	struct socket_holder holder = {
		.id = { address, flow }, .pid = pid, .state = ESTABLISHED, .netns = 1, .port = 443
	};

	strcpy(holder.comm, comm);
	holders[holder_count++] = holder;
}

static void hold_listener(uint64_t address, uint32_t netns, uint16_t port, uint32_t pid)
{
	hold(address, 0, pid, "listener");
	holders[holder_count - 1].state = LISTEN;
	holders[holder_count - 1].netns = netns;
	holders[holder_count - 1].port = port;
}

/* An event of that socket, now. */
static void make_event(uint64_t address, uint64_t flow)
{
	memset(&event, 0, sizeof(event));
	event.boottime_ns = time_boottime_ns();
	event.socket = (struct socket_id){ address, flow };
	event.state = ESTABLISHED;
	event.netns = 1;
}

static void known_from_call(enum owner_how how, uint32_t pid, const char *comm)
{
	event.owner.how = how;
	event.owner.pid = pid;
	strcpy(event.owner.comm, comm);
}

/* A connection to port 443 that waits for accept. */
static void make_unaccepted(uint64_t address)
{
	make_event(address, 7);
	event.not_accepted = true;
	event.direction = EVENT_IN;
	event.packet.sport = 50000;
	event.packet.dport = 443;
}

/* A test that has failed leaves its owners to the next. */
static void close_owners(void)
{
	owners_free(owners);
	owners = NULL;
}

/* No holders, and scans that succeed at once. */
static void open_owners(void)
{
	close_owners();
	holder_count = 0;
	scans = scans_ended = scan_error = 0;
	scan_ns = 0;
	owners = owners_new(fake_scan, holders);
}

/* "exact 812/nginx" and the like; "none". A scan may be under way afterwards. */
static const char *found_meanwhile(void)
{
	static const char *const sources[] = {
		[OWNER_EXACT] = "exact",
		[OWNER_LISTENER] = "listener",
		[OWNER_CURRENT] = "current",
	};
	static char text[64];
	struct owner owner;

	if (!owners_find(owners, &event, &owner))
		return "none";
	snprintf(text, sizeof(text), "%s %u/%s", sources[owner.source], owner.pid, owner.comm);
	return text;
}

/* Asks for a scan until that number of them has begun, ten seconds at most. */
static bool has_begun(int number)
{
	for (int i = 0; i < 10000 && scans < number; i++) {
		owners_refresh(owners);
		wait_ms(1);
	}
	return scans == number;
}

static void wait_for_scans(void)
{
	if (!owners_wait(owners, 10 * NS_PER_S))
		abort();
}

/*
 * The same when the scan that the event needs has ended: on a busy machine it may take longer than
 * an event waits for it.
 */
static const char *found(void)
{
	int ended_before = scans_ended;
	const char *text = found_meanwhile();

	if (scans_ended != ended_before)
		return text;
	wait_for_scans();
	return scans_ended != ended_before ? found_meanwhile() : text;
}

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

TEST(many_holders_are_told_apart)
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

/* Looks for the owner of new events until one of them starts a scan. Returns how long that took. */
static uint64_t wait_for_scan(const char *meanwhile)
{
	uint64_t start = time_boottime_ns();
	int before = scans;

	for (;;) {
		const char *text;

		event.boottime_ns = time_boottime_ns();
		text = found();
		if (scans != before || event.boottime_ns - start > 10000000000)
			return time_boottime_ns() - start;
		if (strcmp(text, meanwhile) != 0)
			return 0;
		wait_ms(1);
	}
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
