/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FILTER_H
#define FILTER_H

/*
 * The events that the user has requested. One definition for captures and for files: in a capture,
 * the kernel side evaluates as many of the conditions as it can, and the rest is evaluated here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "expression.h"
#include "report/report.h"
#include "where.h"

#define FILTER_ITEMS_MAX 64

struct filter_list {
	char *items[FILTER_ITEMS_MAX];
	size_t count; /* 0: all events pass */
};

/* Zero-initialized, all events pass. All conditions must hold; of a list, one item. */
struct filter {
	unsigned int events;	    /* bit N: enum event_kind N; 0: all */
	int family;		    /* AF_INET, AF_INET6; 0: both */
	uint32_t netns;		    /* inode number; 0: all */
	uint32_t causes;	    /* bit N: enum event_cause N; 0: all */
	uint32_t states;	    /* bit N: state N, bit 0: no socket; 0: all */
	struct filter_list reasons; /* names; case and the kernel's prefix do not matter */
	uint32_t pids[FILTER_ITEMS_MAX];
	size_t pid_count;
	struct filter_list comms;
	uint16_t local_ports[FILTER_ITEMS_MAX];
	size_t local_port_count;
	uint16_t remote_ports[FILTER_ITEMS_MAX];
	size_t remote_port_count;
	struct where *where;	       /* conditions on fields; NULL: none */
	struct expression *expression; /* NULL: none */
	bool inner;		       /* it applies to the TCP packet without tags and tunnels */
};

/*
 * Each function adds one item of an option's list. Returns 0; -EINVAL and the error for an item
 * that the option cannot have; -ENOMEM.
 */
int filter_add_event(struct filter *filter, const char *name, struct error *error);
int filter_add_state(struct filter *filter, const char *name, struct error *error);
int filter_add_cause(struct filter *filter, const char *name, struct error *error);
int filter_add_reason(struct filter *filter, const char *name, struct error *error);
int filter_add_pid(struct filter *filter, const char *text, struct error *error);
int filter_add_comm(struct filter *filter, const char *comm, struct error *error);
int filter_add_local_port(struct filter *filter, const char *text, struct error *error);
int filter_add_remote_port(struct filter *filter, const char *text, struct error *error);
int filter_add_kind(struct filter *filter, const char *kind, struct error *error);
int filter_add_uid(struct filter *filter, const char *uid, struct error *error);
int filter_add_ifname(struct filter *filter, const char *ifname, struct error *error);
int filter_add_cgroup(struct filter *filter, const char *path_or_part, struct error *error);

/* Appends the names that filter_add_state() takes, with a space between two. */
void filter_list_states(struct strbuf *names);

/* Frees what the filter owns; after that, all events pass. */
void filter_free(struct filter *filter);

/*
 * Returns whether the name of a reason is the requested one, which may be in any case and with the
 * prefix of the kernel's enum.
 */
bool filter_reason_is(const char *requested, const char *name);

/* Returns an interface that --interface selects, from index 0 on; NULL after the last one. */
const char *filter_ifname(const struct filter *filter, size_t index);

/* Returns a reason of the filter that is not in the list of names with commas; NULL: all are. */
const char *filter_unknown_reason(const struct filter *filter, const char *names);

/*
 * Returns whether the report passes. A report without a value passes no condition on it, except
 * those that request an unknown value (where.h).
 */
bool filter_matches(const struct filter *filter, const struct drop_report *report);

/*
 * The same for a report of a capture, whose event has passed the filters of the kernel side: only
 * the owner, ports, conditions and expression are evaluated.
 */
bool filter_matches_captured(const struct filter *filter, const struct drop_report *report);

#endif
