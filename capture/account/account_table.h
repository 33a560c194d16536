/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_TABLE_H
#define ACCOUNT_TABLE_H

/*
 * The counters of the kernel for lost and retransmitted packets, and the events that correspond to
 * them. A row is one counter, or several whose events cannot be distinguished. Does no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "report/report.h"

#define ACCOUNT_ROWS_MAX     64
#define ACCOUNT_COUNTERS_MAX 4
#define ACCOUNT_REASONS_MAX  12
#define ACCOUNT_CAUSES_MAX   3

/* The kinds of events that rows have: without any of them, there is no account. */
#define ACCOUNT_KINDS (1U << EVENT_DROP | 1U << EVENT_RETRANSMIT | 1U << EVENT_SYNACK)

/* Where the counters of a row are. */
enum account_source {
	ACCOUNT_MIB,	   /* by the names of nstat(8): net/snmp, netstat and snmp6 in /proc */
	ACCOUNT_DEVICES,   /* by the names of struct rtnl_link_stats64: sums of all devices */
	ACCOUNT_QDISCS,	   /* drops of the outermost queueing disciplines */
	ACCOUNT_CONNTRACK, /* by the columns of net/stat/nf_conntrack in /proc */
	ACCOUNT_SOFTNET,   /* drops of net/softnet_stat in /proc, which is about the whole host */
	ACCOUNT_OUTSIDE,   /* packets without an skb, which the kernel side counts by device */
};

enum account_flag {
	ACCOUNT_SEGMENTS = 1 << 0,  /* counts segments: an event of three segments is three */
	ACCOUNT_SUPERSET = 1 << 1,  /* its events may be more than it counts */
	ACCOUNT_NO_EVENTS = 1 << 2, /* no event shows what it counts */
	ACCOUNT_FAILURES = 1 << 3,  /* counts failures, too, which not every kernel has events of */
};

struct account_row {
	const char *name;
	enum account_source source;
	enum outside_kind outside;		    /* of ACCOUNT_OUTSIDE */
	const char *counters[ACCOUNT_COUNTERS_MAX]; /* their sum */
	/* A counter of this one's increments without an event, where events have no result. */
	const char *without_event;
	unsigned int kinds; /* of the events: bit N is enum event_kind N */
	unsigned int flags; /* enum account_flag */
	int family;	    /* of the events' packets: AF_INET, AF_INET6; 0: any */
	/* Drops: one of these reasons, or one of these causes. */
	const char *reasons[ACCOUNT_REASONS_MAX];
	const char *causes[ACCOUNT_CAUSES_MAX];
	/* Of other events: whether the counter has counted it. */
	bool (*counts)(const struct drop_report *report);
	/* What else increments the counter, so that events need not explain it; NULL: nothing. */
	const char *others;
	const char *hint; /* where to look for packets without an event */
};

extern const struct account_row account_rows[];
extern const size_t account_row_count;

/* Returns the row of that name, NULL if there is none. */
const struct account_row *account_row_find(const char *name);

#endif
