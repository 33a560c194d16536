/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REASON_H
#define REASON_H

/*
 * Names of reasons, as the running kernel has them: of drops enum skb_drop_reason and the enums of
 * subsystems, whose number stands in the upper 16 bits (include/net/dropreason.h); of resets enum
 * sk_rst_reason. There is no table of ours: numbers change with every kernel.
 */

#include <stddef.h>
#include <stdint.h>

#include "btf.h"
#include "util/strbuf.h"

struct reasons;

/* An enum of reasons, by the end of its name, and what its enumerators start with. */
struct reason_enum {
	const char *suffix;
	const char *prefix;
	const char *const *markers; /* enumerators that are no reasons; ends with NULL */
};

extern const struct reason_enum drop_reason_enum;  /* skb_drop_reason and the subsystems' */
extern const struct reason_enum reset_reason_enum; /* sk_rst_reason (6.10 and later) */

/* Reads the names. Returns NULL for lack of memory. *btf and *from must outlive it. */
struct reasons *reasons_new(struct kernel_btf *btf, const struct reason_enum *from);
void reasons_free(struct reasons *reasons);

/* Number of names that the kernel itself has; modules have more. */
size_t reasons_count(const struct reasons *reasons);

/* "NETFILTER_DROP", without the kernel's prefix; NULL for a number without a name. */
const char *reason_name(struct reasons *reasons, uint32_t code);

/* Case and prefix do not matter. Returns 0 and sets *code, or -ENOENT. */
int reason_find(const struct reasons *reasons, const char *name, uint32_t *code);

/* Appends all names, ", " between them; "" if the kernel has none (drops: before 5.17). */
void reasons_list(const struct reasons *reasons, struct strbuf *text);

#endif
