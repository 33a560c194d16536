/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLAIM_BPF_H
#define CLAIM_BPF_H

/*
 * Which of a hook's two programs reports an event. The kernel does not run a program that is
 * already running on the same CPU: it would miss the events of an interrupt, and in 7.x and later,
 * where programs are preemptible, those of another task. So each hook of an event has a first
 * program and a nested one, which is attached after it: the nested one reports the events for which
 * the kernel did not run the first one.
 *
 * In 7.x and later, events are missed, and counted as skipped runs, while one task is preempted in
 * the first program and another in the nested one. bpf_preempt_disable() is no help: the kernel
 * then switches to another task at bpf_preempt_enable(), where the program still counts as running.
 */

#include "cpu_state.bpf.h"
#include "kernel.bpf.h"

/*
 * Returns whether the program (the nested one or the first) reports the event about the object. The
 * first program always does, and leaves a claim, which the nested one removes when it runs for the
 * same event. It leaves none while the nested one is running on this CPU: the kernel will not run
 * that for this event, and the claim would hide a later one. If 7.x moves the task to another CPU
 * between the two programs, the event is reported twice.
 */
static __always_inline bool claim_event(const void *object, __u32 hook, bool nested)
{
	struct cpu_state *state = this_cpu_state();
	bool found = false, left = false;

	if (!state)
		return !nested;
	for (int i = 0; i < CLAIMS_MAX && !found; i++) {
		found = state->claims[i] == (__u64)object;
		if (found && nested)
			state->claims[i] = 0;
	}
	barrier_var(found); /* or clang repeats all that follows for each way out of the loop */
	if (nested)
		return !found;
	/* A kernel before 6.11 may run the nested program of an interrupt all the same. */
	if (kfree_skb_args >= 4 && state->nested_runs[hook])
		return true;
	for (int i = 0; i < CLAIMS_MAX && !found && !left; i++) {
		left = !state->claims[i];
		if (left)
			state->claims[i] = (__u64)object;
	}
	barrier_var(left);
	if (!found && !left) {
		__builtin_memset(state->claims, 0, sizeof(state->claims));
		state->claims[0] = (__u64)object;
	}
	return true;
}

/* These enclose all that a nested program does. */
static __always_inline void nested_enter(__u32 hook)
{
	struct cpu_state *state = this_cpu_state();

	barrier();
	if (state)
		state->nested_runs[hook] = true;
	barrier();
}

static __always_inline void nested_exit(__u32 hook)
{
	struct cpu_state *state = this_cpu_state();

	barrier();
	if (state)
		state->nested_runs[hook] = false;
	barrier();
}

#endif
