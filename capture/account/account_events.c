// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account_events.h"

#define CODES	    256 /* reasons of the kernel itself; those of subsystems have larger numbers */
#define CODES_LARGE 64
#define SLOTS	    (2 * ACCOUNT_NAMESPACES_MAX) /* a power of two */

_Static_assert((SLOTS & (SLOTS - 1)) == 0, "slots are found by a mask");

struct namespace_counts {
	uint32_t netns; /* 0: free */
	uint64_t counts[ACCOUNT_ROWS_MAX];
};

struct large_code {
	uint32_t code;
	uint64_t rows;
};

struct account_events {
	uint64_t rows_of_code[CODES]; /* bit N: row N */
	struct large_code large[CODES_LARGE];
	size_t large_count;
	uint64_t unnamed; /* bit N: the kernel lacks a reason of row N */
	uint64_t caused;  /* rows with a cause */
	enum key cause;	  /* KEY_COUNT: events have none */
	struct namespace_counts astray;
	size_t count;
	struct namespace_counts *slots[SLOTS];
};

static void add_code(struct account_events *events, uint32_t code, uint64_t row)
{
	if (code < CODES) {
		events->rows_of_code[code] |= row;
		return;
	}
	for (size_t i = 0; i < events->large_count; i++) {
		if (events->large[i].code == code) {
			events->large[i].rows |= row;
			return;
		}
	}
	if (events->large_count < CODES_LARGE)
		events->large[events->large_count++] = (struct large_code){ code, row };
}

static void add_reasons(struct account_events *events, size_t row,
			int (*find)(void *context, const char *name, uint32_t *code), void *context)
{
	const struct account_row *spec = &account_rows[row];
	uint32_t code;

	for (size_t i = 0; i < ACCOUNT_REASONS_MAX && spec->reasons[i]; i++) {
		if (!find(context, spec->reasons[i], &code))
			add_code(events, code, 1ULL << row);
		else if (!spec->causes[0])
			events->unnamed |= 1ULL << row;
	}
}

struct account_events *account_events_new(int (*find)(void *context, const char *name,
						      uint32_t *code),
					  void *context)
{
	struct account_events *events = calloc(1, sizeof(*events));

	if (!events)
		return NULL;
	events->cause = key_find("cause", strlen("cause"));
	for (size_t row = 0; row < account_row_count; row++) {
		add_reasons(events, row, find, context);
		if (account_rows[row].causes[0])
			events->caused |= 1ULL << row;
	}
	return events;
}

void account_events_free(struct account_events *events)
{
	for (size_t i = 0; events && i < SLOTS; i++)
		free(events->slots[i]);
	free(events);
}

/* Returns the slot of the namespace, or the free slot for it. Half of the slots are always free. */
static size_t find_slot(const struct account_events *events, uint32_t netns)
{
	size_t at = netns * 2654435769U & (SLOTS - 1);

	while (events->slots[at] && events->slots[at]->netns != netns)
		at = (at + 1) & (SLOTS - 1);
	return at;
}

static struct namespace_counts *counts_of(struct account_events *events, uint32_t netns)
{
	struct namespace_counts *counts;
	size_t at = find_slot(events, netns);

	if (!netns)
		return &events->astray;
	if (events->slots[at])
		return events->slots[at];
	if (events->count == ACCOUNT_NAMESPACES_MAX)
		return &events->astray;
	counts = calloc(1, sizeof(*counts));
	if (!counts)
		return &events->astray;
	events->count++;
	counts->netns = netns;
	events->slots[at] = counts;
	return counts;
}

static uint64_t rows_of_cause(const struct account_events *events, const char *cause)
{
	uint64_t rows = 0;

	for (size_t row = 0; row < account_row_count; row++) {
		const char *const *causes = account_rows[row].causes;

		for (size_t i = 0; i < ACCOUNT_CAUSES_MAX && causes[i]; i++) {
			if (strcmp(causes[i], cause) == 0)
				rows |= 1ULL << row;
		}
	}
	return rows & events->caused;
}

static uint64_t rows_of_drop(const struct account_events *events, const struct drop_report *report)
{
	uint64_t code = report_number(report, KEY_reason_code);
	uint64_t rows = 0;

	if (events->cause < KEY_COUNT && report_has(report, events->cause))
		rows = rows_of_cause(events, report_text(report, events->cause));
	if (!report_has(report, KEY_reason_code))
		return rows;
	if (code < CODES)
		return rows | events->rows_of_code[code];
	for (size_t i = 0; i < events->large_count; i++) {
		if (events->large[i].code == code)
			return rows | events->large[i].rows;
	}
	return rows;
}

static uint64_t rows_of_transmission(enum event_kind kind, const struct drop_report *report)
{
	uint64_t rows = 0;

	for (size_t row = 0; row < account_row_count; row++) {
		const struct account_row *spec = &account_rows[row];

		if (spec->counts && spec->kinds >> kind & 1 && spec->counts(report))
			rows |= 1ULL << row;
	}
	return rows;
}

void account_events_add(struct account_events *events, enum event_kind kind,
			const struct drop_report *report)
{
	uint64_t segs = report_has(report, KEY_segs) ? report_number(report, KEY_segs) : 1;
	struct namespace_counts *counts = NULL;
	uint64_t rows = 0;

	if (kind == EVENT_DROP)
		rows = rows_of_drop(events, report);
	else if (kind == EVENT_RETRANSMIT || kind == EVENT_SYNACK)
		rows = rows_of_transmission(kind, report);
	if (rows)
		counts = counts_of(events, (uint32_t)report_number(report, KEY_netns));
	for (; rows; rows &= rows - 1) {
		size_t row = (size_t)__builtin_ctzll(rows);
		const struct account_row *spec = &account_rows[row];

		if (spec->family && spec->family != report->packet.family)
			continue;
		counts->counts[row] += spec->flags & ACCOUNT_SEGMENTS ? segs : 1;
	}
}

struct account_events *account_events_copy(const struct account_events *events)
{
	struct account_events *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *events;
	memset(copy->slots, 0, sizeof(copy->slots));
	for (size_t i = 0; i < SLOTS; i++) {
		if (!events->slots[i])
			continue;
		copy->slots[i] = malloc(sizeof(*copy->slots[i]));
		if (!copy->slots[i]) {
			account_events_free(copy);
			errno = ENOMEM;
			return NULL;
		}
		*copy->slots[i] = *events->slots[i];
	}
	return copy;
}

uint64_t account_events_of(const struct account_events *events, uint32_t netns, size_t row)
{
	const struct namespace_counts *counts = events->slots[find_slot(events, netns)];
	uint64_t sum = 0;

	if (netns)
		return counts ? counts->counts[row] : 0;
	for (size_t i = 0; i < SLOTS; i++)
		sum += events->slots[i] ? events->slots[i]->counts[row] : 0;
	return sum;
}

uint64_t account_events_astray(const struct account_events *events, size_t row)
{
	return events->astray.counts[row];
}

bool account_events_are_named(const struct account_events *events, size_t row)
{
	return !(events->unnamed >> row & 1);
}
