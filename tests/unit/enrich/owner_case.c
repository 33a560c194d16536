// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "owner_case.h"
#include "util/time.h"

struct socket_holder holders[HOLDERS_MAX];
atomic_size_t holder_count;
atomic_int scans, scans_ended, scan_error;
atomic_long scan_ns;

struct owners *owners;
struct drop_event event;

static int fake_scan(void *context,
		     void (*add)(void *add_context, const struct socket_holder *holder),
		     void *add_context)
{
	const struct timespec duration = { .tv_nsec = scan_ns };

	if (context != holders)
		abort();
	scans++;
	nanosleep(&duration, NULL);
	for (size_t i = 0; i < holder_count; i++)
		add(add_context, &holders[i]);
	scans_ended++;
	return scan_error;
}

void wait_ms(long ms)
{
	const struct timespec duration = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&duration, NULL);
}

void hold(uint64_t address, uint64_t flow, uint32_t pid, const char *comm)
{
	struct socket_holder holder = {
		.id = { address, flow }, .pid = pid, .state = ESTABLISHED, .netns = 1, .port = 443
	};

	strcpy(holder.comm, comm);
	holders[holder_count++] = holder;
}

void hold_listener(uint64_t address, uint32_t netns, uint16_t port, uint32_t pid)
{
	hold(address, 0, pid, "listener");
	holders[holder_count - 1].state = LISTEN;
	holders[holder_count - 1].netns = netns;
	holders[holder_count - 1].port = port;
}

void make_event(uint64_t address, uint64_t flow)
{
	memset(&event, 0, sizeof(event));
	event.boottime_ns = time_boottime_ns();
	event.socket = (struct socket_id){ address, flow };
	event.state = ESTABLISHED;
	event.netns = 1;
}

void known_from_call(enum owner_how how, uint32_t pid, const char *comm)
{
	event.owner.how = how;
	event.owner.pid = pid;
	strcpy(event.owner.comm, comm);
}

void make_unaccepted(uint64_t address)
{
	make_event(address, 7);
	event.not_accepted = true;
	event.direction = EVENT_IN;
	event.packet.sport = 50000;
	event.packet.dport = 443;
}

void close_owners(void)
{
	owners_free(owners);
	owners = NULL;
}

void open_owners(void)
{
	close_owners();
	holder_count = 0;
	scans = scans_ended = scan_error = 0;
	scan_ns = 0;
	owners = owners_new(fake_scan, holders);
}

const char *found_meanwhile(void)
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

bool has_begun(int number)
{
	for (int i = 0; i < 10000 && scans < number; i++) {
		owners_refresh(owners);
		wait_ms(1);
	}
	return scans == number;
}

void wait_for_scans(void)
{
	if (!owners_wait(owners, 10 * NS_PER_S))
		abort();
}

const char *found(void)
{
	int ended_before = scans_ended;
	const char *text = found_meanwhile();

	if (scans_ended != ended_before)
		return text;
	wait_for_scans();
	return scans_ended != ended_before ? found_meanwhile() : text;
}

uint64_t wait_for_scan(const char *meanwhile)
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
