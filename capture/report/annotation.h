/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_H
#define ANNOTATION_H

/*
 * The annotation, schema 2: the values of a report and its stack as the text of packet comments.
 * Only this module writes that text; annotation_reader.h reads it, and schema 1; keys.h defines the
 * keys.
 *
 *   tcpdropcap/2 Packet dropped: event=drop reason=NETFILTER_DROP at=nft_do_chain+0x3b8 ...
 *   tcpdropcap/2 TCP state: ca_state=Open cwnd=10 ...
 *   tcpdropcap/2 Stack 12, frames 1-2 of 9:
 *     nft_do_chain+0x3b8 [nf_tables]
 *     nf_hook_slow+0x41
 *
 * Each comment begins with the schema, by which it differs from comments that a user adds. It has
 * at most COMMENT_MAX bytes, because Wireshark shows no more. A title for people follows, up to a
 * colon; readers skip it. Then come pairs, each after one space, in one line. A group of keys
 * (keys.h) stays in one comment if it fits; the most important keys are in the first comment. A
 * value is bare or quoted (strbuf_add_logfmt). A value that is longer than a comment is written in
 * parts, each of them bare or quoted and in a comment of its own; joined, they are the value:
 *
 *   tcpdropcap/2 Socket: cgroup[1/2]=/kubepods.slice/kubepods-burstable.slice/...
 *   tcpdropcap/2 Socket: cgroup[2/2]=cri-containerd-4f5...
 *
 * A frame of a stack that is longer than a comment is written in parts, too: "Stack 12, frame 3 of
 * 9, part 1/2:". The comments of a packet may be in any order.
 *
 * Keys are never renamed, unknown keys are kept, and files of schema 1 remain readable.
 */

#include "report.h"
#include "util/strbuf.h"

#define COMMENT_MAX 239 /* Wireshark 4.0 cuts a label of 240 bytes */

/*
 * Appends the comments of the values to the text, with a newline between two of them;
 * annotation_next() separates them. Lack of memory sets text->failed; so it does below.
 */
void annotation_format(const struct drop_report *report, struct strbuf *text);

/*
 * Appends the comments of the frames. Returns false and appends nothing unless the stack is the
 * packet's own (stack=own).
 */
bool annotation_format_stack(const struct drop_report *report, struct strbuf *text);

/* The same for a sampled stack, if the packet with its frames is not written to the file. */
bool annotation_repeat_stack(const struct drop_report *report, struct strbuf *text);

/*
 * Returns the first comment of the text at *cursor and sets its length; moves *cursor to the next
 * one. NULL: there are no more. The comment lives as long as the text and is not terminated.
 */
const char *annotation_next(const char **cursor, size_t *length);

/*
 * Sets the values and unknown keys of a report, and leaves its frames, from a text of several
 * comments as annotation_format() makes it. They are stored in *storage, which must outlive the
 * report. Returns 0; -ENOENT if there is no annotation; -EINVAL if it is damaged: the values before
 * the damage are set; or -ENOMEM.
 */
int annotation_parse(const char *text, struct drop_report *report, struct strbuf *storage);

#endif
