/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_H
#define OWNER_H

/*
 * Finds the process that owns a socket, and says how sure that is. There are two sources: the
 * process that the kernel side saw in system calls, which comes with each event, and a list of the
 * processes that have each socket open. The list is made by a scan of all open files, which takes
 * 0.2 s for a million of them, so a thread of its own scans. A scan starts when an event's socket
 * needs a newer list; scans take 2% of the time at most. An event waits for a scan once and for
 * OWNERS_WAIT_NS at most; if it takes longer, events get the owner by the list before, as
 * OWNER_CURRENT, or none, until it is done.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

/*
 * How long an event may wait for a scan: of a million events a second, which is the most that one
 * thread can write, the default ring has room for those of this time.
 */
#define OWNERS_WAIT_NS 20000000

/*
 * Calls found for each holder of each socket, in any order. It runs in another thread than the
 * functions below. Returns 0, -EOPNOTSUPP if the kernel cannot do it (then it is not asked again),
 * or -errno.
 */
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
	const char *comm; /* valid until the next call, and as long as the event */
};

struct owners;

/*
 * scan may be NULL: then the system calls are the only source. context must remain valid until
 * owners_free(). Returns NULL and errno.
 */
struct owners *owners_new(owners_scan scan, void *context);

/* Waits for the end of a scan that is under way. Accepts NULL. */
void owners_free(struct owners *owners);

/*
 * Starts a scan and does not wait for it: at the start of a capture, for sockets that may be closed
 * at their first event.
 */
void owners_refresh(struct owners *owners);

/* Waits until no scan is under way, timeout_ns at most. Returns whether none is. */
bool owners_wait(struct owners *owners, uint64_t timeout_ns);

/* Returns whether the event's socket has a known owner. */
bool owners_find(struct owners *owners, const struct drop_event *event, struct owner *owner);

/*
 * Returns how many scans have failed, and the error of the last one in *err (-errno). The list
 * before a failed scan stays in use.
 */
uint64_t owners_failed_scans(const struct owners *owners, int *err);

#endif
