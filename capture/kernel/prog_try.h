/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROG_TRY_H
#define PROG_TRY_H

/*
 * Small programs that are loaded, and closed at once, to learn whether the kernel takes one of
 * their kind: its refusal within the real object would end the whole load.
 */

#include <stdbool.h>

#include "btf.h"

/*
 * Whether a program may be attached to the function's entry: 0, -ENOENT for no such function, or
 * -errno.
 */
int prog_try_fentry(const struct kernel_btf *btf, const char *function);

/* Whether a program of the kfree_skb tracepoint may make a dynptr of the skb (6.12 and later). */
bool prog_try_skb_dynptr(const struct kernel_btf *btf);

#endif
