/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_CASE_H
#define OWNER_CASE_H

/* Sockets that processes hold open, the scan that finds them, and the owner of an event. */

#include <stdatomic.h>
#include <stdbool.h>

#include "enrich/owner.h"

#define HOLDERS_MAX 1024

enum {
	ESTABLISHED = 1,
	LISTEN = 10,
	REQUEST = 12,
};

/*
 * What a scan finds, how long it takes and the error that it returns; the scan reads it in its
 * thread. How many scans have begun and ended.
 */
extern struct socket_holder holders[HOLDERS_MAX];
extern atomic_size_t holder_count;
extern atomic_int scans, scans_ended, scan_error;
extern atomic_long scan_ns;

extern struct owners *owners;
extern struct drop_event event;

/* No holders, and scans that succeed at once. */
void open_owners(void);

/* Accepts none. A test that has failed leaves its owners to the next. */
void close_owners(void);

void hold(uint64_t address, uint64_t flow, uint32_t pid, const char *comm);
void hold_listener(uint64_t address, uint32_t netns, uint16_t port, uint32_t pid);

/* An event of that socket, now. */
void make_event(uint64_t address, uint64_t flow);

/* The event is of a connection to port 443 that waits for accept. */
void make_unaccepted(uint64_t address);

/* A system call has shown this process of the event's socket. */
void known_from_call(enum owner_how how, uint32_t pid, const char *comm);

/* The event's owner: "exact 812/nginx" and the like; "none". A scan may be under way afterwards. */
const char *found_meanwhile(void);

/*
 * The same when the scan that the event needs has ended: on a busy machine it may take longer than
 * an event waits for it.
 */
const char *found(void);

/* Asks for a scan until that number of them has begun, ten seconds at most. */
bool has_begun(int number);

/*
 * Looks for the owner of new events, which is `meanwhile`, until one of them starts a scan. Returns
 * how long that took, in nanoseconds; 0 if the owner was another.
 */
uint64_t wait_for_scan(const char *meanwhile);

void wait_for_scans(void);
void wait_ms(long ms);

#endif
