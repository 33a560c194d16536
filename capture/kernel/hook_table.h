/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOOK_TABLE_H
#define HOOK_TABLE_H

/* For hooks.c alone: each BPF program, what it is for, and when it is needed. */

#include "event/event.h"

enum role {
	ROLE_EVENT,	     /* reports events of its kind */
	ROLE_EVENT_REPEATED, /* the same; another program reports what this one is skipped for */
	ROLE_SOCKET,	     /* finds the sockets, or more, of events of its kind */
	ROLE_OWNER,	     /* finds owners */
	ROLE_SCAN,	     /* finds owners by the open files of all processes */
	ROLE_COUNT,	     /* counts packets that have no event */
};

enum when {
	WHEN_ALWAYS,
	WHEN_NO_RX_SK,	    /* kfree_skb does not pass the receiving socket */
	WHEN_SILENT_DROP,   /* hooks_tcp_drop_is_silent() */
	WHEN_LIFE_DROPS,    /* the drops of each connection are counted */
	WHEN_LISTEN_FENTRY, /* the SYNs that listeners drop are requested, also in this way */
	WHEN_LISTEN_CONSUME,
	WHEN_QDISC_DROP, /* the kernel has the tracepoint qdisc_drop */
	WHEN_TRACEPOINT, /* the kernel has the tracepoint; if not, nothing is missing */
};

/* The other rows are named by their programs. Each comes before the rows that name it. */
struct hook {
	const char *program;
	const char *provides; /* what is missing without it */
	enum role role;
	enum when when;
	enum event_kind kind;	   /* of ROLE_EVENT and ROLE_SOCKET */
	unsigned int reports;	   /* bit N: events of kind N, instead of kind; 0: of kind */
	const char *fallback_of;   /* only needed if that one is refused */
	const char *requires;	   /* not attached unless that one is */
	const char *reported_with; /* nothing is reported if that one is missing, too */
};

extern const struct hook hooks_table[];
extern const unsigned int hooks_table_count;

#endif
