/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACK_COMMENTS_H
#define STACK_COMMENTS_H

/*
 * Decides which packets of a section carry the frames of their stack, and keeps the comments of
 * stacks that come often, so that they are not made again for each packet. Memory is bounded.
 */

#include "option_list.h"
#include "report/report.h"

struct stack_comments;

/* Returns NULL for lack of memory. NULL is accepted by _free. */
struct stack_comments *stack_comments_new(void);
void stack_comments_free(struct stack_comments *stacks);

/* For a new section: no stack is in it yet. */
void stack_comments_forget(struct stack_comments *stacks);

/*
 * Adds the comments of the report's stack if it is the packet's own. Those of a sampled stack are
 * added where no packet of the last second has them. They live until the next call. Running out of
 * memory fails the options.
 */
void stack_comments_add(struct stack_comments *stacks, const struct drop_report *report,
			struct option_list *options);

#endif
