// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "owner.h"
#include "util/time.h"
#include "util/worker.h"

#define SCAN_PERIOD_FACTOR 50	    /* scans take 2% of the time */
#define SCAN_PERIOD_MIN_NS 50000000 /* half of the time between two ticks of the capture */
#define STATE_REQUEST	   12	    /* TCP_NEW_SYN_RECV, include/net/tcp_states.h */

/* The result of one scan, sorted by socket and pid when the scan is complete. */
struct holder_list {
	uint64_t scanned_ns; /* boottime; sockets that were open then are in the list */
	size_t count;
	size_t capacity;
	bool failed; /* out of memory */
	struct socket_holder *holders;
};

struct owners {
	owners_scan scan;
	void *context;
	struct worker *worker;	  /* NULL: scans are impossible */
	struct holder_list *list; /* in use; NULL: no scan has succeeded yet */
	bool may_wait;		  /* no caller has waited for the latest scan yet */

	/* Shared with the worker. */
	_Atomic(struct holder_list *) published; /* complete, not yet in use; NULL: none */
	atomic_bool unsupported;
	_Atomic(uint64_t) failures;
	atomic_int last_error;
};

static void free_list(struct holder_list *list)
{
	if (!list)
		return;
	free(list->holders);
	free(list);
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
	struct holder_list *list = context;
	struct socket_holder *grown;

	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 256;

		grown = realloc(list->holders, capacity * sizeof(*grown));
		if (!grown) {
			list->failed = true;
			return;
		}
		list->holders = grown;
		list->capacity = capacity;
	}
	list->holders[list->count++] = *holder;
}

static int fill_list(struct owners *owners, struct holder_list *list)
{
	int err;

	list->scanned_ns = time_boottime_ns();
	err = owners->scan(owners->context, add_holder, list);
	if (err)
		return err;
	if (list->failed)
		return -ENOMEM;
	if (list->count)
		qsort(list->holders, list->count, sizeof(*list->holders), compare_holders);
	return 0;
}

/* The job of the worker. An incomplete list is not published: it would lack some holders. */
static void scan(void *context)
{
	struct owners *owners = context;
	struct holder_list *list = calloc(1, sizeof(*list));
	int err = list ? fill_list(owners, list) : -ENOMEM;

	if (!err) {
		free_list(atomic_exchange(&owners->published, list));
		return;
	}
	free_list(list);
	if (err == -EOPNOTSUPP) {
		owners->unsupported = true;
	} else {
		owners->last_error = err;
		owners->failures++;
	}
}

struct owners *owners_new(owners_scan scan_function, void *context)
{
	struct owners *owners = calloc(1, sizeof(*owners));
	const struct worker_config config = {
		.job = scan,
		.context = owners,
		.period_factor = SCAN_PERIOD_FACTOR,
		.period_min_ns = SCAN_PERIOD_MIN_NS,
	};

	if (!owners)
		return NULL;
	owners->scan = scan_function;
	owners->context = context;
	if (!scan_function)
		return owners;
	owners->worker = worker_new(&config);
	if (owners->worker)
		return owners;
	free(owners);
	return NULL;
}

void owners_free(struct owners *owners)
{
	if (!owners)
		return;
	worker_free(owners->worker);
	free_list(owners->published);
	free_list(owners->list);
	free(owners);
}

static bool start_scan(struct owners *owners)
{
	if (!owners->worker || owners->unsupported || !worker_start(owners->worker))
		return false;
	owners->may_wait = true;
	return true;
}

void owners_refresh(struct owners *owners)
{
	start_scan(owners);
}

bool owners_wait(struct owners *owners, uint64_t timeout_ns)
{
	return !owners->worker || worker_wait(owners->worker, timeout_ns);
}

/* Returns whether the list in use is from a scan after that time. */
static bool use_newest_list(struct owners *owners, uint64_t time_ns)
{
	struct holder_list *newest = atomic_exchange(&owners->published, NULL);

	if (newest) {
		free_list(owners->list);
		owners->list = newest;
	}
	return owners->list && owners->list->scanned_ns >= time_ns;
}

/* Waits once for each scan, so that waiting takes no larger share of the time than scans do. */
static void wait_for_scan(struct owners *owners)
{
	if (owners->may_wait)
		owners_wait(owners, OWNERS_WAIT_NS);
	owners->may_wait = false;
}

/* Returns whether the list is from a scan after the event. */
static bool make_fresh(struct owners *owners, const struct drop_event *event)
{
	wait_for_scan(owners);
	if (use_newest_list(owners, event->boottime_ns))
		return true;
	if (!start_scan(owners))
		return false;
	wait_for_scan(owners);
	return use_newest_list(owners, event->boottime_ns);
}

/*
 * Returns the process `preferred` if it has the socket open, else the one with the lowest pid that
 * has; NULL if none has.
 */
static const struct socket_holder *find_holder(const struct holder_list *list,
					       const struct socket_id *id, uint32_t preferred)
{
	const struct socket_holder *first = NULL;
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ids(&list->holders[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < list->count && !compare_ids(&list->holders[low].id, id); low++) {
		if (list->holders[low].pid == preferred)
			return &list->holders[low];
		if (!first)
			first = &list->holders[low];
	}
	return first;
}

/*
 * The socket of an event is the listener if the event is of a request, or of a child that waits for
 * accept().
 */
static bool find_in_list(const struct owners *owners, const struct drop_event *event, bool is_fresh,
			 struct owner *owner)
{
	bool by_listener = event->state == STATE_REQUEST || event->not_accepted;
	enum owner_source source = by_listener ? OWNER_LISTENER : OWNER_EXACT;
	const struct socket_holder *holder = NULL;

	if (owners->list)
		holder = find_holder(owners->list, &event->socket, event->owner.pid);
	if (!holder)
		return false;
	*owner = (struct owner){ is_fresh ? source : OWNER_CURRENT, holder->pid, holder->comm };
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

bool owners_find(struct owners *owners, const struct drop_event *event, struct owner *owner)
{
	bool is_fresh;

	if (!event->socket.address)
		return false;
	if (event->owner.how == OWNER_CLOSED)
		return fill_from_event(owner, event, OWNER_EXACT);
	is_fresh = make_fresh(owners, event);
	if (find_in_list(owners, event, is_fresh, owner))
		return true;
	return !event->not_accepted && fill_from_event(owner, event, OWNER_CURRENT);
}

uint64_t owners_failed_scans(const struct owners *owners, int *err)
{
	*err = owners->last_error;
	return owners->failures;
}
