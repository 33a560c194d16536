/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FOLD_H
#define FOLD_H

/* Stacks as flame graphs take them. Pure. */

#include "group.h"
#include "util/strbuf.h"

/*
 * Appends the frames of a report (drop_report.frames) in the form "root;...;leaf", without offsets.
 * Control characters are escaped.
 */
void fold_frames(const char *frames, struct strbuf *folded);

/* Adds the events of each stack of frames to its folded stack. Returns 0 or -ENOMEM. */
int fold_stacks(const struct group_table *frames, struct group_table *stacks);

#endif
