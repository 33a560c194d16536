/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_EVENT_H
#define COMPARE_EVENT_H

/* A report as bytes, to be kept until its verdict is known, and back. */

#include "report/report.h"
#include "util/strbuf.h"

/* Appends the report; number is that of its packet in its file. Returns 0 or -ENOMEM. */
int event_pack(const struct drop_report *report, uint64_t number, struct strbuf *bytes);

/*
 * Fills the report and *number from bytes of event_pack(). Its packet and its texts point into the
 * bytes or into *storage. Returns 0 or -ENOMEM.
 */
int event_unpack(const void *bytes, struct drop_report *report, uint64_t *number,
		 struct strbuf *storage);

#endif
