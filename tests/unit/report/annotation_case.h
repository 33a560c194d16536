/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_CASE_H
#define ANNOTATION_CASE_H

/* An annotation as text, and the report that is read from it. */

#include <stdbool.h>

#include "report/report.h"

/* The report of the last parse(); its texts live until the next one. */
extern struct drop_report parsed;

/* Parses a comment into the report. Returns what annotation_parse() returns. */
int parse(const char *comment);

/* How many keys the report has. */
size_t present_count(void);

/* Whether the values of a report are the same after they have been written and read. */
bool round_trips(const struct drop_report *original);

#endif
