/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_REPORT_H
#define MATCH_REPORT_H

/* Makes an event of the matcher from a report: the few of its values that verdicts rest on. */

#include "match_state.h"
#include "report/report.h"

/* Does not set flow, label and the side of the packet. has_tcp: the event can be matched. */
struct match_event event_of_report(const struct drop_report *report, uint64_t number);

struct label_set; /* match_state.h */

/*
 * Fills *number with that of the report's label, "NETFILTER_DROP at nft_do_chain+0x3b8"; 0 if
 * neither reason nor symbol is known. Returns 0 or -ENOMEM.
 */
int labels_add(struct label_set *labels, const struct drop_report *report, uint32_t *number);

/* Returns the label, which lives as long as the set; NULL for the number 0. */
const char *labels_find(const struct label_set *labels, uint32_t number);
void labels_free(struct label_set *labels);

#endif
