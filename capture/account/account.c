// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"

/* Bounds of what was counted while the capture ran. */
struct bounds {
	uint64_t least, most;
};

static uint64_t difference(uint64_t end, uint64_t start)
{
	return end > start ? end - start : 0;
}

struct account_line *account_add(struct account *account)
{
	size_t capacity = account->capacity ? account->capacity * 2 : 16;
	struct account_line *grown;

	if (account->count == account->capacity) {
		grown = reallocarray(account->lines, capacity, sizeof(*grown));
		if (!grown) {
			account->failed = true;
			return NULL;
		}
		account->lines = grown;
		account->capacity = capacity;
	}
	account->lines[account->count] = (struct account_line){ 0 };
	return &account->lines[account->count++];
}

void account_free(struct account *account)
{
	free(account->lines);
	*account = (struct account){ 0 };
}

/* Events of these kinds that the capture does not have; they may explain so many. */
static struct account_hidden hidden_of(const struct account_input *input, size_t row)
{
	struct account_hidden sum = { .lost = account_events_astray(input->events, row) };

	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		if (!(account_rows[row].kinds >> kind & 1))
			continue;
		sum.filtered += input->hidden[kind].filtered;
		sum.lost += input->hidden[kind].lost;
		sum.unparsed += input->hidden[kind].unparsed;
	}
	return sum;
}

/* Less was explained than counted. */
static void judge_gap(const struct account_input *input, size_t row, struct account_line *line)
{
	struct account_hidden hidden = hidden_of(input, row);
	uint64_t sum = hidden.filtered + hidden.lost + hidden.unparsed;

	line->state = ACCOUNT_OPEN;
	if (account_rows[row].others) {
		line->state = ACCOUNT_SHARED;
	} else if (!account_events_are_named(input->events, row)) {
		line->why = ACCOUNT_NO_NAME;
	} else if (account_rows[row].flags & ACCOUNT_FAILURES && !input->has_results) {
		line->why = ACCOUNT_FAILED;
	} else if (sum >= line->missing || (sum && account_rows[row].flags & ACCOUNT_SEGMENTS)) {
		line->why = hidden.filtered ? ACCOUNT_FILTERED
			    : hidden.lost   ? ACCOUNT_LOST
					    : ACCOUNT_UNPARSED;
	} else {
		line->state = ACCOUNT_UNEXPLAINED;
		line->missing -= sum;
	}
}

static void judge(const struct account_input *input, size_t row, uint64_t most,
		  struct account_line *line)
{
	const struct account_row *spec = &account_rows[row];

	if (spec->flags & ACCOUNT_NO_EVENTS) {
		line->state = ACCOUNT_NOTED;
	} else if (line->events < line->counted) {
		line->missing = line->counted - line->events;
		judge_gap(input, row, line);
	} else if (line->events > most && !spec->others && !(spec->flags & ACCOUNT_SUPERSET)) {
		line->missing = line->events - most;
		line->state = ACCOUNT_MORE;
	}
}

/* No line if nothing was counted for sure, and the events do not say otherwise. */
static void add_line(const struct account_input *input, uint32_t netns, size_t row,
		     struct bounds bounds, struct account *account)
{
	const struct account_row *spec = &account_rows[row];
	struct account_line *line;
	uint64_t events = account_events_of(input->events, netns, row);
	bool is_exact = !spec->others && !(spec->flags & ACCOUNT_SUPERSET);

	if ((!bounds.least && !(is_exact && events > bounds.most)) ||
	    (spec->kinds & input->kinds) != spec->kinds)
		return;
	line = account_add(account);
	if (!line)
		return;
	strncpy(line->name, spec->name, sizeof(line->name) - 1);
	line->netns = netns;
	line->counted = bounds.least;
	line->doubt = bounds.most == UINT64_MAX ? 0 : bounds.most - bounds.least;
	line->events = events;
	judge(input, row, bounds.most, line);
}

/* Returns whether namespaces may be missing from the reading. */
static bool is_partial(const struct account_reading *reading)
{
	return reading->unread || reading->is_refused || reading->error;
}

/* Whether it is the namespace of an earlier reading. */
static bool is_known(const struct account_values *earlier, const struct account_values *now)
{
	return earlier && earlier->cookie == now->cookie;
}

/*
 * Whether the events of this number are of one namespace alone, from the start to the end. Before
 * 5.14 a namespace has no cookie, and another one may have its number meanwhile; not, if it is the
 * only one that is captured, for that is held open.
 */
static bool is_same(const struct account_input *input, const struct account_values *const start[2],
		    const struct account_values *end)
{
	return is_known(start[0], end) && is_known(start[1], end) &&
	       (end->cookie || !input->is_host);
}

/*
 * A namespace that was not there at the start is new: its counters began at 0. Events of its number
 * may be of one that had the number before.
 */
static struct bounds bounds_of(const struct account_input *input, const struct account_values *end,
			       size_t row)
{
	const struct account_values *start[2], *last;
	struct bounds bounds = { .most = UINT64_MAX };
	uint64_t now = end->rows[row];

	for (size_t i = 0; i < 2; i++)
		start[i] = account_reading_find(input->start[i], end->netns);
	if (is_known(start[1], end))
		bounds.least = difference(now, start[1]->rows[row]);
	else if (!is_known(start[0], end) && !is_partial(input->start[0]))
		bounds.least = now;
	last = account_reading_find(input->end[1], end->netns);
	if (!is_same(input, start, end) || !is_known(last, end))
		return bounds;
	bounds.most = difference(last->rows[row], start[0]->rows[row]);
	if (bounds.most < bounds.least)
		bounds.most = bounds.least;
	return bounds;
}

static void balance_host(const struct account_input *input, struct account *account)
{
	const struct account_reading *const *start = input->start, *const *end = input->end;
	struct bounds bounds;

	if (!input->is_host || !start[0] || !start[1] || !end[1])
		return;
	bounds.least = difference(end[0]->softnet, start[1]->softnet);
	bounds.most = difference(end[1]->softnet, start[0]->softnet);
	for (size_t row = 0; row < account_row_count; row++) {
		if (account_rows[row].source == ACCOUNT_SOFTNET)
			add_line(input, 0, row, bounds, account);
	}
}

static uint64_t count_ended(const struct account_input *input)
{
	const struct account_reading *start = input->start[0], *end = input->end[0];
	const struct account_values *now;
	uint64_t ended = 0;

	for (size_t i = 0; !is_partial(end) && i < start->count; i++) {
		now = account_reading_find(end, start->namespaces[i].netns);
		ended += !now || !is_known(&start->namespaces[i], now);
	}
	return ended;
}

static void take_failures(const struct account_reading *reading, struct account *account)
{
	if (!reading)
		return;
	account->is_refused |= reading->is_refused;
	if (reading->error && !account->error)
		account->error = reading->error;
	if (reading->xdp > account->xdp)
		account->xdp = reading->xdp;
	if (reading->unread > account->unread)
		account->unread = reading->unread;
}

void account_balance(const struct account_input *input, struct account *account)
{
	const struct account_reading *end = input->end[0];

	if (!input->start[0] || !end) {
		account->error = -EAGAIN; /* no thread could be started for a reading */
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		take_failures(input->start[i], account);
		take_failures(input->end[i], account);
	}
	account->read = end->count;
	account->ended = count_ended(input);
	for (size_t i = 0; i < end->count; i++) {
		for (size_t row = 0; row < account_row_count; row++) {
			if (account_rows[row].source < ACCOUNT_SOFTNET)
				add_line(input, end->namespaces[i].netns, row,
					 bounds_of(input, &end->namespaces[i], row), account);
		}
	}
	balance_host(input, account);
}

void account_add_outside(struct account *account, const struct outside_count *outside)
{
	struct account_line *line = account_add(account);

	if (!line)
		return;
	for (size_t row = 0; row < account_row_count; row++) {
		if (account_rows[row].source == ACCOUNT_OUTSIDE &&
		    account_rows[row].outside == outside->kind)
			strncpy(line->name, account_rows[row].name, sizeof(line->name) - 1);
	}
	memcpy(line->device, outside->ifname, sizeof(line->device));
	line->netns = outside->netns;
	line->counted = outside->packets;
	line->state = ACCOUNT_NOTED;
}

uint64_t account_unexplained(const struct account *account)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < account->count; i++) {
		if (account->lines[i].state == ACCOUNT_UNEXPLAINED)
			sum += account->lines[i].missing;
	}
	return sum;
}
