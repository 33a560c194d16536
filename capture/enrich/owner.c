// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "owner.h"
#include "util/time.h"

#define SCAN_SHARE    50       /* a scan's time is followed by this many times as much without */
#define SCAN_PAUSE_NS 50000000 /* and by no less than this, half a tick of the capture */
#define STATE_REQUEST 12

struct owners {
	owners_scan scan;
	void *context;
	struct socket_holder *list; /* sorted by socket, then pid */
	size_t count;
	size_t capacity;
	bool failed;	     /* out of memory in this scan */
	uint64_t scanned_ns; /* monotonic: the list holds what was open then; 0: no list */
	uint64_t next_scan_ns;
};

struct owners *owners_new(owners_scan scan, void *context)
{
	struct owners *owners = calloc(1, sizeof(*owners));

	if (!owners)
		return NULL;
	owners->scan = scan;
	owners->context = context;
	return owners;
}

void owners_free(struct owners *owners)
{
	if (!owners)
		return;
	free(owners->list);
	free(owners);
}

static int compare_ids(const struct socket_id *a, const struct socket_id *b)
{
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (a->flow > b->flow) - (a->flow < b->flow);
}

static int compare_holders(const void *a, const void *b)
{
	const struct socket_holder *left = a, *right = b;
	int order = compare_ids(&left->id, &right->id);

	return order ? order : (left->pid > right->pid) - (left->pid < right->pid);
}

static void add_holder(void *context, const struct socket_holder *holder)
{
	struct owners *owners = context;
	struct socket_holder *grown;

	if (owners->count == owners->capacity) {
		size_t capacity = owners->capacity ? owners->capacity * 2 : 256;

		grown = realloc(owners->list, capacity * sizeof(*grown));
		if (!grown) {
			owners->failed = true;
			return;
		}
		owners->list = grown;
		owners->capacity = capacity;
	}
	owners->list[owners->count++] = *holder;
}

static void scan(struct owners *owners)
{
	uint64_t start = time_monotonic_ns(), pause;
	int err;

	owners->count = 0;
	owners->failed = false;
	err = owners->scan(owners->context, add_holder, owners);
	if (err || owners->failed)
		owners->count = 0; /* a part would hide the rest */
	if (owners->count)
		qsort(owners->list, owners->count, sizeof(*owners->list), compare_holders);
	pause = (time_monotonic_ns() - start) * SCAN_SHARE;
	owners->scanned_ns = err || owners->failed ? 0 : start;
	owners->next_scan_ns = start + (pause > SCAN_PAUSE_NS ? pause : SCAN_PAUSE_NS);
}

void owners_refresh(struct owners *owners)
{
	if (owners->scan)
		scan(owners);
}

/* Returns whether the list holds what was open after the event. */
static bool make_fresh(struct owners *owners, const struct drop_event *event)
{
	if (owners->scanned_ns < event->monotonic_ns && owners->scan &&
	    time_monotonic_ns() >= owners->next_scan_ns)
		scan(owners);
	return owners->scanned_ns >= event->monotonic_ns;
}

/* The process `preferred` if it holds the socket, else the first that does; NULL if none does. */
static const struct socket_holder *find_holder(const struct owners *owners,
					       const struct socket_id *id, uint32_t preferred)
{
	const struct socket_holder *first = NULL;
	size_t low = 0, high = owners->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ids(&owners->list[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < owners->count && !compare_ids(&owners->list[low].id, id); low++) {
		if (owners->list[low].pid == preferred)
			return &owners->list[low];
		if (!first)
			first = &owners->list[low];
	}
	return first;
}

static bool fill(struct owner *owner, const struct socket_holder *holder, enum owner_source source)
{
	if (!holder)
		return false;
	*owner = (struct owner){ source, holder->pid, holder->comm };
	return true;
}

static bool fill_from_event(struct owner *owner, const struct drop_event *event,
			    enum owner_source source)
{
	if (event->owner.how == OWNER_UNKNOWN)
		return false;
	*owner = (struct owner){ source, event->owner.pid, event->owner.comm };
	return true;
}

/* The listener stands for a request, and for a child that waits for accept. */
static bool find_in_list(const struct owners *owners, const struct drop_event *event, bool fresh,
			 struct owner *owner)
{
	bool by_listener = event->state == STATE_REQUEST || event->not_accepted;
	enum owner_source source = by_listener ? OWNER_LISTENER : OWNER_EXACT;

	return fill(owner, find_holder(owners, &event->socket, event->owner.pid),
		    fresh ? source : OWNER_CURRENT);
}

bool owners_find(struct owners *owners, const struct drop_event *event, struct owner *owner)
{
	bool fresh;

	if (!event->socket.address)
		return false;
	if (event->owner.how == OWNER_CLOSED)
		return fill_from_event(owner, event, OWNER_EXACT);
	fresh = make_fresh(owners, event);
	if (find_in_list(owners, event, fresh, owner))
		return true;
	return !event->not_accepted && fill_from_event(owner, event, OWNER_CURRENT);
}
