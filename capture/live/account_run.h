/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_RUN_H
#define ACCOUNT_RUN_H

/*
 * The account of a running capture: reads the counters before and after the hooks are attached,
 * counts the events, and reads the counters again when an account is requested. Each reading is
 * done in a thread of its own.
 */

#include <stdbool.h>

#include "account/account.h"
#include "kernel/source.h"

struct account_run;

struct account_config {
	int netns_fd;	    /* the namespace that is captured; -1: all */
	unsigned int kinds; /* bit N: enum event_kind N is captured */
	bool has_results;   /* events of retransmissions have the kernel's error */
	/* As for account_events_new. */
	int (*find_reason)(void *context, const char *name, uint32_t *code);
	void *context;
	struct account_helper *helper; /* reads the counters; NULL: threads of this process */
};

/* Starts the first reading. Returns NULL and errno. */
struct account_run *account_run_new(const struct account_config *config);
void account_run_free(struct account_run *run);

/* To be called just before and after the hooks are attached. Accept NULL. */
void account_run_attaching(struct account_run *run);
void account_run_attached(struct account_run *run);

/* Counts an event. Accepts NULL. */
void account_run_event(struct account_run *run, enum event_kind kind,
		       const struct drop_report *report);

/* Starts a reading of now. Returns NULL and errno. */
struct account_reader *account_run_read(const struct account_run *run);

/*
 * What ends an account, in this order: a reading; the events, which must include all that happened
 * before that reading; another reading.
 */
struct account_end {
	struct account_reading *readings[2]; /* NULL: it has failed */
	struct account_events *events;	     /* a copy; NULL: the counts of now */
	struct account_hidden hidden[EVENT_KIND_COUNT];
};

/* Makes the account by account_balance(), and frees the readings in *end. */
void account_run_balance(struct account_run *run, struct account_end *end, struct account *account);

/* Adds the packets that were dropped outside of skbs: in that namespace, 0: in all. */
void account_run_outside(const struct source *source, uint32_t netns, struct account *account);

/* A copy of the counts of now, for account_end. NULL: no memory. */
struct account_events *account_run_events(const struct account_run *run);

#endif
