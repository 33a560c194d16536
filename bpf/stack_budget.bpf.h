/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACK_BUDGET_BPF_H
#define STACK_BUDGET_BPF_H

/*
 * The stack budget of each site. Events of one site (location, reason, kind) nearly always have the
 * same stack, so with STACK_AUTO only the first STACK_WALKS of them in a second on a CPU are
 * walked; user space gives the others the latest stack of their site
 * (capture/enrich/stack_cache.h).
 */

#include "kernel.bpf.h"
#include "record.h"

#define STACK_SITES_MAX	  1024 /* a power of two */
#define STACK_WALKS	  1000 /* of a site on a CPU in STACK_INTERVAL_NS; a walk takes 4 us */
#define STACK_INTERVAL_NS 1000000000ULL

const volatile __u32 stack_mode; /* enum stack_mode */

struct site {
	__u64 location; /* of a drop, else 0 */
	__u32 reason;	/* 0 if the event has none */
	__u32 kind;	/* enum record_event; 0: the entry is free */
};

struct stack_budget {
	struct site site;
	__u64 since_ns; /* start of the interval that walks counts */
	__u64 walks;
};

/* Two-way associative: a site is in one of two neighbours; a third one evicts the older of them. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STACK_SITES_MAX);
	__type(key, __u32);
	__type(value, struct stack_budget);
} stack_budgets SEC(".maps");

static __always_inline bool same_site(const struct site *a, const struct site *b)
{
	return a->location == b->location && a->reason == b->reason && a->kind == b->kind;
}

/*
 * Returns the budget of the site; that of a new one starts with an interval that is over. NULL is
 * for the verifier: the array has all indexes.
 */
static __always_inline struct stack_budget *find_stack_budget(const struct site *site)
{
	__u64 hash = (site->location ^ (__u64)site->reason << 32 ^ site->kind) * HASH_FACTOR;
	__u32 first = hash >> 32 & (STACK_SITES_MAX - 1), second = first ^ 1;
	struct stack_budget *budget = bpf_map_lookup_elem(&stack_budgets, &first);
	struct stack_budget *other = bpf_map_lookup_elem(&stack_budgets, &second);

	if (!budget || !other || same_site(&budget->site, site))
		return budget;
	if (same_site(&other->site, site))
		return other;
	if (other->since_ns < budget->since_ns)
		budget = other;
	budget->site = *site;
	budget->since_ns = 0;
	return budget;
}

/* Returns whether the stack of an event of the site is to be walked, and counts the walk. */
static __always_inline bool may_walk_stack(const struct site *site, __u64 now_ns)
{
	struct stack_budget *budget;

	if (stack_mode != STACK_AUTO)
		return stack_mode == STACK_ALL;
	budget = find_stack_budget(site);
	if (!budget)
		return true;
	if (now_ns - budget->since_ns >= STACK_INTERVAL_NS) {
		budget->since_ns = now_ns;
		budget->walks = 0;
	}
	return ++budget->walks <= STACK_WALKS;
}

#endif
