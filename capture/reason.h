/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REASON_H
#define REASON_H

/*
 * Names of drop reasons, as the running kernel has them: enum skb_drop_reason and the enums of
 * subsystems, whose number stands in the upper 16 bits (include/net/dropreason.h). There is no
 * table of ours: numbers change with every kernel.
 */

#include <stdint.h>

#include "kernel_btf.h"
#include "text.h"

struct reasons;

/* Reads the names. Returns NULL for lack of memory. *btf must outlive it. */
struct reasons *reasons_new(struct kernel_btf *btf);
void reasons_free(struct reasons *reasons);

/* "NETFILTER_DROP", without the kernel's prefix; NULL for a number without a name. */
const char *reason_name(struct reasons *reasons, uint32_t code);

/* Case and prefix do not matter. Returns 0 and sets *code, or -ENOENT. */
int reason_find(const struct reasons *reasons, const char *name, uint32_t *code);

/* Appends all names, ", " between them; "" if the kernel has no reasons (before 5.17). */
void reasons_list(const struct reasons *reasons, struct text *text);

#endif
