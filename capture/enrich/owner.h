/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_H
#define OWNER_H

/*
 * Finds the process that owns a socket, and how certain that is. There are two sources: the process
 * that the kernel side saw in system calls, which is in each event, and a list of the processes
 * that have each socket open. A scan of all open files makes the list. It takes 0.2 s for a million
 * files, so a thread of its own does it. A scan starts when an event's socket needs a newer list;
 * scans take at most 2% of the time. An event waits for a scan once, and at most OWNERS_WAIT_NS; if
 * the scan takes longer, events have the owner of the previous list, as OWNER_CURRENT, or none,
 * until it ends.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

/*
 * How long an event may wait for a scan. The default ring has room for the events of this time at a
 * million events a second, which is the most that one thread can write.
 */
#define OWNERS_WAIT_NS 20000000

/*
 * Calls found() for each holder of each socket, in any order. It runs in another thread than the
 * functions below. Returns 0; -EOPNOTSUPP if the kernel does not support it (then it is not called
 * again); or -errno.
 */
typedef int (*owners_scan)(void *context,
			   void (*found)(void *found_context, const struct socket_holder *holder),
			   void *found_context);

enum owner_source {
	OWNER_EXACT,	/* it had the socket open after the event, or has closed it */
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

/* Waits for the end of a running scan. Accepts NULL. */
void owners_free(struct owners *owners);

/*
 * Starts a scan and does not wait for it. Called at the start of a capture, because a socket may be
 * closed by its first event.
 */
void owners_refresh(struct owners *owners);

/* Waits until no scan is running, timeout_ns at most. Returns whether none is. */
bool owners_wait(struct owners *owners, uint64_t timeout_ns);

/* Fills *owner. Returns false if the owner of the event's socket is unknown. */
bool owners_find(struct owners *owners, const struct drop_event *event, struct owner *owner);

/*
 * Returns how many scans have failed, and in *err the error of the last one (-errno). After a
 * failed scan, the previous list stays in use.
 */
uint64_t owners_failed_scans(const struct owners *owners, int *err);

#endif
