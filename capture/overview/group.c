// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"

#define ALIGNMENT sizeof(uint64_t)

const char *class_name(enum event_class class)
{
	static const char *const names[CLASS_COUNT] = { "drop", "retransmission", "reset",
							"other event" };

	return names[class];
}

const char *class_plural(enum event_class class)
{
	static const char *const names[CLASS_COUNT] = { "drops", "retransmissions", "resets",
							"other events" };

	return names[class];
}

/* Returns a group that is not in the table yet, or NULL. */
static struct group *new_group(const struct group_table *table, const char *name, size_t length)
{
	size_t head = (sizeof(struct group) + length + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
	struct group *group = calloc(1, head + table->extra_bytes);

	if (!group)
		return NULL;
	group->extra = (char *)group + head;
	group->length = length;
	memcpy(group->name, name, length);
	return group;
}

int group_find(struct group_table *table, const char *name, size_t length, struct group **found)
{
	struct group *group = table->last;

	*found = group;
	if (group && group->length == length && memcmp(group->name, name, length) == 0)
		return 0;
	HASH_FIND(hh, table->groups, name, length, group);
	if (!group) {
		*found = NULL;
		if (HASH_COUNT(table->groups) >= table->groups_max ||
		    table->bytes + length + table->extra_bytes > table->bytes_max)
			return 0;
		group = new_group(table, name, length);
		if (!group)
			return -ENOMEM;
		HASH_ADD_KEYPTR(hh, table->groups, group->name, length, group);
		if (!group->hh.tbl) {
			free(group);
			return -ENOMEM;
		}
		table->bytes += length + table->extra_bytes;
	}
	table->last = group;
	*found = group;
	return 0;
}

void event_counts_add(struct event_counts *counts, enum event_class class, uint64_t timestamp_ns)
{
	if (!counts->total || timestamp_ns < counts->first_ns)
		counts->first_ns = timestamp_ns;
	if (timestamp_ns > counts->last_ns)
		counts->last_ns = timestamp_ns;
	counts->by_class[class]++;
	counts->total++;
}

void event_counts_merge(struct event_counts *counts, const struct event_counts *more)
{
	if (!more->total)
		return;
	if (!counts->total || more->first_ns < counts->first_ns)
		counts->first_ns = more->first_ns;
	if (more->last_ns > counts->last_ns)
		counts->last_ns = more->last_ns;
	for (size_t i = 0; i < CLASS_COUNT; i++)
		counts->by_class[i] += more->by_class[i];
	counts->total += more->total;
}

int group_count(struct group_table *table, const char *name, size_t length, enum event_class class,
		uint64_t timestamp_ns, struct group **group)
{
	int err = group_find(table, name, length, group);

	if (!err)
		event_counts_add(*group ? &(*group)->counts : &table->other, class, timestamp_ns);
	return err;
}

static int compare_names(const struct group *a, const struct group *b)
{
	size_t length = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->name, b->name, length);

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int compare(const struct group *a, const struct group *b)
{
	if (a->counts.total != b->counts.total)
		return a->counts.total < b->counts.total ? 1 : -1;
	return compare_names(a, b);
}

static int compare_trouble(const struct group *a, const struct group *b)
{
	uint64_t of_a = a->counts.total - a->counts.by_class[CLASS_OTHER];
	uint64_t of_b = b->counts.total - b->counts.by_class[CLASS_OTHER];

	if (of_a != of_b)
		return of_a < of_b ? 1 : -1;
	return compare(a, b);
}

void group_sort(struct group_table *table)
{
	HASH_SORT(table->groups, compare);
}

void group_sort_by_trouble(struct group_table *table)
{
	HASH_SORT(table->groups, compare_trouble);
}

size_t group_table_count(const struct group_table *table)
{
	return HASH_COUNT(table->groups);
}

void group_table_free(struct group_table *table)
{
	struct group *group = table->groups, *following;

	HASH_CLEAR(hh, table->groups); /* the table; the groups are still a list */
	for (; group; group = following) {
		following = group->hh.next;
		if (table->free_extra)
			table->free_extra(group->extra);
		free(group);
	}
	table->groups = NULL;
	table->last = NULL;
	table->bytes = 0;
	table->other = (struct event_counts){ 0 };
}
