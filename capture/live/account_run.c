// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "account_run.h"

struct account_run {
	struct account_config config;
	struct account_scope scope;
	struct account_events *events;
	struct account_reader *reader; /* of the start; NULL: none is under way */
	struct account_reading *start[2];
};

struct account_run *account_run_new(const struct account_config *config)
{
	struct account_run *run = calloc(1, sizeof(*run));

	if (!run)
		return NULL;
	run->config = *config;
	run->scope = (struct account_scope){ config->netns_fd, !config->has_results,
					     config->helper };
	run->events = account_events_new(config->find_reason, config->context);
	run->reader = run->events ? account_run_read(run) : NULL;
	if (run->reader)
		return run;
	account_events_free(run->events);
	free(run);
	return NULL;
}

/* Waits for the running reading. */
static struct account_reading *end_reading(struct account_run *run)
{
	struct account_reading *reading = account_reader_end(run->reader);

	run->reader = NULL;
	return reading;
}

void account_run_free(struct account_run *run)
{
	if (!run)
		return;
	account_reading_free(end_reading(run));
	for (size_t i = 0; i < 2; i++)
		account_reading_free(run->start[i]);
	account_events_free(run->events);
	free(run);
}

void account_run_attaching(struct account_run *run)
{
	if (run)
		run->start[0] = end_reading(run);
}

/*
 * It runs while the capture begins: packets that are counted during it make the bounds wider, but
 * not wrong.
 */
void account_run_attached(struct account_run *run)
{
	if (run)
		run->reader = account_run_read(run);
}

void account_run_event(struct account_run *run, enum event_kind kind,
		       const struct drop_report *report)
{
	if (run)
		account_events_add(run->events, kind, report);
}

struct account_reader *account_run_read(const struct account_run *run)
{
	return account_reader_start(&run->scope);
}

struct account_events *account_run_events(const struct account_run *run)
{
	return account_events_copy(run->events);
}

void account_run_balance(struct account_run *run, struct account_end *end, struct account *account)
{
	struct account_input input = {
		.end = { end->readings[0], end->readings[1] },
		.events = end->events ? end->events : run->events,
		.kinds = run->config.kinds,
		.is_host = run->config.netns_fd < 0,
		.has_results = run->config.has_results,
	};

	if (run->reader)
		run->start[1] = end_reading(run);
	for (size_t i = 0; i < 2; i++)
		input.start[i] = run->start[i];
	memcpy(input.hidden, end->hidden, sizeof(input.hidden));
	account_balance(&input, account);
	account_events_free(end->events);
	for (size_t i = 0; i < 2; i++)
		account_reading_free(end->readings[i]);
}

struct outside_target {
	struct account *account;
	uint32_t netns;
};

static void add_outside(void *context, const struct outside_count *count)
{
	const struct outside_target *target = context;

	if (!target->netns || target->netns == count->netns)
		account_add_outside(target->account, count);
}

void account_run_outside(const struct source *source, uint32_t netns, struct account *account)
{
	struct outside_target target = { account, netns };

	source_visit_outside(source, add_outside, &target);
}
