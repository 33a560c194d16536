// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "frame_order.h"

#define FIRST_CAPACITY 64 /* a power of two, as every capacity of the run */

struct held_frame {
	uint64_t number, timestamp_ns;
	struct packet packet;
};

/*
 * Frames that come in order are a ring, the run: to add and to take one costs a copy. The others
 * are a binary heap, whose first frame is the earliest; a sorted file has none.
 */
struct frame_order {
	uint64_t window_ns;
	size_t max;
	struct held_frame *run, *heap;
	size_t run_capacity, run_first, run_count;
	size_t heap_capacity, heap_count;
	struct held_frame taken; /* from the heap */
	uint64_t newest;	 /* of all times */
	uint64_t last;		 /* the time of the last frame that was given */
	uint64_t late;
};

struct frame_order *frame_order_new(uint64_t window_ns, size_t frames_max)
{
	struct frame_order *order = calloc(1, sizeof(*order));

	if (!order)
		return NULL;
	order->window_ns = window_ns;
	order->max = frames_max;
	return order;
}

void frame_order_free(struct frame_order *order)
{
	if (!order)
		return;
	free(order->run);
	free(order->heap);
	free(order);
}

static struct held_frame *run_at(const struct frame_order *order, size_t index)
{
	return &order->run[(order->run_first + index) & (order->run_capacity - 1)];
}

/* Doubles a full ring: the part before its first frame follows the rest of it. */
static int grow_run(struct frame_order *order)
{
	size_t old = order->run_capacity, capacity = old ? 2 * old : FIRST_CAPACITY;
	struct held_frame *run = reallocarray(order->run, capacity, sizeof(*run));

	if (!run)
		return -ENOMEM;
	for (size_t i = 0; i < order->run_first; i++)
		run[old + i] = run[i];
	order->run = run;
	order->run_capacity = capacity;
	return 0;
}

static int grow_heap(struct frame_order *order)
{
	size_t capacity = order->heap_capacity ? 2 * order->heap_capacity : FIRST_CAPACITY;
	struct held_frame *heap = reallocarray(order->heap, capacity, sizeof(*heap));

	if (!heap)
		return -ENOMEM;
	order->heap = heap;
	order->heap_capacity = capacity;
	return 0;
}

/* Most frames have no SACK blocks, which are the last member. */
static void hold(struct held_frame *held, const struct wire_frame *frame)
{
	size_t length = offsetof(struct packet, sack);

	if (frame->packet->sack_count)
		length = sizeof(struct packet);
	held->number = frame->number;
	held->timestamp_ns = frame->timestamp_ns;
	memcpy(&held->packet, frame->packet, length);
	held->packet.data = NULL;
}

static bool is_before(const struct held_frame *a, const struct held_frame *b)
{
	if (a->timestamp_ns != b->timestamp_ns)
		return a->timestamp_ns < b->timestamp_ns;
	return a->number < b->number;
}

static int push_heap(struct frame_order *order, const struct wire_frame *frame)
{
	struct held_frame held;
	size_t at = order->heap_count;

	if (at == order->heap_capacity && grow_heap(order))
		return -ENOMEM;
	hold(&held, frame);
	while (at && is_before(&held, &order->heap[(at - 1) / 2])) {
		order->heap[at] = order->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	order->heap[at] = held;
	order->heap_count++;
	return 0;
}

static void pop_heap(struct frame_order *order)
{
	struct held_frame *heap = order->heap, *last = &heap[--order->heap_count];
	size_t at = 0, child;

	order->taken = heap[0];
	while ((child = 2 * at + 1) < order->heap_count) {
		if (child + 1 < order->heap_count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], last))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = *last;
}

static int push_run(struct frame_order *order, const struct wire_frame *frame)
{
	if (order->run_count == order->run_capacity && grow_run(order))
		return -ENOMEM;
	hold(run_at(order, order->run_count++), frame);
	return 0;
}

int frame_order_add(struct frame_order *order, const struct wire_frame *frame)
{
	uint64_t time = frame->timestamp_ns;

	if (time < order->last) {
		order->late++;
		return 0;
	}
	if (time > order->newest)
		order->newest = time;
	if (order->run_count && time < run_at(order, order->run_count - 1)->timestamp_ns)
		return push_heap(order, frame);
	return push_run(order, frame);
}

/* Whether a frame of that time can be given: none that comes may be before it. */
static bool is_due(const struct frame_order *order, uint64_t timestamp_ns)
{
	return order->newest - timestamp_ns > order->window_ns ||
	       order->run_count + order->heap_count > order->max;
}

bool frame_order_take(struct frame_order *order, bool all, struct wire_frame *frame)
{
	struct held_frame *first = order->run_count ? run_at(order, 0) : NULL;
	bool from_heap = order->heap_count && (!first || is_before(&order->heap[0], first));

	if (from_heap)
		first = &order->heap[0];
	if (!first || (!all && !is_due(order, first->timestamp_ns)))
		return false;
	if (from_heap) {
		pop_heap(order);
		first = &order->taken;
	} else {
		order->run_first = (order->run_first + 1) & (order->run_capacity - 1);
		order->run_count--;
	}
	order->last = first->timestamp_ns;
	*frame = (struct wire_frame){ first->number, first->timestamp_ns, &first->packet };
	return true;
}

uint64_t frame_order_late(const struct frame_order *order)
{
	return order->late;
}
