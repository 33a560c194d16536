/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_FILE_H
#define REPORT_FILE_H

/* Reports, and the capture file in memory that has them. */

#include <stdbool.h>

#include "report/report.h"

#define REPORTS_MAX 64

extern struct drop_report reports[REPORTS_MAX];
extern size_t report_count;
extern int report_fd;	       /* of the file */
extern uint64_t report_random; /* the state of xorshift() */

/* Adds a report with a time and a packet of random addresses and numbers. */
struct drop_report *add_report(int family);

void give_stack(struct drop_report *report, const char *from, uint64_t id, const char *stack);

/* Makes an empty file. */
void new_report_file(void);

/* Writes the reports into a new file as a capture does, and that many losses at its end. */
bool write_reports(uint64_t lost);

#endif
