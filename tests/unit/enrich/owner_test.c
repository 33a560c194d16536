// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "enrich/owner.h"
#include "test.h"

#define HOLDERS_MAX 1024

enum {
	ESTABLISHED = 1,
	LISTEN = 10,
	REQUEST = 12,
};

/* What a scan finds, and how it ends. */
static struct socket_holder holders[HOLDERS_MAX];
static size_t holder_count;
static int scans, scan_error;
static long scan_ns;

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
	return scan_error;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
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
	event.monotonic_ns = now_ns();
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

/* No holders, and scans that succeed at once. */
static void open_owners(void)
{
	holder_count = 0;
	scans = scan_error = 0;
	scan_ns = 0;
	owners = owners_new(fake_scan, holders);
}

/* "exact 812/nginx" and the like; "none". */
static const char *found(void)
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

TEST(holder_after_the_event_is_exact)
{
	open_owners();
	hold(0x1000, 7, 812, "nginx");
	hold(0x2000, 7, 813, "other");
	hold(0x1000, 8, 814, "other");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	CHECK(scans == 1);
	owners_free(owners);
}

TEST(earlier_event_needs_no_other_scan)
{
	uint64_t before = now_ns();

	open_owners();
	hold(0x1000, 7, 812, "nginx");
	hold(0x2000, 9, 900, "curl");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 812/nginx");
	wait_ms(150);
	make_event(0x2000, 9);
	event.monotonic_ns = before;
	CHECK_STR(found(), "exact 900/curl");
	CHECK(scans == 1);
	owners_free(owners);
}

TEST(opener_is_preferred_among_several_holders)
{
	open_owners();
	for (uint32_t pid = 35; pid >= 30; pid--)
		hold(0x1000, 7, pid, pid == 33 ? "opener" : "child");
	make_event(0x1000, 7);
	known_from_call(OWNER_OPENED, 33, "before-exec");
	CHECK_STR(found(), "exact 33/opener");
	owners_free(owners);
}

TEST(lowest_pid_stands_for_several_holders)
{
	open_owners();
	hold(0x1000, 7, 35, "child");
	hold(0x1000, 7, 31, "parent");
	hold(0x1000, 7, 33, "child");
	make_event(0x1000, 7);
	CHECK_STR(found(), "exact 31/parent");
	known_from_call(OWNER_OPENED, 12, "gone");
	CHECK_STR(found(), "exact 31/parent");
	owners_free(owners);
}

TEST(many_holders_are_told_apart)
{
	char want[64];

	open_owners();
	for (uint32_t i = 0; i < HOLDERS_MAX; i++)
		hold(0xffff888000000000 + (i * 389 % HOLDERS_MAX) * 64, i, 1000 + i, "worker");
	for (uint32_t i = 0; i < HOLDERS_MAX; i++) {
		make_event(0xffff888000000000 + (i * 389 % HOLDERS_MAX) * 64, i);
		event.monotonic_ns = 1;
		snprintf(want, sizeof(want), "exact %u/worker", 1000 + i);
		CHECK_STR(found(), want);
	}
	CHECK(scans == 1);
	owners_free(owners);
}

/* Looks for the owner of events of now until that takes a scan; how long that was. */
static uint64_t wait_for_scan(const char *meanwhile)
{
	uint64_t start = now_ns();
	int before = scans;

	for (;;) {
		const char *text;

		event.monotonic_ns = now_ns();
		text = found();
		if (scans != before || event.monotonic_ns - start > 10000000000)
			return now_ns() - start;
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
	CHECK(wait_for_scan("current 812/nginx") >= 40000000); /* scans are 100 ms apart */
	CHECK(scans == 2);
	CHECK_STR(found(), "exact 812/nginx");
	owners_free(owners);
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
	owners_free(owners);
}

TEST(who_closed_it_needs_no_scan)
{
	open_owners();
	hold(0x1000, 7, 812, "nginx");
	make_event(0x1000, 7);
	known_from_call(OWNER_CLOSED, 900, "curl");
	CHECK_STR(found(), "exact 900/curl");
	CHECK(scans == 0);
	owners_free(owners);
}

TEST(opener_that_holds_it_no_more_is_current)
{
	open_owners();
	make_event(0x1000, 7);
	known_from_call(OWNER_OPENED, 900, "curl");
	CHECK_STR(found(), "current 900/curl");
	CHECK(scans == 1);
	owners_free(owners);
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
	owners_free(owners);
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
	owners_free(owners);
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
	owners_free(owners);
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
	owners_free(owners);
}

/* What a scan found before it failed is no list: others may hold the socket, or the port. */
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
	owners_free(owners);
}

TEST(without_a_scan_system_calls_are_all_there_is)
{
	owners = owners_new(NULL, NULL);
	make_event(0x1000, 7);
	CHECK_STR(found(), "none");
	known_from_call(OWNER_OPENED, 900, "curl");
	CHECK_STR(found(), "current 900/curl");
	event.owner.how = OWNER_CLOSED;
	CHECK_STR(found(), "exact 900/curl");
	make_unaccepted(0x1000);
	CHECK_STR(found(), "none");
	owners_free(owners);
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
	owners_free(owners);
}

TEST(free_accepts_null)
{
	owners_free(NULL);
}
