/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_H
#define OWNER_H

/*
 * Which process owns a socket, and how sure that is. Two sources: what the kernel side saw in
 * system calls (with each event), and a scan of all open files, made when an event's socket needs
 * it and no scan since the event is at hand; scans take 5% of the time at most.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

/* Calls found for each holder of each socket, in any order. Returns 0 or -errno. */
typedef int (*owners_scan)(void *context,
			   void (*found)(void *found_context, const struct socket_holder *holder),
			   void *found_context);

enum owner_source {
	OWNER_EXACT,	/* it has the socket open, or was the one to close it */
	OWNER_LISTENER, /* it has the listener open; no process has the connection yet */
	OWNER_CURRENT,	/* it opened the socket or had it open; not confirmed since the event */
};

struct owner {
	enum owner_source source;
	uint32_t pid;
	const char *comm; /* lives until the next call, and as long as the event */
};

struct owners;

/* scan may be NULL: then the system calls are all there is. Returns NULL for lack of memory. */
struct owners *owners_new(owners_scan scan, void *context);
void owners_free(struct owners *owners);

/* Scans now: at the start of a capture, for sockets that may be gone at their first event. */
void owners_refresh(struct owners *owners);

/* Returns whether the event's socket has a known owner. */
bool owners_find(struct owners *owners, const struct drop_event *event, struct owner *owner);

#endif
