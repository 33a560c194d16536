/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOOKS_H
#define HOOKS_H

/*
 * The BPF programs: which of them a capture wants, on which this kernel can run, and their links.
 * Part of source: it uses libbpf.
 */

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "btf.h"
#include "source.h"

#define HOOKS_MAX 24

struct hooks {
	struct hook_state {
		struct bpf_program *program; /* to be attached; NULL: none */
		struct bpf_link *link;
		int error; /* why a wanted one cannot be had; 0: it can, or is not wanted */
	} states[HOOKS_MAX];
};

/* Whether tcp_drop() of this kernel goes past the kfree_skb tracepoint (before 5.18). */
bool hooks_tcp_drop_is_silent(const struct kernel_btf *btf);

/*
 * Marks the programs of the object that are to be loaded: those of the events (bit N: enum
 * event_kind N), those that find receiving sockets and those that find owners, as far as the kernel
 * permits them.
 */
void hooks_choose(struct hooks *hooks, const struct bpf_object *object, unsigned int events,
		  const struct kernel_btf *btf);

/*
 * Attaches them. Calls refused(what will be missing, why) once for each thing that cannot be had.
 * Returns 0, or the last -errno if no event is to be had.
 */
int hooks_attach(struct hooks *hooks, void (*refused)(const char *missing, const char *why));

/* Bit N: a hook of enum event_kind N is attached. */
unsigned int hooks_attached(const struct hooks *hooks);

/* For source_probe: the number of hooks that there are. */
size_t hooks_count(void);

/* Of the programs chosen, leaves the one of that number alone; false if it is not needed here. */
bool hooks_choose_one(struct hooks *hooks, const struct bpf_object *object, size_t number);

/* Attaches the one left, if err (of the load) is 0, and says what came of it. */
void hooks_probe_one(struct hooks *hooks, const struct bpf_object *object, size_t number, int err,
		     struct hook_finding *finding);

/*
 * Runs of the event hooks that the kernel has skipped, because the same program was running on that
 * CPU already (bpf_prog_info.recursion_misses, 5.12 and later): an interrupt's drop amid another
 * drop. Of kfree_skb, most are no drops of TCP packets; which are cannot be told.
 */
uint64_t hooks_missed(const struct hooks *hooks);

/*
 * Calls visit for each hook that ran, with its number of runs and the time they took; nothing where
 * the kernel does not count (kernel.bpf_stats_enabled).
 */
void hooks_costs(const struct hooks *hooks,
		 void (*visit)(const char *hook, uint64_t runs, uint64_t ns));

/* The link of the iterator over open files, NULL if there is none. It outlives hooks_detach. */
struct bpf_link *hooks_scan_link(const struct hooks *hooks);

/* Ends all tracing. Programs that run at this moment may still end after it. */
void hooks_detach(struct hooks *hooks);

/* The same, and the iterator. */
void hooks_close(struct hooks *hooks);

#endif
