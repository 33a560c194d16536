/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROG_TRY_H
#define PROG_TRY_H

/*
 * Loads small programs, and closes them at once, to find out whether the kernel accepts one of
 * their kind: a program that it refuses makes the load of the whole object fail. Part of source: it
 * uses libbpf.
 */

#include <stdbool.h>

#include "btf.h"

/*
 * Tries whether a program can be attached to the entry of the function. Returns 0; -ENOENT if there
 * is no such function; or the -errno of the load.
 */
int prog_try_fentry(const struct kernel_btf *btf, const char *function);

/*
 * Tries whether a program of the kfree_skb tracepoint can make a dynptr of the skb (6.12 and
 * later).
 */
bool prog_try_skb_dynptr(const struct kernel_btf *btf);

#endif
