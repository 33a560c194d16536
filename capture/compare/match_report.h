/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_REPORT_H
#define MATCH_REPORT_H

/* Makes an event of the matcher from a report: the few of its values that verdicts rest on. */

#include "match_event.h"
#include "report/report.h"

/* Does not set flow, label and the side of the packet. has_tcp: the event can be matched. */
struct match_event event_of_report(const struct drop_report *report, uint64_t number);

/* A set of labels. */
struct label;

/*
 * Fills *text with the report's label, "NETFILTER_DROP at nft_do_chain+0x3b8", which lives as long
 * as the set; NULL if neither reason nor symbol is known. Returns 0 or -ENOMEM.
 */
int labels_add(struct label **labels, const struct drop_report *report, const char **text);
void labels_free(struct label **labels);

#endif
