// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "count_print.h"
#include "report/fold.h"
#include "util/list.h"

#define BYTES_MAX (64 << 20) /* of the values of all groups */

struct counts {
	struct count_layout layout;
	struct count_group *groups; /* a table, by their values */
	struct count_group *last; /* of the last event, to which the next one often belongs, too */
	size_t groups_max;
	size_t bytes;
	uint64_t first_ns, last_ns; /* of the events */
	struct count_numbers total;
	struct count_numbers other; /* of events whose groups had no room */
	uint64_t lost;		    /* events, by the key `lost` of the counted ones */
	struct strbuf values;
};

static bool has_key(const struct counts *counts, enum key key)
{
	for (size_t i = 0; i < counts->layout.key_count; i++) {
		if (counts->layout.keys[i].key == key)
			return true;
	}
	return false;
}

static int add_key(void *context, const char *name, struct error *error)
{
	struct counts *counts = context;

	for (size_t i = 0; i < counts->layout.key_count; i++) {
		if (strcmp(counts->layout.keys[i].name, name) == 0)
			return error_set(error, -EINVAL, "--by: '%s' is given more than once",
					 name);
	}
	if (counts->layout.key_count == COUNT_KEYS_MAX)
		return error_set(error, -EINVAL, "--by: more than %d keys", COUNT_KEYS_MAX);
	if (!field_find(name, &counts->layout.keys[counts->layout.key_count])) {
		counts->layout.key_count++;
		return 0;
	}
	return field_unknown("--by", name, error);
}

/*
 * Moves the stack after the other keys: in the folded form, their values are before the root of the
 * stack, and in a table, a stack is too wide for a column in the middle.
 */
static int put_stack_last(struct counts *counts, struct error *error)
{
	size_t kept = 0;

	for (size_t i = 0; i < counts->layout.key_count; i++) {
		if (counts->layout.keys[i].key != KEY_stack)
			counts->layout.keys[kept++] = counts->layout.keys[i];
	}
	counts->layout.key_count = kept;
	return add_key(counts, "stack", error);
}

/* Sets the key of --sum. Returns 0, or -EINVAL and the error. */
static int set_sum(struct counts *counts, const char *name, struct error *error)
{
	if (!name)
		return 0;
	if (field_find(name, &counts->layout.sum))
		return field_unknown("--sum", name, error);
	if (counts->layout.sum.type != VALUE_NUMBER)
		return error_set(error, -EINVAL,
				 "--sum: '%s' is not a key whose values are numbers; segs is one",
				 name);
	counts->layout.has_sum = true;
	return 0;
}

struct counts *counts_new(const struct count_config *config, struct error *error)
{
	enum count_form form = config->form;
	struct counts *counts = calloc(1, sizeof(*counts));
	int err = 0;

	if (!counts) {
		errno = -error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	counts->layout.form = form;
	counts->layout.last_is_optional = config->last_is_optional;
	counts->groups_max = config->groups_max;
	err = set_sum(counts, config->sum, error);
	if (!err && config->by)
		err = list_each("--by", config->by, add_key, counts, error);
	if (!err && (form == COUNT_FOLDED || (form == COUNT_TABLE && has_key(counts, KEY_stack))))
		err = put_stack_last(counts, error);
	if (!err)
		return counts;
	counts_free(counts);
	errno = -err;
	return NULL;
}

void counts_clear(struct counts *counts)
{
	struct count_group *group = counts->groups, *following;

	counts->last = NULL;
	HASH_CLEAR(hh, counts->groups); /* frees the table; the groups are still linked */
	for (; group; group = following) {
		following = group->hh.next;
		free(group);
	}
	counts->bytes = 0;
	counts->total = counts->other = (struct count_numbers){ 0 };
	counts->first_ns = counts->last_ns = 0;
	counts->lost = 0;
}

void counts_free(struct counts *counts)
{
	if (!counts)
		return;
	counts_clear(counts);
	strbuf_free(&counts->values);
	free(counts);
}

bool counts_need_stack(const struct counts *counts)
{
	return has_key(counts, KEY_stack) || has_key(counts, KEY_stack_id);
}

/* Writes the report's values to counts->values, in the form of a group (count_print.h). */
static void collect(struct counts *counts, const struct drop_report *report)
{
	struct strbuf *values = &counts->values;

	strbuf_clear(values);
	for (size_t i = 0; i < counts->layout.key_count; i++) {
		const struct field *key = &counts->layout.keys[i];
		size_t start = values->length;
		bool fold = counts->layout.form == COUNT_FOLDED && key->key == KEY_stack;

		strbuf_add(values, "+");
		if (fold && report->frames)
			fold_frames(report->frames, values);
		else if (!field_value(key, report, values) && !values->failed)
			values->data[start] = '-';
		strbuf_add_bytes(values, "", 1);
	}
}

/* Returns the value that --sum adds. Without the key it is 0; for segs it is 1. */
static uint64_t sum_of(const struct counts *counts, const struct drop_report *report)
{
	const struct field *sum = &counts->layout.sum;
	struct strbuf text = { 0 };
	uint64_t number;

	if (!counts->layout.has_sum)
		return 0;
	if (!sum->add)
		return report_has(report, sum->key) ? report_number(report, sum->key)
						    : sum->key == KEY_segs;
	number = sum->add(report, &text) ? strtoull(strbuf_string(&text), NULL, 10) : 0;
	strbuf_free(&text);
	return number;
}

static void add_numbers(struct count_numbers *numbers, uint64_t sum)
{
	numbers->count++;
	numbers->sum += sum;
}

static void note_time(struct counts *counts, uint64_t ns)
{
	if (!counts->first_ns || ns < counts->first_ns)
		counts->first_ns = ns;
	if (ns > counts->last_ns)
		counts->last_ns = ns;
}

double counts_span(const struct counts *counts)
{
	return (double)(counts->last_ns - counts->first_ns) * 1e-9;
}

/* Adds a group of one event with counts->values. Returns 0 or -ENOMEM. */
static int add_group(struct counts *counts, uint64_t sum)
{
	size_t length = counts->values.length;
	struct count_group *group;

	if (HASH_COUNT(counts->groups) == counts->groups_max ||
	    counts->bytes + length > BYTES_MAX) {
		add_numbers(&counts->other, sum);
		return 0;
	}
	group = malloc(sizeof(*group) + length);
	if (!group)
		return -ENOMEM;
	group->numbers = (struct count_numbers){ 1, sum };
	memcpy(group->values, counts->values.data, length);
	HASH_ADD_KEYPTR(hh, counts->groups, group->values, length, group);
	if (!group->hh.tbl) {
		free(group);
		return -ENOMEM;
	}
	counts->bytes += length;
	return 0;
}

static bool has_values(const struct count_group *group, const struct strbuf *values)
{
	return group->hh.keylen == values->length &&
	       memcmp(group->values, strbuf_string(values), values->length) == 0;
}

int counts_add(struct counts *counts, const struct drop_report *report)
{
	struct count_group *group = counts->last;
	uint64_t sum = sum_of(counts, report);

	collect(counts, report);
	if (counts->values.failed)
		return -ENOMEM;
	counts->lost += report_number(report, KEY_lost);
	add_numbers(&counts->total, sum);
	note_time(counts, report->timestamp_ns);
	if (!group || !has_values(group, &counts->values))
		HASH_FIND(hh, counts->groups, strbuf_string(&counts->values), counts->values.length,
			  group);
	if (!group)
		return add_group(counts, sum);
	add_numbers(&group->numbers, sum);
	counts->last = group;
	return 0;
}

/*
 * The largest group is first. Equal ones are ordered by their values, so that the order is stable.
 */
static int compare_groups(const struct count_group *a, const struct count_group *b)
{
	if (a->numbers.sum != b->numbers.sum)
		return a->numbers.sum < b->numbers.sum ? 1 : -1;
	if (a->numbers.count != b->numbers.count)
		return a->numbers.count < b->numbers.count ? 1 : -1;
	return memcmp(a->values, b->values,
		      a->hh.keylen < b->hh.keylen ? a->hh.keylen : b->hh.keylen);
}

void counts_print(struct counts *counts, const struct count_view *view, struct strbuf *out)
{
	struct count_page page = {
		.layout = &counts->layout,
		.total = counts->total,
		.other = counts->other,
		.lost = counts->lost + view->lost,
		.view = view,
	};

	HASH_SORT(counts->groups, compare_groups);
	page.groups = counts->groups;
	if (view->metrics)
		count_print_metrics(&page, out);
	else
		count_print(&page, out);
}
