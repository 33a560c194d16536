/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_BPF_H
#define EVENT_BPF_H

/*
 * The life of an event: the filters, the record reserved in the ring, the record submitted. Each
 * event is counted: seen = filtered + lost + submitted.
 */

#include "cpu_state.bpf.h"
#include "kernel.bpf.h"
#include "record.h"
#include "stack_budget.bpf.h"

/* The events to capture; 0 or an empty list: all. */
const volatile __u8 filter_family;
const volatile __u32 filter_netns;
const volatile __u32 filter_states;			 /* bit N: state N, bit 0: no socket */
const volatile __u32 filter_reasons[RECORD_REASONS_MAX]; /* of drops */
const volatile __u32 filter_reason_count;
const volatile __u32 filter_reset_reasons[RECORD_REASONS_MAX]; /* the same names, of resets */
const volatile __u32 filter_reset_reason_count;
const volatile bool filter_by_reason;
const volatile __u32 filter_causes; /* bit N: enum record_cause N */
const volatile bool with_benign;
/* Whether drops are events, or are only counted for the lives of their connections (life.bpf.h). */
const volatile bool with_drop_events = true;
const volatile bool with_drops_of_lives;
/* Bytes that a CPU may submit before it wakes user space. */
const volatile __u32 wakeup_bytes = 1 << 20;
/*
 * User space sets it when it goes to sleep, and the program that takes it back wakes it. It is read
 * before the record is submitted, so user space trusts it only a while after it has set it.
 */
__u32 wake_requested;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} ring SEC(".maps");

/* Index: enum record_event. The entry of index 0 has the losses of all kinds, and nothing else. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RECORD_EVENT_END);
	__type(key, __u32);
	__type(value, struct record_counters);
} counters SEC(".maps");

/* The values that the filters compare; they are known before the event costs much. */
struct candidate {
	__u64 location; /* of a drop, else 0 */
	__u32 event;	/* enum record_event */
	__u32 netns;
	__u32 reason;
	__u8 family;
	__u8 state;
	__u8 cause; /* enum record_cause */
	bool has_reason;
	bool benign; /* a benign free */
};

static __always_inline bool is_listed(const volatile __u32 *list, __u32 count, __u32 number)
{
	for (__u32 i = 0; i < count && i < RECORD_REASONS_MAX; i++) {
		if (list[i] == number)
			return true;
	}
	return false;
}

static __always_inline bool reason_matches(const struct candidate *event)
{
	if (!event->has_reason)
		return false;
	if (event->event == RECORD_RESET)
		return is_listed(filter_reset_reasons, filter_reset_reason_count, event->reason);
	return is_listed(filter_reasons, filter_reason_count, event->reason);
}

/*
 * Returns the first filter that the event does not pass, RECORD_FILTER_END if it passes all. The
 * filter expression was evaluated before.
 */
static __always_inline enum record_filter failed_filter(const struct candidate *event)
{
	if (filter_family && event->family != filter_family)
		return RECORD_FILTER_FAMILY;
	if (filter_netns && event->netns != filter_netns)
		return RECORD_FILTER_NETNS;
	if (filter_states && !(filter_states >> (event->state & 31) & 1))
		return RECORD_FILTER_STATE;
	if (filter_by_reason && !reason_matches(event))
		return RECORD_FILTER_REASON;
	if (filter_causes && !(filter_causes >> (event->cause & 31) & 1))
		return RECORD_FILTER_CAUSE;
	if (event->benign && !with_benign)
		return RECORD_FILTER_BENIGN;
	return RECORD_FILTER_END;
}

static __always_inline void fill_current_task(struct drop_record *record)
{
	const struct task_struct *task = kernel_current();
	__u64 *comm = (__u64 *)record->cpu_comm;

	if (task) {
		record->cpu_pid = task->tgid;
		comm[0] = ((const __u64 *)task->comm)[0];
		comm[1] = ((const __u64 *)task->comm)[1];
	} else {
		record->cpu_pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(record->cpu_comm, sizeof(record->cpu_comm));
	}
}

/* Counts an event that a filter has rejected before event_reserve(). */
static __always_inline void count_filtered(__u32 kind, enum record_filter filter)
{
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);

	if (!counter || (kind == RECORD_DROP && !with_drop_events))
		return;
	__sync_fetch_and_add(&counter->seen, 1);
	__sync_fetch_and_add(&counter->filtered[filter], 1);
}

/* Counts events that were seen, but could not be examined. */
static __always_inline void count_lost_events(__u32 kind, __u64 events)
{
	__u32 all = 0;
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);
	struct record_counters *total = bpf_map_lookup_elem(&counters, &all);

	if (!counter || !total)
		return;
	__sync_fetch_and_add(&counter->seen, events);
	__sync_fetch_and_add(&counter->lost, events);
	__sync_fetch_and_add(&total->lost, events);
}

static __always_inline void count_lost(__u32 kind)
{
	count_lost_events(kind, 1);
}

/* Counts a freed packet that may be one of TCP: its headers could not be parsed. */
static __always_inline void count_unparsed(void)
{
	__u32 kind = RECORD_DROP;
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);

	if (counter)
		__sync_fetch_and_add(&counter->unparsed, 1);
}

/* Fills what all events have. */
static __always_inline void fill_common(struct drop_record *record, const struct candidate *event,
					__u64 now_ns, __u64 lost)
{
	record->version = RECORD_VERSION;
	record->event = event->event;
	record->family = event->family;
	record->state = event->state;
	record->netns = event->netns;
	record->cause = event->cause;
	record->lost = lost;
	record->location = event->location;
	record->timestamp_ns = now_ns;
	record->cpu = bpf_get_smp_processor_id();
	fill_current_task(record);
	if (event->has_reason) {
		record->reason = event->reason;
		record->flags |= RECORD_HAS_REASON;
	}
}

/* A change of state has no packet: without a stack, its record is shorter. */
static __always_inline bool is_change(__u32 kind)
{
	return kind == RECORD_STATE || kind == RECORD_LIFE;
}

/* The stack of a change of state says little: it is walked only if all stacks are requested. */
static __always_inline bool has_stack(__u32 kind)
{
	return !is_change(kind) || stack_mode == STACK_ALL;
}

/* Reserves a zeroed record without a stack; NULL: the ring is full. */
static __always_inline struct drop_record *reserve_short(bool change)
{
	struct drop_record *record;

	if (change) {
		record = bpf_ringbuf_reserve(&ring, RECORD_SIZE_CHANGE, 0);
		if (record)
			__builtin_memset(record, 0, RECORD_SIZE_CHANGE);
		return record;
	}
	record = bpf_ringbuf_reserve(&ring, RECORD_SIZE_NO_STACK, 0);
	if (record)
		__builtin_memset(record, 0, RECORD_SIZE_NO_STACK);
	return record;
}

/* event_reserve() and change_reserve(). */
static __always_inline struct drop_record *reserve_event(const struct candidate *event,
							 struct drop_record **with_stack,
							 bool change)
{
	const struct site site = { event->location, event->reason, event->event };
	__u32 kind = event->event, all = 0;
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);
	struct record_counters *total = bpf_map_lookup_elem(&counters, &all);
	enum record_filter failed = failed_filter(event);
	struct drop_record *record;
	__u64 now_ns;

	if (!counter || !total)
		return NULL;
	__sync_fetch_and_add(&counter->seen, 1); /* an interrupt may run another hook */
	if (failed < RECORD_FILTER_END) {
		__sync_fetch_and_add(&counter->filtered[failed], 1);
		return NULL;
	}
	now_ns = bpf_ktime_get_boot_ns(); /* since 5.8 */
	*with_stack = NULL;
	if (has_stack(kind) && may_walk_stack(&site, now_ns)) {
		*with_stack = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
		record = *with_stack;
		if (record)
			__builtin_memset(record, 0, RECORD_SIZE_NO_STACK);
	} else {
		record = reserve_short(change);
	}
	if (!record) {
		__sync_fetch_and_add(&counter->lost, 1);
		__sync_fetch_and_add(&total->lost, 1);
		return NULL;
	}
	fill_common(record, event, now_ns, total->lost);
	if (!*with_stack && has_stack(kind) && stack_mode == STACK_AUTO)
		record->flags |= RECORD_STACK_SAMPLED;
	return record;
}

/*
 * Counts the event. Returns a zeroed record whose common part is filled, NULL if the event was
 * filtered or lost. Sets *with_stack to the record if it has room for a stack, else to NULL: the
 * verifier knows the size of a record by its pointer.
 */
static __always_inline struct drop_record *event_reserve(const struct candidate *event,
							 struct drop_record **with_stack)
{
	return reserve_event(event, with_stack, false);
}

/* The same for a change of state: the record has no room for a packet. */
static __always_inline struct drop_record *change_reserve(const struct candidate *event,
							  struct drop_record **with_stack)
{
	return reserve_event(event, with_stack, true);
}

/*
 * Returns whether to wake user space for a record of that size. While events come, only a CPU that
 * has submitted much does: a timer of user space fetches the rest. A wakeup costs more than an
 * event, and so does asking the ring how full it is. The first event after a pause wakes it, too.
 */
static __always_inline bool is_time_to_wake(__u64 size)
{
	struct cpu_state *state = this_cpu_state();

	if (!state)
		return true;
	state->bytes_since_wakeup += size;
	if (state->bytes_since_wakeup < wakeup_bytes && !*(volatile __u32 *)&wake_requested)
		return false;
	state->bytes_since_wakeup = 0;
	*(volatile __u32 *)&wake_requested = 0;
	return true;
}

/* Walks the stack if the record has room for it, and submits the record. */
static __always_inline void event_submit(void *ctx, struct drop_record *with_stack,
					 struct drop_record *record)
{
	bool wake = is_time_to_wake(with_stack		       ? sizeof(*record)
				    : is_change(record->event) ? RECORD_SIZE_CHANGE
							       : RECORD_SIZE_NO_STACK);

	if (with_stack) {
		long size = bpf_get_stack(ctx, with_stack->stack, sizeof(with_stack->stack), 0);

		with_stack->stack_len = size > 0 ? size : 0;
	}
	bpf_ringbuf_submit(record, wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

#endif
