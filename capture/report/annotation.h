/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_H
#define ANNOTATION_H

/*
 * The annotation, schema 1: a report's values as the text of two packet comments, and back. Sole
 * owner of that text's form; keys.h owns the keys.
 *
 *   tcpdropcap/1 event=drop reason=NETFILTER_DROP at=nft_do_chain+0x3b8 ...
 *   stack 12
 *     nft_do_chain+0x3b8 [nf_tables]
 *     ...
 */

#include "report.h"
#include "util/strbuf.h"

/* Appends the first comment. */
void annotation_format(const struct drop_report *report, struct strbuf *text);

/* Appends the second comment. Returns false and appends nothing when the packet carries none. */
bool annotation_format_stack(const struct drop_report *report, struct strbuf *text);

/* The same for a packet whose stack is one of a packet before it, which is not in this file. */
bool annotation_repeat_stack(const struct drop_report *report, struct strbuf *text);

/* The frames in a second comment, NULL if it is none or is of another stack than the report's. */
const char *annotation_find_frames(const char *comment, const struct drop_report *report);

/*
 * Sets the report's values from a first comment; texts are stored in *storage, which must outlive
 * the report. Keys that schema 1 does not know are passed over. Returns 0; -ENOENT if the comment
 * is none of ours; -EINVAL if it is damaged: values before the damage are set.
 */
int annotation_parse(const char *comment, struct drop_report *report, struct strbuf *storage);

#endif
