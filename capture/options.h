/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTIONS_H
#define OPTIONS_H

/*
 * The command line. One table of options feeds getopt_long and --help. Checks form and range; what
 * only the running kernel knows (reasons) stays text.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "event.h"
#include "filter.h"

#define SNAPLEN_MAX 256 /* the longest headers that an event carries */

struct options {
	const char *write_path; /* NULL: text on stdout */
	uint64_t count;		/* 0: no limit */
	int family;		/* AF_INET, AF_INET6; 0: both */
	unsigned int events;	/* bit N: enum event_kind N */
	uint32_t snaplen;
	uint32_t ring_mib;
	uint32_t netns;	      /* inode number; 0: all */
	uint32_t states;      /* bit N: state N, bit 0: no socket; 0: all */
	const char *reasons;  /* comma-separated names; NULL: all */
	bool all;	      /* also frees that are no loss */
	struct filter filter; /* the caller frees it */
	bool stack;
	bool quiet;
	bool verbose;
	bool json;
	bool strict;
	bool probe;
	bool show_help;
	bool show_version;
};

/* Returns 0; -EINVAL for bad usage (exit 2); or another -errno: the option names what is not there. */
int options_parse(int argc, char **argv, struct options *options, struct error *error);

void options_print_help(FILE *out);

/*
 * Calls use for each item of a comma-separated list. Returns what the first failing call returned,
 * else 0. An empty item is -EINVAL.
 */
int options_each(const char *option, const char *list,
		 int (*use)(void *context, const char *item, struct error *error), void *context,
		 struct error *error);

#endif
