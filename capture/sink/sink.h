/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_H
#define SINK_H

/* A sink writes reports in one form. It does not depend on the source of the reports. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "account/account.h"
#include "file/output.h"
#include "file/rotation.h"
#include "time_column.h"
#include "util/error.h"
#include "report/health.h"
#include "report/report.h"

enum sink_turn {
	SINK_STAYS,
	SINK_TURNS, /* the next file is due */
	SINK_ENDS,  /* so is the end of the capture: there is no next file */
};

/* The result of add() and turn() if the output has no room now, but may have later. */
#define SINK_REFUSES 1

struct sink {
	/*
	 * Writes one report. Returns 0; SINK_REFUSES, and it is not written; or -errno.
	 */
	int (*add)(struct sink *sink, const struct drop_report *report);
	/*
	 * Called several times a second, twice while nothing happens: writes the buffered bytes.
	 * Returns 0 or -errno.
	 */
	int (*tick)(struct sink *sink);
	/*
	 * Returns whether ticks must come as often while no events come: it waits for keys or for
	 * the disk. NULL: it never does.
	 */
	bool (*needs_ticks)(const struct sink *sink);
	/*
	 * Ends and frees the sink; lost is the number of events lost after the last report.
	 * Returns 0 or the first error of all writing.
	 */
	int (*close)(struct sink *sink, uint64_t lost);
	/*
	 * Returns whether the output has all reports so far for sure. A tick that returns 0 has
	 * passed on all of them. NULL: it is not known between the ticks.
	 */
	bool (*has_all)(const struct sink *sink);
	/*
	 * Prints what it has so far, when the user requests it. NULL: the sink has nothing to
	 * print.
	 */
	int (*show)(struct sink *sink);
	/*
	 * Takes the account of the capture, of which nothing is kept, after the last report. NULL:
	 * the form has none. Returns 0 or -errno.
	 */
	int (*account)(struct sink *sink, const struct account *account);
	/*
	 * Asked at each tick: returns where the sink wants the counts of this moment, or NULL if it
	 * wants none now. NULL: it never does.
	 */
	struct capture_health *(*health)(struct sink *sink);
	/* Bytes of the file so far. NULL: it has no file. */
	uint64_t (*bytes)(const struct sink *sink);
	/*
	 * NULL unless the sink writes several files, one after the other. Asked before each report
	 * and at each tick.
	 */
	enum sink_turn (*due)(const struct sink *sink);
	/*
	 * Ends the file and begins the next one, even if it is not due; lost is as for close.
	 * Returns 0; SINK_REFUSES, if there is no file that could end; or the -errno that add and
	 * tick fail with from now on. They also fail if the file could not be ended, or the next
	 * one could not be opened: both may be done later.
	 */
	int (*turn)(struct sink *sink, uint64_t lost);
};

/* The description of the capture in the head of a pcapng file. */
struct sink_pcapng_config {
	const char *path; /* as for output_open; it and the texts outlive the sink */
	bool part;	  /* as for output_open_part */
	struct output_aside aside;
	const char *comment; /* how the capture was made */
	const char *filter;  /* pcap filter expression; NULL: none */
	uint32_t snaplen;
};

/* Each returns NULL and the error. An existing regular file is overwritten. */
struct sink *sink_pcapng_open(const struct sink_pcapng_config *config, struct error *error);

/* Parts of the output besides the line itself. */
struct sink_detail {
	bool stack;	   /* the stack below it */
	bool resend_stack; /* of text: also that of a retransmission, which its kind explains */
	bool tcp;	   /* TCP's state below it */
	bool colour;
	unsigned int columns; /* of the terminal, which the lines have to fit; 0: any length */
	enum time_form time;  /* of text */
	const char *why;      /* of a dump, in JSON: what it was made by; NULL: it is none */
};

/* Lines for people, to a terminal or a pager. */
struct sink *sink_text_open(FILE *out, struct sink_detail detail, struct error *error);

/* The columns of sink_life_open. */
struct sink_life_view {
	bool seconds; /* since the first connection that ended */
	bool time;    /* of the day */
	bool wide;    /* all columns, with room for IPv6 */
	bool csv;
	bool terminal; /* a value that is longer than its column moves no other one */
};

/* A line for each connection that has ended: the reports are events of the kind life. */
struct sink *sink_life_open(FILE *out, struct sink_life_view view, struct error *error);

/* The form of sink_retrans_open. */
struct sink_retrans_view {
	bool sequence;	      /* with a column of sequence numbers */
	unsigned int columns; /* of the terminal; 0: lines have any length */
};

/* A line for each retransmitted segment. All reports must be of events that are retransmissions. */
struct sink *sink_retrans_open(FILE *out, struct sink_retrans_view view, struct error *error);

/* One JSON object a line; TCP's state is always in it. */
struct sink *sink_json_open(FILE *out, struct sink_detail detail, struct error *error);

/* The same into a file, as for output_open_aside. */
struct sink *sink_json_open_file(const char *path, bool part, const struct output_aside *aside,
				 struct sink_detail detail, struct error *error);

/* Files that follow each other, as -C, -G, -W and -z describe them. */
struct sink_files_config {
	struct write_queue *queue; /* writes the files */
	struct rotation_limits limits;
	const char *command;		       /* run on each finished file; NULL: none */
	struct sink_pcapng_config pcapng;      /* of each file, but its path */
	bool json;			       /* JSON lines instead */
	struct sink_detail detail;	       /* of these */
	void (*warn)(const char *format, ...); /* gets failures of the command */
	void (*note)(const char *format, ...); /* gets the number of files */
	struct error *failure; /* gets which file could not be written; it outlives the sink */
};

/*
 * Each of them can be read alone (rotation.h). Where a file does not fit onto the disk, it ends,
 * and the next one begins when there is room again.
 */
struct sink *sink_rotate_open(const struct sink_files_config *config, struct error *error);

#endif
