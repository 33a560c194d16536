/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOOKS_H
#define HOOKS_H

/*
 * The BPF programs by their hooks: which of them a capture needs, which of them this kernel can
 * run, and their links. Part of source: it uses libbpf.
 */

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "btf.h"
#include "event/event.h"

#define HOOKS_MAX 40

struct hooks {
	enum event_listen_drops listen_drops; /* this and the next are set before hooks_choose() */
	bool for_probe;			      /* also those that only an option requests */
	unsigned int events;		      /* those requested: bit N, enum event_kind N */
	struct hook_state {
		struct bpf_program *program; /* to be attached; NULL: none */
		struct bpf_link *link;
		int error; /* why a hook that is needed cannot be attached, -errno */
	} states[HOOKS_MAX];
};

/*
 * Whether tcp_drop() of this kernel frees packets without the kfree_skb tracepoint (before 5.18).
 */
bool hooks_tcp_drop_is_silent(const struct kernel_btf *btf);

/*
 * Enables autoload of the programs that are needed for the events (bit N: enum event_kind N), and
 * of those that find receiving sockets and owners, as far as the kernel permits them. Disables it
 * for all others.
 */
void hooks_choose(struct hooks *hooks, const struct bpf_object *object, unsigned int events,
		  const struct kernel_btf *btf);

/* After hooks_choose: the way in which the SYNs that listeners drop are seen; never AUTO. */
enum event_listen_drops hooks_listen_drops(const struct hooks *hooks);

/*
 * Attaches them. Calls refused(what will be missing, why) once for each thing that will be missing.
 * Returns 0, or the last -errno if no hook of an event is attached.
 */
int hooks_attach(struct hooks *hooks, void (*refused)(const char *missing, const char *why));

/* Bit N: a hook of enum event_kind N, which was requested, is attached. */
unsigned int hooks_attached(const struct hooks *hooks);

/* Number of hooks that there are, and of each its section ("tp_btf/kfree_skb") and its use. */
size_t hooks_count(void);
const char *hooks_section(const struct bpf_object *object, size_t number);
const char *hooks_provides(size_t number);

/*
 * After hooks_choose: disables autoload for all programs but that of hook `number`. Returns whether
 * this kernel needs that hook.
 */
bool hooks_choose_one(struct hooks *hooks, const struct bpf_object *object, size_t number);

/* Attaches that one. Returns 0, or why it cannot be chosen or attached, -errno. */
int hooks_attach_one(struct hooks *hooks, size_t number);

/*
 * Runs of the event hooks that the kernel has skipped because the same program was already running
 * on that CPU, in what an interrupt has interrupted (bpf_prog_info.recursion_misses, 5.12 and
 * later). Most runs of the hook of kfree_skb are not for drops of TCP packets; how many of the
 * skipped ones were is unknown.
 */
uint64_t hooks_missed(const struct hooks *hooks);

/*
 * Calls visit for each hook that ran, with its number of runs and the time they took; nothing where
 * the kernel does not count (kernel.bpf_stats_enabled).
 */
void hooks_costs(const struct hooks *hooks,
		 void (*visit)(const char *hook, uint64_t runs, uint64_t ns));

/* The link of the iterator over open files, NULL if there is none. hooks_detach leaves it. */
struct bpf_link *hooks_scan_link(const struct hooks *hooks);

/* Detaches all hooks. A program that is running on another CPU at this moment ends later. */
void hooks_detach(struct hooks *hooks);

/* The same, and the iterator. */
void hooks_close(struct hooks *hooks);

#endif
