/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REASON_H
#define REASON_H

/*
 * The names of reasons in the running kernel: reasons of drops are in enum skb_drop_reason and in
 * the enums of subsystems, whose number is in the upper 16 bits (include/net/dropreason.h); reasons
 * of resets in enum sk_rst_reason. There is no table of our own: the numbers differ in each kernel.
 *
 * A subsystem may be a module, with its enum in the module's BTF. Modules are read when a number or
 * a name is asked for that the kernel itself has not, and again at most once a second, because
 * modules are loaded while a capture runs.
 */

#include <stddef.h>
#include <stdint.h>

#include "btf.h"
#include "util/strbuf.h"

struct reasons;

/* An enum of reasons. */
struct reason_enum {
	const char *suffix;	    /* of its name */
	const char *prefix;	    /* of its enumerators */
	const char *const *markers; /* enumerators that are not reasons; ends with NULL */
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

/*
 * The number of a name, with or without the prefix, in upper or lower case. Returns 0 and sets
 * *code, or -ENOENT if neither the kernel nor a module that is loaded has it.
 */
int reason_find(struct reasons *reasons, const char *name, uint32_t *code);

/*
 * The same without reading modules again: among the reasons that were read, which include at least
 * those of the kernel itself.
 */
int reason_find_known(const struct reasons *reasons, const char *name, uint32_t *code);

/* Appends all known names, separated by ", "; none if the kernel has none (drops: before 5.17). */
void reasons_list(const struct reasons *reasons, struct strbuf *text);

#endif
