/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROBE_H
#define PROBE_H

/*
 * Tries what the running kernel accepts of the kernel side, for --probe: loads it piece by piece,
 * and closes each piece at once. It needs the privileges of a capture.
 */

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include "btf.h"

struct probe_finding {
	const char *hook;     /* "tp_btf/kfree_skb" */
	const char *provides; /* "drop events" */
	bool needed;	      /* on this kernel; otherwise it was not tried */
	int error;	      /* of loading or attaching it, -errno; 0: it was attached */
};

/*
 * Tries each hook, one after another, and calls visit; what finding has lives during the call.
 * Returns 0, or -errno if the object cannot be opened.
 */
int probe_hooks(const struct kernel_btf *btf,
		void (*visit)(void *context, const struct probe_finding *finding), void *context);

/*
 * Tries the body of a filter (struct source_config). Returns 0 if the kernel accepts it, or -errno.
 */
int probe_filter(const struct kernel_btf *btf, const struct bpf_insn *filter, size_t count);

#endif
