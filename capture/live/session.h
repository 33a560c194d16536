/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_H
#define SESSION_H

/* The stages of a live capture, opened in their order and closed in the reverse order. */

#include <stdbool.h>
#include <time.h>

#include "account_run.h"
#include "enrich/cgroup.h"
#include "enrich/clock.h"
#include "enrich/enrich.h"
#include "util/error.h"
#include "kernel/btf.h"
#include "enrich/owner.h"
#include "kernel/reason.h"
#include "run.h"
#include "sink/sink.h"
#include "kernel/source.h"
#include "kernel/symbolize.h"
#include "util/strbuf.h"

struct session {
	struct source_config config;
	struct kernel_btf *btf;
	struct reasons *drop_reasons;
	struct reasons *reset_reasons;
	struct source *source;
	struct symbols *symbols; /* NULL: the kernel hides them */
	struct owners *owners;
	struct cgroups *cgroups;
	struct clock *clock;
	uint64_t attached_ns;	/* CLOCK_BOOTTIME: the hooks were attached before */
	time_t netns_checked_s; /* monotonic */
	bool netns_gone;	/* and the user knows it */
	struct enrich *enrich;
	struct account_helper *counters; /* reads the counters of the account; NULL: none is made */
	struct account_run *account;	 /* NULL: there is none */
	struct strbuf comment;	   /* of the file: the sink writes it again into each section */
	struct write_queue *queue; /* below the sink */
	struct sink *sink;
};

/*
 * Opens all stages, the output last: a capture that cannot start leaves no file. Prints warnings.
 * *session must be zero. Returns 0, or a negative number and the error; session_close must be
 * called in either case.
 */
int session_open(struct session *session, struct run *run, struct error *error);

/*
 * Closes the sink and opens it again: its file has another name now. lost is as for its close.
 * Returns 0, or a negative number and the error.
 */
int session_reopen_sink(struct session *session, const struct run *run, uint64_t lost,
			struct error *error);

/*
 * To be called before each batch of records. Samples the clock, updates the symbols of modules and
 * BPF programs, and warns once if the namespace was deleted.
 */
void session_refresh(struct session *session, const struct options *options);

void session_close(struct session *session);

#endif
