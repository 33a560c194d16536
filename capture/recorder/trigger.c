// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "filter/filter.h"
#include "trigger.h"
#include "util/list.h"
#include "util/number.h"
#include "util/time.h"

#define COMM_MAX 15 /* characters of a command name */

struct triggers {
	struct triggers *next;
	const char *text;
	struct filter filter; /* reasons and owners */
	bool is_filtered;
	uint64_t retransmits; /* 0: any */
	uint32_t rate;	      /* events within a second; 0: each event */
	uint32_t count;	      /* of times, since it was set off */
	uint32_t oldest;
	uint64_t *times; /* of the last events, as many as rate */
};

static int parse_number(const char *name, const char *text, const char *unit, uint64_t max,
			uint64_t *number, struct error *error)
{
	const char *end = text;

	if (!number_take(&end, number) || strcmp(end, unit) != 0 || !*number || *number > max)
		return error_set(error, -EINVAL,
				 "--trigger: '%s=%s': write %s=N%s with N from 1 to %llu", name,
				 text, name, unit, (unsigned long long)max);
	return 0;
}

static int add_reason(void *context, const char *item, struct error *error)
{
	struct triggers *trigger = context;

	trigger->is_filtered = true;
	return filter_add_reason(&trigger->filter, item, error);
}

static int add_owner(void *context, const char *item, struct error *error)
{
	struct triggers *trigger = context;

	if (strlen(item) > COMM_MAX)
		return error_set(error, -EINVAL,
				 "--trigger: owner=%s is longer than the %d characters of a "
				 "command name",
				 item, COMM_MAX);
	trigger->is_filtered = true;
	return filter_add_comm(&trigger->filter, item, error);
}

static int set_reasons(struct triggers *trigger, const char *value, struct error *error)
{
	return list_each("--trigger reason", value, add_reason, trigger, error);
}

static int set_owners(struct triggers *trigger, const char *value, struct error *error)
{
	return list_each("--trigger owner", value, add_owner, trigger, error);
}

static int set_retransmits(struct triggers *trigger, const char *value, struct error *error)
{
	return parse_number("retransmits", value, "", UINT8_MAX, &trigger->retransmits, error);
}

static int set_rate(struct triggers *trigger, const char *value, struct error *error)
{
	uint64_t rate;
	int err = parse_number("rate", value, "/s", TRIGGER_RATE_MAX, &rate, error);

	if (err)
		return err;
	free(trigger->times);
	trigger->rate = (uint32_t)rate;
	trigger->times = calloc(rate, sizeof(*trigger->times));
	return trigger->times ? 0 : error_set(error, -ENOMEM, "out of memory");
}

static const struct {
	const char *name; /* with "=" */
	int (*set)(struct triggers *trigger, const char *value, struct error *error);
} conditions[] = {
	{ "rate=", set_rate },
	{ "reason=", set_reasons },
	{ "retransmits=", set_retransmits },
	{ "owner=", set_owners },
};

#define CONDITIONS (sizeof(conditions) / sizeof(conditions[0]))

void triggers_list(struct strbuf *text)
{
	for (size_t i = 0; i < CONDITIONS; i++)
		strbuf_addf(text, "%s%s", i ? " " : "", conditions[i].name);
}

/* Returns the index of the condition that the text begins with; CONDITIONS: none. */
static size_t find_condition(const char *text)
{
	size_t i = 0;

	while (i < CONDITIONS && strncmp(text, conditions[i].name, strlen(conditions[i].name)) != 0)
		i++;
	return i;
}

/* The "+" before the next condition, or NULL: a "+" can also be part of a name. */
static char *find_next(char *text)
{
	char *plus = strchr(text, '+');

	while (plus && find_condition(plus + 1) == CONDITIONS)
		plus = strchr(plus + 1, '+');
	return plus;
}

static int parse(struct triggers *trigger, char *text, struct error *error)
{
	unsigned int seen = 0;

	while (text) {
		char *next = find_next(text);
		size_t i = find_condition(text);
		int err;

		if (next)
			*next++ = '\0';
		if (i == CONDITIONS)
			return error_set(error, -EINVAL,
					 "--trigger: '%s' is not a condition: rate=N/s, "
					 "reason=LIST, retransmits=N or owner=LIST, with + between "
					 "those that must hold together",
					 text);
		if (seen >> i & 1)
			return error_set(error, -EINVAL,
					 "--trigger: %s is there twice; give one of them in a "
					 "--trigger of its own",
					 conditions[i].name);
		seen |= 1U << i;
		err = conditions[i].set(trigger, text + strlen(conditions[i].name), error);
		if (err)
			return err;
		text = next;
	}
	return 0;
}

int triggers_add(struct triggers **triggers, const char *text, struct error *error)
{
	struct triggers *trigger = calloc(1, sizeof(*trigger));
	char *copy = strdup(text);
	int err;

	if (!trigger || !copy) {
		free(trigger);
		free(copy);
		return error_set(error, -ENOMEM, "out of memory");
	}
	trigger->text = text;
	err = parse(trigger, copy, error);
	free(copy);
	if (err) {
		triggers_free(trigger);
		return err;
	}
	while (*triggers)
		triggers = &(*triggers)->next;
	*triggers = trigger;
	return 0;
}

void triggers_free(struct triggers *triggers)
{
	while (triggers) {
		struct triggers *next = triggers->next;

		filter_free(&triggers->filter);
		free(triggers->times);
		free(triggers);
		triggers = next;
	}
}

/*
 * Events of several CPUs can be slightly out of order. A clock that was set leaves times that are
 * more than a second away, in either direction.
 */
static bool reaches_rate(struct triggers *trigger, uint64_t now_ns)
{
	int64_t age_ns;

	/* The oldest of the last N events makes room for this one. */
	trigger->times[trigger->oldest] = now_ns;
	trigger->oldest = (trigger->oldest + 1) % trigger->rate;
	age_ns = (int64_t)(now_ns - trigger->times[trigger->oldest]);
	if (trigger->count < trigger->rate)
		trigger->count++;
	if (trigger->count < trigger->rate || age_ns >= (int64_t)NS_PER_S ||
	    age_ns <= -(int64_t)NS_PER_S)
		return false;
	trigger->count = 0;
	return true;
}

static bool is_fired(struct triggers *trigger, const struct drop_report *report)
{
	if (report_number(report, KEY_retransmits) < trigger->retransmits)
		return false;
	if (trigger->is_filtered && !filter_matches(&trigger->filter, report))
		return false;
	return !trigger->rate || reaches_rate(trigger, report->timestamp_ns);
}

const char *triggers_fired(struct triggers *triggers, const struct drop_report *report)
{
	const char *text = NULL;

	for (; triggers; triggers = triggers->next) {
		if (is_fired(triggers, report) && !text)
			text = triggers->text;
	}
	return text;
}

/* The context of list_each. */
struct reason_search {
	const char *reason;
	bool is_found;
};

static int compare_reason(void *context, const char *name, struct error *error)
{
	struct reason_search *search = context;

	(void)error;
	search->is_found |= filter_reason_is(search->reason, name + strspn(name, " "));
	return 0;
}

const char *triggers_unknown_reason(const struct triggers *triggers, const char *names)
{
	struct error error;

	for (; triggers; triggers = triggers->next) {
		for (size_t i = 0; i < triggers->filter.reasons.count; i++) {
			struct reason_search search = { triggers->filter.reasons.items[i], false };

			list_each("names", names, compare_reason, &search, &error);
			if (!search.is_found)
				return search.reason;
		}
	}
	return NULL;
}
