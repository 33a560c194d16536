/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_H
#define SESSION_H

/* The stages of a live capture, opened in their order and closed in the reverse. */

#include <stdbool.h>
#include <time.h>

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
	time_t refreshed_s; /* monotonic */
	bool netns_gone;    /* and it was said */
	struct enrich *enrich;
	struct sink *sink;
};

/*
 * Opens all, the output last: a capture that cannot start leaves nothing behind. Warnings go to the
 * log. *session must be zero. Returns 0, or a negative number and the error; close it in either
 * case.
 */
int session_open(struct session *session, const struct run *run, struct error *error);

/*
 * To be called often; once a second it looks for modules that came or went, and whether the
 * namespace is gone.
 */
void session_refresh(struct session *session, const struct options *options);

void session_close(struct session *session);

#endif
