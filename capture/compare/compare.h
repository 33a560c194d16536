/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_H
#define COMPARE_H

/*
 * Events from a file of ours against captures of the wire: reads the files for the matcher, keeps
 * the events with their verdicts, prints them, and writes a wire capture with them. It decides
 * nothing: match.h does.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"
#include "match.h"
#include "report/report.h"
#include "util/strbuf.h"

struct compare_wire {
	const char *path;
	const char *name; /* without its folders */
	uint64_t frames;
	struct match_offset offset;
};

/* An event as it is kept: in the form in which it is written. */
struct compare_event {
	uint64_t number; /* of its packet in its file */
	char *annotation;
	char *stack;		      /* the frames; NULL: none */
	char *ifname;		      /* NULL: unknown */
	uint8_t *data;		      /* report.packet.data */
	struct drop_report *unvalued; /* the report without its values and texts */
};

struct compare {
	struct matcher *matcher;
	struct compare_event *events; /* by the matcher's index */
	size_t event_count, capacity;
	uint64_t damaged; /* annotations */
	struct compare_wire *wires;
	size_t wire_count;
	struct strbuf storage, because; /* of the report that was asked for last */
};

/* All return 0 or -errno and the error. The paths stay the caller's. */
int compare_read_events(struct compare *compare, const char *path, struct error *error);
int compare_read_wires(struct compare *compare, char **paths, size_t count, struct error *error);
void compare_free(struct compare *compare);

/*
 * The event's report with its verdict (keys verdict, wire_frame, because) and, if wanted, the rest
 * of the result. Texts live until the next call. Returns 0 or -ENOMEM.
 */
int compare_report(struct compare *compare, size_t index, struct drop_report *report,
		   struct match_result *result);

/* compare_print.c: all events as JSON objects, or (lines) as lines, then what was found in all. */
struct compare_form {
	bool json;
	bool lines;
};
int compare_print(struct compare *compare, struct compare_form form, FILE *out);

/* compare_write.c: the only wire, with annotations and events. */
int compare_write(struct compare *compare, const char *path, struct error *error);

#endif
