/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_H
#define ACCOUNT_H

/*
 * The account of a capture: what the kernel has counted while it ran, and what the events explain
 * of it. Pure: the readings of the counters and the counts of the events are given.
 *
 * The counters are read twice at the start, before and after the hooks are attached, and twice at
 * the end: so the number that the kernel counted while it ran has two bounds, which are equal where
 * nothing happened between two readings. What events explain is compared with both.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account_events.h"
#include "account_reading.h"

#define ACCOUNT_NAME_MAX  64
#define ACCOUNT_LINES_MAX (ACCOUNT_NAMESPACES_MAX * ACCOUNT_ROWS_MAX)

enum account_state {
	ACCOUNT_EQUAL,	     /* the events explain all that was counted */
	ACCOUNT_UNEXPLAINED, /* `missing` have no event, and none of the states below applies */
	ACCOUNT_OPEN,	     /* `missing` may be among events that the capture does not have */
	ACCOUNT_SHARED,	     /* `missing` may be something else that the counter counts */
	ACCOUNT_MORE,	     /* `missing` more events than the kernel counted */
	ACCOUNT_NOTED,	     /* no event shows what is counted */
	ACCOUNT_STATE_COUNT,
};

/* Why the account cannot be closed. */
enum account_why {
	ACCOUNT_CLOSED,
	ACCOUNT_FILTERED, /* events were filtered */
	ACCOUNT_LOST,	  /* events were lost, came after -c, or had no namespace */
	ACCOUNT_UNPARSED, /* packets could not be parsed */
	ACCOUNT_NO_NAME,  /* the kernel has no reason for these drops */
	ACCOUNT_FAILED,	  /* transmissions that failed: the kernel reports only the others */
	ACCOUNT_WHY_COUNT,
};

/* The result for one counter that the kernel has incremented. */
struct account_line {
	char name[ACCOUNT_NAME_MAX];
	uint32_t netns;	  /* 0: the whole host */
	char device[16];  /* of a count of one device; "": of all */
	uint64_t counted; /* at least */
	uint64_t doubt;	  /* at most this number more: counted while the capture started or ended */
	uint64_t events;  /* that explain it, in the unit of the counter */
	uint64_t missing;
	enum account_state state;
	enum account_why why; /* of ACCOUNT_OPEN */
};

struct account {
	struct account_line *lines;
	size_t count, capacity;
	uint64_t read;	 /* namespaces whose counters were read at the end; 0: not known */
	uint64_t xdp;	 /* devices whose driver runs a program of XDP: its XDP_DROPs are unseen */
	uint64_t ended;	 /* namespaces that were deleted, so that their counters are unknown */
	uint64_t unread; /* namespaces beyond the limit */
	bool is_refused; /* only the namespace of the capturing process was read */
	int error;	 /* -errno: counters could not be read */
	bool failed;	 /* out of memory: lines are missing */
};

/* Events that the capture does not have, of one kind, over all namespaces. */
struct account_hidden {
	uint64_t filtered;
	uint64_t lost;
	uint64_t unparsed;
};

struct account_input {
	const struct account_reading *start[2]; /* before and after the hooks were attached */
	const struct account_reading *end[2];	/* the same when they were detached */
	const struct account_events *events;
	struct account_hidden hidden[EVENT_KIND_COUNT];
	unsigned int kinds; /* that are captured: bit N is enum event_kind N */
	bool is_host;	    /* the capture is not of one namespace */
	bool has_results;   /* transmissions that failed are events */
};

/* A reading may be NULL. Zero-initialized, *account is empty. */
void account_balance(const struct account_input *input, struct account *account);

void account_free(struct account *account);

/* Adds packets that have no event (ACCOUNT_OUTSIDE). */
void account_add_outside(struct account *account, const struct outside_count *outside);

/* Adds a line. Returns NULL, and sets failed, without memory. */
struct account_line *account_add(struct account *account);

/* Returns the sum of `missing` of all lines whose state is ACCOUNT_UNEXPLAINED. */
uint64_t account_unexplained(const struct account *account);

#endif
