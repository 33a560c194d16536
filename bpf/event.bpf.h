/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_BPF_H
#define EVENT_BPF_H

/*
 * The life of an event: is it wanted, is there room for it, off into the ring. Counts each on its way:
 * seen = filtered + lost + submitted.
 */

#include "kernel.bpf.h"
#include "record.h"

#define FILTER_REASONS_MAX 64
#define STACK_PLACES_MAX   1024
#define STACK_WALKS	   1000 /* a place may have on a CPU in that time; a walk costs 4 us */
#define STACK_INTERVAL_NS  1000000000ULL

/* What to capture; 0 or an empty list is everything. */
const volatile __u8 filter_family;
const volatile __u32 filter_netns;
const volatile __u32 filter_states; /* bit N: state N, bit 0: no socket */
const volatile __u32 filter_reasons[FILTER_REASONS_MAX];
const volatile __u32 filter_reason_count;
const volatile __u32 filter_reset_reasons[FILTER_REASONS_MAX]; /* the same names, of resets */
const volatile __u32 filter_reset_reason_count;
const volatile bool filter_by_reason;
const volatile __u32 stack_mode; /* enum stack_mode */
const volatile bool with_no_loss;
const volatile __u32 wakeup_bytes = 1 << 20;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} ring SEC(".maps");

/* Index: enum record_event. Index 0 sums up the losses of all kinds. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RECORD_EVENT_END);
	__type(key, __u32);
	__type(value, struct record_counters);
} counters SEC(".maps");

/* Objects of events between the first program's turn and the second's. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
} handled SEC(".maps");

/*
 * The kernel does not run a program that is running on the CPU already: what an interrupt, or from 7.x
 * on another task, does amid it would be missed. So each event has two programs. Returns whether this
 * one is to handle the event about the object: the second one, if the first was not run.
 */
static __always_inline bool is_mine(const void *object, bool first)
{
	__u64 key = (__u64)object;
	__u8 yes = 1;

	if (!first)
		return bpf_map_delete_elem(&handled, &key) != 0;
	bpf_map_update_elem(&handled, &key, &yes, BPF_ANY);
	return true;
}

/* Where an event happens, and why: what happens there again has most likely the same stack. */
struct place_key {
	__u64 location; /* of a drop */
	__u32 reason;
	__u32 event;
};

struct place_share {
	__u64 since_ns;
	__u64 walks;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, STACK_PLACES_MAX);
	__type(key, struct place_key);
	__type(value, struct place_share);
} places SEC(".maps");

/* What the filters ask of an event, known before any of its costs. */
struct candidate {
	__u64 location; /* of a drop, else 0 */
	__u32 event;
	__u32 netns;
	__u32 reason;
	__u8 family;
	__u8 state;
	bool has_reason;
	bool no_loss; /* freed because it has served its purpose */
	/* Set by begin(): the record, if it has room for a stack; the verifier follows a pointer. */
	struct drop_record *with_stack;
};

static __always_inline bool is_in(const volatile __u32 *list, __u32 count, __u32 wanted)
{
	for (__u32 i = 0; i < count && i < FILTER_REASONS_MAX; i++) {
		if (list[i] == wanted)
			return true;
	}
	return false;
}

static __always_inline bool reason_matches(const struct candidate *event)
{
	if (!event->has_reason)
		return false;
	if (event->event == RECORD_RESET)
		return is_in(filter_reset_reasons, filter_reset_reason_count, event->reason);
	return is_in(filter_reasons, filter_reason_count, event->reason);
}

static __always_inline bool matches(const struct candidate *event)
{
	if (event->no_loss && !with_no_loss)
		return false;
	if (filter_family && event->family != filter_family)
		return false;
	if (filter_netns && event->netns != filter_netns)
		return false;
	if (filter_states && !(filter_states >> (event->state & 31) & 1))
		return false;
	return !filter_by_reason || reason_matches(event);
}

/* Whether the event gets a stack of its own. In a flood most do not: userspace has the place's latest. */
static __always_inline bool may_walk(const struct candidate *event, __u64 now)
{
	struct place_key key = { event->location, event->reason, event->event };
	struct place_share first = { now, 1 }, *share;

	if (stack_mode != STACK_AUTO)
		return stack_mode == STACK_ALL;
	share = bpf_map_lookup_elem(&places, &key);
	if (!share) {
		bpf_map_update_elem(&places, &key, &first, BPF_ANY);
		return true;
	}
	if (now - share->since_ns >= STACK_INTERVAL_NS) {
		*share = first;
		return true;
	}
	return ++share->walks <= STACK_WALKS;
}

/* Counts the event. Returns a zeroed record with its common part set, NULL if there is none to fill. */
static __always_inline struct drop_record *begin(struct candidate *event)
{
	__u32 kind = event->event, all = 0;
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);
	struct record_counters *total = bpf_map_lookup_elem(&counters, &all);
	struct drop_record *record;
	__u64 now;

	if (!counter || !total)
		return NULL;
	__sync_fetch_and_add(&counter->seen, 1); /* hooks may interrupt each other */
	if (!matches(event)) {
		__sync_fetch_and_add(&counter->filtered, 1);
		return NULL;
	}
	now = bpf_ktime_get_ns();
	event->with_stack = NULL;
	if (may_walk(event, now)) {
		event->with_stack = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
		record = event->with_stack;
	} else {
		record = bpf_ringbuf_reserve(&ring, RECORD_SIZE_NO_STACK, 0);
	}
	if (!record) {
		__sync_fetch_and_add(&counter->lost, 1);
		__sync_fetch_and_add(&total->lost, 1);
		return NULL;
	}
	__builtin_memset(record, 0, RECORD_SIZE_NO_STACK);
	record->version = RECORD_VERSION;
	record->event = event->event;
	record->family = event->family;
	record->state = event->state;
	record->netns = event->netns;
	record->lost = total->lost;
	record->location = event->location;
	record->timestamp_ns = now;
	if (!event->with_stack && stack_mode == STACK_AUTO)
		record->flags = RECORD_STACK_SAMPLED;
	record->cpu = bpf_get_smp_processor_id();
	record->cpu_pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(record->cpu_comm, sizeof(record->cpu_comm));
	if (event->has_reason) {
		record->reason = event->reason;
		record->flags |= RECORD_HAS_REASON;
	}
	return record;
}

/* Wakes the reader only when much is waiting: its timer fetches the rest. */
static __always_inline void commit(void *ctx, const struct candidate *event,
				   struct drop_record *record)
{
	bool wake = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) >= wakeup_bytes;
	struct drop_record *with_stack = event->with_stack;

	if (with_stack) {
		long size = bpf_get_stack(ctx, with_stack->stack, sizeof(with_stack->stack), 0);

		with_stack->stack_len = size > 0 ? size : 0;
	}
	bpf_ringbuf_submit(record, wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

#endif
