// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "overview/group.h"
#include "test.h"

static struct group *count(struct group_table *table, const char *name, enum event_class class,
			   uint64_t time)
{
	struct group *group = NULL;

	if (group_count(table, name, strlen(name), class, time, &group))
		test_failed = true;
	return group;
}

TEST(events_are_counted_by_name_and_class)
{
	struct group_table table = { .groups_max = 8, .bytes_max = 1000 };
	struct group *a = count(&table, "a", CLASS_DROP, 50);

	count(&table, "b", CLASS_RESET, 10);
	CHECK(count(&table, "a", CLASS_RETRANSMIT, 20) == a);
	CHECK(count(&table, "a", CLASS_DROP, 70) == a);
	CHECK(a->counts.total == 3 && a->counts.by_class[CLASS_DROP] == 2);
	CHECK(a->counts.first_ns == 20 && a->counts.last_ns == 70);
	CHECK(group_table_count(&table) == 2 && !table.other.total);
	group_table_free(&table);
	CHECK(!group_table_count(&table));
}

TEST(names_may_have_a_nul_within)
{
	struct group_table table = { .groups_max = 8, .bytes_max = 1000 };
	struct group *a, *b;

	CHECK(!group_find(&table, "x\0a", 3, &a) && !group_find(&table, "x\0b", 3, &b) && a != b);
	CHECK(memcmp(a->name, "x\0a", 4) == 0);
	group_table_free(&table);
}

TEST(further_groups_are_counted_together)
{
	struct group_table table = { .groups_max = 2, .bytes_max = 1000 };
	char name[16];

	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "group %d", i);
		CHECK(!!count(&table, name, CLASS_DROP, 1) == (i < 2));
	}
	CHECK(count(&table, "group 0", CLASS_DROP, 1) != NULL);
	CHECK(table.other.total == 8);
	group_table_free(&table);
}

TEST(names_and_extras_are_bounded_in_bytes)
{
	struct group_table table = { .groups_max = 100, .bytes_max = 30, .extra_bytes = 8 };

	CHECK(count(&table, "0123456789", CLASS_DROP, 1) != NULL);
	CHECK(count(&table, "abcdefghijklm", CLASS_DROP, 1) == NULL);
	CHECK(count(&table, "a", CLASS_DROP, 1) != NULL);
	CHECK(table.other.total == 1);
	group_table_free(&table);
}

static int freed;
static void free_extra(void *extra)
{
	freed += *(const uint64_t *)extra == 7;
}

TEST(extra_is_zero_aligned_and_freed)
{
	struct group_table table = {
		.groups_max = 9, .bytes_max = 1000, .extra_bytes = 8, .free_extra = free_extra
	};
	char name[] = "1234567";

	freed = 0;
	for (size_t length = 0; length < sizeof(name); length++) {
		struct group *group = count(&table, name + length, CLASS_DROP, 1);

		CHECK((uintptr_t)group->extra % 8 == 0 && *(uint64_t *)group->extra == 0);
		*(uint64_t *)group->extra = 7;
	}
	group_table_free(&table);
	CHECK(freed == sizeof(name));
}

TEST(most_events_come_first_then_names)
{
	struct group_table table = { .groups_max = 9, .bytes_max = 1000 };

	count(&table, "b", CLASS_DROP, 1);
	count(&table, "a", CLASS_DROP, 1);
	for (int i = 0; i < 5; i++)
		count(&table, "lives", CLASS_OTHER, 1);
	group_sort(&table);
	CHECK_STR(table.groups->name, "lives");
	group_sort_by_trouble(&table);
	CHECK_STR(table.groups->name, "a");
	CHECK_STR(((struct group *)table.groups->hh.next)->name, "b");
	group_table_free(&table);
}

TEST(counts_merge_with_their_times)
{
	struct event_counts all = { 0 }, more = { 0 };

	event_counts_merge(&all, &more);
	CHECK(!all.total && !all.first_ns);
	event_counts_add(&more, CLASS_RESET, 9);
	event_counts_add(&all, CLASS_DROP, 20);
	event_counts_merge(&all, &more);
	CHECK(all.total == 2 && all.first_ns == 9 && all.last_ns == 20);
	CHECK(all.by_class[CLASS_RESET] == 1);
}
