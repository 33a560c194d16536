/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACKS_H
#define STACKS_H

/* Stacks as flame graphs take them (report/fold.h), with control characters escaped. Pure. */

#include "group.h"

/* Adds the events of each stack of frames to its folded stack. Returns 0 or -ENOMEM. */
int fold_stacks(const struct group_table *frames, struct group_table *stacks);

#endif
