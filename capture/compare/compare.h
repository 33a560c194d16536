/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_H
#define COMPARE_H

/*
 * Compares the events of a capture file of ours with captures of the wire: reads the files for the
 * matcher (match.h), which decides, and keeps the events with their verdicts. Functions that return
 * an int return 0 or -errno, and fill the error where they get one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "compare_wire.h"
#include "file/record_store.h"
#include "match.h"
#include "report/report.h"
#include "util/error.h"
#include "util/strbuf.h"

struct compare {
	bool keep_events;  /* set by the caller before it reads: compare_event() will be called */
	bool headers_only; /* set by the caller before it writes: no payload of the wire */
	bool frames_only;  /* so, too: no events that are not on a frame */
	const char *events_path; /* of compare_read_events() */
	const char *const *events_paths;
	size_t events_path_count;
	struct matcher *matcher;
	struct record_store *events; /* in the order of the matcher; NULL: not kept */
	uint64_t damaged;	     /* annotations */
	struct strbuf damage;	     /* a line for each file that is damaged, which names both */
	struct strbuf notes;	     /* a line for each limit of a wire capture */
	struct compare_wire *wires;
	size_t wire_count;
	struct strbuf packed, storage, because;
};

/*
 * Each reads files up to their end or their damage; what comes before the damage is compared. A
 * file that is not a capture file, or is one without events or frames where these are needed, is an
 * error. The paths must outlive the comparison. Several files of events are one: their packets are
 * numbered on.
 */
int compare_read_events(struct compare *compare, const char *path, struct error *error);
int compare_read_event_files(struct compare *compare, const char *const *paths, size_t count,
			     struct error *error);
int compare_read_wires(struct compare *compare, char **paths, size_t count, struct error *error);

/* Returns whether the path is one of the files of events. */
bool compare_reads_events(const struct compare *compare, const char *path);
void compare_free(struct compare *compare);

struct compare_event {
	uint64_t number;	   /* of its packet in the file of the events */
	struct drop_report report; /* with the keys verdict, wire_frame and because */
	struct match_result result;
};

/* Fills *event; its texts live until the next call. Returns 0 or -ENOMEM. */
int compare_event(struct compare *compare, size_t index, struct compare_event *event);

#endif
