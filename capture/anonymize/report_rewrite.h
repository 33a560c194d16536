/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_REWRITE_H
#define REPORT_REWRITE_H

/*
 * Replaces what names something of the host in the values and the stack of a report: owners,
 * processes, cgroups, namespaces, users, programs of BPF. Keys of a later version are removed,
 * because nothing is known about them, and so is the reason of a verdict, which names a file. If
 * ports have pseudonyms in packets, those of the first fragment of a packet are removed. A
 * text that is not of the form that its key has gets a pseudonym. The packet is not changed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "report/report.h"
#include "secret.h"

struct report_rewriter;

/* The secret must outlive it. Returns NULL for lack of memory; NULL is accepted by _free. */
struct report_rewriter *report_rewriter_new(const struct secret *secret, bool ports);
void report_rewriter_free(struct report_rewriter *rewriter);

/* The texts of the report live until the next call. Returns 0 or -ENOMEM. */
int report_rewrite(struct report_rewriter *rewriter, struct drop_report *report);

/* Values that were removed so far. */
uint64_t report_rewriter_removed(const struct report_rewriter *rewriter);

#endif
