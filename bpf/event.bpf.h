/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_BPF_H
#define EVENT_BPF_H

/*
 * The life of an event: is it wanted, is there room for it, off into the ring. Counts each on its
 * way: seen = filtered + lost + submitted.
 */

#include "kernel.bpf.h"
#include "record.h"

#define FILTER_REASONS_MAX 64
#define HANDLED_MAX	   8
#define HOOK_RESET_RECEIVED \
	0 /* else a hook has the number of its kind of event; resets have two \
			       */
#define STACK_PLACES_MAX  1024
#define STACK_WALKS	  1000 /* a place may have on a CPU in that time; a walk costs 4 us */
#define STACK_INTERVAL_NS 1000000000ULL

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
const volatile bool with_benign;
/* That a CPU puts into the ring before it wakes the reader. */
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

/*
 * What the programs of a CPU remember from one event to the next: objects that the first programs
 * have had and the second ones have not yet (0: free), and what was put into the ring.
 */
struct cpu_memory {
	__u64 handled[HANDLED_MAX];
	__u64 bytes_since_wakeup;
	__u64 number;		       /* of as_number(), while it launders a pointer */
	__u8 nested[RECORD_EVENT_END]; /* whether the nested program of that hook runs */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_memory);
} cpu_memories SEC(".maps");

static __always_inline struct cpu_memory *memory_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpu_memories, &zero);
}

/*
 * A pointer as a number, of which the verifier knows nothing, for less than a probe read. 0 if what
 * interrupted us did the same just now.
 */
static __always_inline __u64 as_number(const void *pointer)
{
	struct cpu_memory *here = memory_here();
	__u64 is = (__u64)pointer, number;

	if (!here)
		return 0;
	here->number = (__u64)pointer;
	barrier();
	number = here->number;
	barrier_var(is);
	return number == is ? number : 0;
}

/*
 * The kernel does not run a program that is running on the CPU already: what an interrupt, or
 * from 7.x on another task, does meanwhile would be missed. So each event has two programs: the
 * nested one, which is attached after the first, reports what the first was not run for.
 *
 * Returns whether this program is to report the event about the object. The first one notes the
 * object for the nested one, unless that is running itself: then it will not be run for this event,
 * and the note would hide a later one. A task that 7.x moves to another CPU between the two is
 * reported twice.
 */
static __always_inline bool claim_event(const void *object, __u32 hook, bool first)
{
	struct cpu_memory *here = memory_here();
	bool known = false, kept = false;

	if (!here)
		return first;
	for (int i = 0; i < HANDLED_MAX && !known; i++) {
		known = here->handled[i] == (__u64)object;
		if (known && !first)
			here->handled[i] = 0;
	}
	barrier_var(known); /* or clang makes a program of its own of what follows each way out */
	if (!first)
		return !known;
	if (kfree_skb_args >= 4 && here->nested[hook]) /* older kernels may run it all the same */
		return true;
	for (int i = 0; i < HANDLED_MAX && !known && !kept; i++) {
		kept = !here->handled[i];
		if (kept)
			here->handled[i] = (__u64)object;
	}
	barrier_var(kept);
	if (!known && !kept) {
		__builtin_memset(here->handled, 0, sizeof(here->handled));
		here->handled[0] = (__u64)object;
	}
	return true;
}

/* Around all that a nested program does. */
static __always_inline void nested_runs(__u32 hook, bool runs)
{
	struct cpu_memory *here = memory_here();

	barrier();
	if (here)
		here->nested[hook] = runs;
	barrier();
}

/*
 * Where an event happens, and why: what happens there again has most likely the same stack. Its
 * share of walks stands in one of two neighbours of a table; a third place of the two takes the
 * older one's.
 */
struct place_share {
	__u64 location; /* of a drop */
	__u32 reason;
	__u32 event; /* 0: free */
	__u64 since_ns;
	__u64 walks;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STACK_PLACES_MAX);
	__type(key, __u32);
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
	bool benign; /* freed, but not lost */
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

/* The first filter that the event does not pass; the expression was asked before. */
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
	if (event->benign && !with_benign)
		return RECORD_FILTER_BENIGN;
	return RECORD_FILTER_END;
}

static __always_inline bool is_share_of(const struct place_share *share,
					const struct candidate *event)
{
	return share->location == event->location && share->reason == event->reason &&
	       share->event == event->event;
}

/* The share of the event's place; one that is new has none of its time gone. NULL: never. */
static __always_inline struct place_share *find_share(const struct candidate *event)
{
	__u64 mixed = (event->location ^ (__u64)event->reason << 32 ^ event->event) * HASH_FACTOR;
	__u32 one = mixed >> 32 & (STACK_PLACES_MAX - 1), two = one ^ 1;
	struct place_share *share = bpf_map_lookup_elem(&places, &one);
	struct place_share *other = bpf_map_lookup_elem(&places, &two);

	if (!share || !other || is_share_of(share, event))
		return share;
	if (is_share_of(other, event))
		return other;
	if (other->since_ns < share->since_ns)
		share = other;
	share->location = event->location;
	share->reason = event->reason;
	share->event = event->event;
	share->since_ns = 0;
	return share;
}

/*
 * Whether the event gets a stack of its own. In a flood most do not: userspace has the place's
 * latest.
 */
static __always_inline bool may_walk(const struct candidate *event, __u64 now)
{
	struct place_share *share;

	if (stack_mode != STACK_AUTO)
		return stack_mode == STACK_ALL;
	share = find_share(event);
	if (!share)
		return true;
	if (now - share->since_ns >= STACK_INTERVAL_NS) {
		share->since_ns = now;
		share->walks = 0;
	}
	return ++share->walks <= STACK_WALKS;
}

static __always_inline void fill_current(struct drop_record *record)
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

/* An event of that kind that does not pass a filter, counted before it is looked at any further. */
static __always_inline void count_filtered(__u32 kind, enum record_filter filter)
{
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);

	if (!counter)
		return;
	__sync_fetch_and_add(&counter->seen, 1);
	__sync_fetch_and_add(&counter->filtered[filter], 1);
}

/* An event of that kind that was seen, and of which no more is known. */
static __always_inline void count_lost(__u32 kind)
{
	__u32 all = 0;
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);
	struct record_counters *total = bpf_map_lookup_elem(&counters, &all);

	if (!counter || !total)
		return;
	__sync_fetch_and_add(&counter->seen, 1);
	__sync_fetch_and_add(&counter->lost, 1);
	__sync_fetch_and_add(&total->lost, 1);
}

/*
 * Counts the event. Returns a zeroed record with its common part set, NULL if there is none to
 * fill. Sets *with_stack to the record if it has room for a stack, else to NULL: the verifier
 * follows a pointer.
 */
static __always_inline struct drop_record *begin(const struct candidate *event,
						 struct drop_record **with_stack)
{
	__u32 kind = event->event, all = 0;
	struct record_counters *counter = bpf_map_lookup_elem(&counters, &kind);
	struct record_counters *total = bpf_map_lookup_elem(&counters, &all);
	enum record_filter failed = failed_filter(event);
	struct drop_record *record;
	__u64 now;

	if (!counter || !total)
		return NULL;
	__sync_fetch_and_add(&counter->seen, 1); /* hooks may interrupt each other */
	if (failed < RECORD_FILTER_END) {
		__sync_fetch_and_add(&counter->filtered[failed], 1);
		return NULL;
	}
	now = bpf_ktime_get_ns();
	*with_stack = NULL;
	if (may_walk(event, now)) {
		*with_stack = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
		record = *with_stack;
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
	if (!*with_stack && stack_mode == STACK_AUTO)
		record->flags = RECORD_STACK_SAMPLED;
	record->cpu = bpf_get_smp_processor_id();
	fill_current(record);
	if (event->has_reason) {
		record->reason = event->reason;
		record->flags |= RECORD_HAS_REASON;
	}
	return record;
}

/*
 * Whether the reader is to be woken for the record: only when much is waiting, its timer fetches
 * the rest. A wake-up costs more than an event, and so does to ask the ring what is waiting.
 */
static __always_inline bool is_time_to_wake(__u64 size)
{
	struct cpu_memory *here = memory_here();

	if (!here)
		return true;
	here->bytes_since_wakeup += size;
	if (here->bytes_since_wakeup < wakeup_bytes)
		return false;
	here->bytes_since_wakeup = 0;
	return true;
}

static __always_inline void commit(void *ctx, struct drop_record *with_stack,
				   struct drop_record *record)
{
	bool wake = is_time_to_wake(with_stack ? sizeof(*record) : RECORD_SIZE_NO_STACK);

	if (with_stack) {
		long size = bpf_get_stack(ctx, with_stack->stack, sizeof(with_stack->stack), 0);

		with_stack->stack_len = size > 0 ? size : 0;
	}
	bpf_ringbuf_submit(record, wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

#endif
