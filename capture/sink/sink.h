/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_H
#define SINK_H

/* Where reports go. Each sink is one way to write them; none knows where they come from. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"
#include "report/report.h"

struct sink {
	/* Writes one report. Returns 0 or -errno. */
	int (*add)(struct sink *sink, const struct drop_report *report);
	/* Called several times a second: hands over what is buffered. Returns 0 or -errno. */
	int (*tick)(struct sink *sink);
	/*
	 * Ends and frees the sink; lost is the number of events lost behind the last report.
	 * Returns 0 or the first error of all writing.
	 */
	int (*close)(struct sink *sink, uint64_t lost);
};

/* What the head of a pcapng file says of the capture. */
struct sink_pcapng_config {
	const char *path;    /* as for output_open */
	const char *comment; /* how the capture was made */
	const char *filter;  /* pcap filter expression; NULL: none */
	uint32_t snaplen;
};

/* Each returns NULL and the error. A regular file that is in the way is overwritten. */
struct sink *sink_pcapng_open(const struct sink_pcapng_config *config, struct error *error);

/* How much a line says. */
struct sink_detail {
	bool stack; /* the stack below it */
	bool tcp;   /* TCP's state below it */
};

/* Lines for people, to a terminal or a pager. */
struct sink *sink_text_open(FILE *out, struct sink_detail detail, struct error *error);

/* One JSON object a line; TCP's state is always in it. */
struct sink *sink_json_open(FILE *out, struct sink_detail detail, struct error *error);

#endif
