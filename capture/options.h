/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTIONS_H
#define OPTIONS_H

/*
 * The command lines of all commands. getopt_long(), --help and the completion of shells use one
 * table of options. Checks form and range; names that depend on the running kernel (reasons) stay
 * text.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"
#include "util/privilege.h"
#include "event/event.h"
#include "filter/filter.h"
#include "recorder/trigger.h"
#include "sink/sink.h"

#define SNAPLEN_MAX 256 /* the longest headers that an event carries */

/* Bits, since several commands can have the same option. */
enum option_command {
	OPTION_CAPTURE = 1 << 0, /* capture, or read with -r */
	OPTION_COUNT = 1 << 1,
	OPTION_COMPARE = 1 << 2,
	OPTION_LIFE = 1 << 3,
	OPTION_RETRANS = 1 << 4,
	OPTION_TOP = 1 << 5,
	OPTION_EXPLAIN = 1 << 6,
	OPTION_SCHEMA = 1 << 7,
	OPTION_REPORT = 1 << 8,
	OPTION_BUNDLE = 1 << 9,
};

/* The order of the connections of `top`; the largest first. */
enum top_sort {
	TOP_SORT_BOTH, /* rx + tx */
	TOP_SORT_RX,
	TOP_SORT_TX,
	TOP_SORT_RETRANS,
	TOP_SORT_DROPS,
	TOP_SORT_RTT,
};

struct options {
	const char *read_path;	 /* the last one; NULL: capture */
	const char **read_paths; /* all, in their order; files and folders */
	size_t read_count;
	const char *write_path;	       /* NULL: text on stdout */
	struct rotation_limits rotate; /* all but the pattern, which is write_path */
	const char *rotate_command;    /* NULL: none */
	struct {
		uint64_t bytes;	  /* of memory; 0: no recorder */
		uint64_t seconds; /* 0: no limit */
		uint64_t after_s;
		uint64_t pause_s;
		struct triggers *triggers;
		const char *option; /* that has no meaning without --recorder; NULL: none */
	} recorder;
	uint64_t duration_s; /* 0: no limit */
	uint64_t count;	     /* 0: no limit */
	uint32_t snaplen;
	uint32_t ring_mib;
	char netns_number[16]; /* of --netns-of */
	const char *netns;     /* the argument; its number is in filter.netns. NULL: all */
	bool all;	       /* also benign frees */
	struct filter filter;  /* with the expression */
	enum event_stacks stack;
	enum event_listen_drops listen_drops;
	bool quiet;
	bool wide;
	enum time_form time;
	bool verbose;
	bool json;
	bool strict;
	bool accepted; /* an option that requests the default */
	bool no_account;
	const struct privilege_user *user; /* -Z: the user to become; NULL: no other */
	bool probe;
	const char *by;		  /* count: keys, with commas between them */
	char *by_keys;		  /* the memory of by, if options gave it */
	uint64_t top;		  /* count: the number of groups to print; 0: all */
	const char *sum;	  /* count: a key whose numbers are summed up; NULL: none */
	const char *metrics_path; /* count, a recorder: of OpenMetrics; NULL: none */
	uint32_t interval_s;
	bool folded;
	struct sink_life_view life;
	struct {
		bool tlp;      /* also the attempts of tail loss probes */
		bool count;    /* a count for each flow */
		bool sequence; /* with sequence numbers */
	} retrans;
	struct {
		bool asked;
		const char *key_path; /* NULL: a random key */
		bool ports;
		bool keep_private;
	} anonymize;
	bool headers_only;  /* compare: no payload in the copy */
	bool frames_only;   /* compare: no packets of events in the copy */
	bool count_drops;   /* of connections that end, also if drops are no events */
	const char *cgroup; /* top: a path, or a part of one; NULL: all */
	enum top_sort sort;
	bool no_clear;
	bool no_summary;
	const char *page_path; /* report; NULL: standard output */
	const char *wire_path; /* report: a capture of the wire; NULL: none */
	bool markdown;
	const char *completion; /* name of the shell; NULL: not requested */
	bool show_help;
	bool show_version;
	char **words; /* the arguments after the options, in argv */
	int word_count;
};

/*
 * Fills *options, which points into argv; the caller frees it, after an error too. A flag can be
 * repeated, and so can an option that adds to a list; another one that is given twice is an error.
 * The words after the options are a filter expression; for compare and report names of files, for
 * top numbers, for explain names of reasons. Returns 0; -EINVAL for wrong usage (exit status 2);
 * another -errno if the object that an option names does not exist.
 */
int options_parse(enum option_command command, int argc, char **argv, struct options *options,
		  struct error *error);
void options_free(struct options *options);

/* Prints the options of one command, each on a line. */
void options_print(enum option_command command, FILE *out);

#endif
