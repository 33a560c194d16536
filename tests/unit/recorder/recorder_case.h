/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORDER_CASE_H
#define RECORDER_CASE_H

/* A recorder in a folder of its own, which is the working directory, and what it says. */

#include <stdbool.h>
#include <stdint.h>

#include "recorder/recorder.h"

#define RECORDER_NOTES 65536
#define LONG_S	       100000

extern char recorder_folder[];
extern struct triggers *triggers;
extern struct sink *sink;
extern struct error open_error, dump_failure;
extern char notes[RECORDER_NOTES]; /* and warnings, each on a line */

/* JSON has each event in a line, which is easy to find. */
struct recorder_config config_of(const char *pattern, uint64_t after_s, uint64_t pause_s);

/* A recorder in a new folder; its first event has number 0. */
bool begin(const struct recorder_config *config);

/* Of the next config_of. */
void use_trigger(const char *text);

/* Adds events with the numbers that follow, in the key skb_len; the last one has this reason. */
bool add_events(uint64_t count, const char *reason);

/* Whether there is such a note. */
bool noted(const char *text);

bool exists(const char *path);

/* Whether the counts of this moment say it, or do not. They are not kept. */
bool shows(const char *text);
bool shows_no(const char *text);

/* The dump of this name is whole, and the next one can begin. */
bool is_over(const char *path);

/* Ticks until the condition is fulfilled. Returns false if it is not within a minute. */
bool until(bool (*is_fulfilled)(const char *what), const char *what);

#endif
