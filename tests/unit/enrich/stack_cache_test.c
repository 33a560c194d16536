// SPDX-License-Identifier: GPL-2.0-or-later
#include "enrich/stack_cache.h"
#include "test.h"

static const struct stack first = { 1, "  leaf+0x1\n  root+0x2", true },
			  second = { 2, "  other+0x3", true };

static struct drop_event event_at(uint64_t location, uint32_t reason)
{
	return (struct drop_event){ .kind = EVENT_DROP, .location = location, .reason = reason };
}

TEST(latest_stack_of_a_site_is_known)
{
	struct drop_event event = event_at(0xffffffff81000000, 2);
	struct stack_cache *cache = stack_cache_new();

	CHECK(!stack_cache_latest(cache, &event));
	stack_cache_note(cache, &event, &first);
	CHECK(stack_cache_latest(cache, &event)->id == 1);
	stack_cache_note(cache, &event, &second);
	CHECK(stack_cache_latest(cache, &event)->id == 2);
	CHECK_STR(stack_cache_latest(cache, &event)->frames, second.frames);
	stack_cache_free(cache);
}

TEST(sites_differ_by_location_reason_and_kind)
{
	struct drop_event event = event_at(0xffffffff81000000, 2);
	struct stack_cache *cache = stack_cache_new();

	stack_cache_note(cache, &event, &first);
	event.reason = 3;
	CHECK(!stack_cache_latest(cache, &event));
	event.reason = 2;
	event.location++;
	CHECK(!stack_cache_latest(cache, &event));
	event.location--;
	event.kind = EVENT_RETRANSMIT;
	CHECK(!stack_cache_latest(cache, &event));
	event.kind = EVENT_DROP;
	CHECK(stack_cache_latest(cache, &event)->id == 1);
	stack_cache_free(cache);
}

TEST(text_of_a_site_outlives_the_stack)
{
	struct drop_event event = event_at(1, 0);
	char frames[] = "  gone+0x1";
	struct stack stack = { 7, frames, true };
	struct stack_cache *cache = stack_cache_new();

	stack_cache_note(cache, &event, &stack);
	memset(frames, 'x', sizeof(frames) - 1);
	CHECK_STR(stack_cache_latest(cache, &event)->frames, "  gone+0x1");
	stack_cache_free(cache);
}

TEST(as_many_sites_as_a_kernel_has_are_all_known)
{
	struct stack_cache *cache = stack_cache_new();
	struct drop_event event;
	unsigned int known = 0;

	for (uint64_t i = 1; i <= 300; i++) {
		struct stack stack = { i, "  f+0x1", true };

		event = event_at(0xffffffff81000000 + i * 4711, 2);
		stack_cache_note(cache, &event, &stack);
	}
	for (uint64_t i = 1; i <= 300; i++) {
		event = event_at(0xffffffff81000000 + i * 4711, 2);
		known += stack_cache_latest(cache, &event) != NULL;
	}
	CHECK(known == 300);
	stack_cache_free(cache);
}

TEST(site_noted_long_ago_makes_room)
{
	struct stack_cache *cache = stack_cache_new();
	struct drop_event often = event_at(0xffffffff81000000, 2), event;

	for (uint64_t i = 1; i < 10000; i++) {
		struct stack stack = { i, "  f+0x1", true };

		stack_cache_note(cache, &often, &first);
		event = event_at(i * 16, 2);
		stack_cache_note(cache, &event, &stack);
	}
	CHECK(stack_cache_latest(cache, &often)->id == 1);
	CHECK(stack_cache_latest(cache, &event)->id == 9999);
	stack_cache_free(cache);
}

TEST(more_sites_than_entries_never_have_another_site_s_stack)
{
	struct stack_cache *cache = stack_cache_new();
	struct drop_event event;

	for (uint64_t i = 1; i < 10000; i++) {
		struct stack stack = { i, "  f+0x1", true };

		event = event_at(i * 16, 2);
		stack_cache_note(cache, &event, &stack);
	}
	for (uint64_t i = 1; i < 10000; i++) {
		event = event_at(i * 16, 2);
		CHECK(!stack_cache_latest(cache, &event) ||
		      stack_cache_latest(cache, &event)->id == i);
	}
	stack_cache_free(cache);
	stack_cache_free(NULL);
}

TEST(only_lasting_stacks_are_remembered_when_names_change)
{
	struct stack_cache *cache = stack_cache_new();
	struct drop_event in_kernel = event_at(1, 0), in_module = event_at(2, 0);
	struct stack module = { 2, "  f+0x1 [veth]", false };

	stack_cache_note(cache, &in_kernel, &first);
	stack_cache_note(cache, &in_module, &module);
	stack_cache_forget(cache);
	CHECK(stack_cache_latest(cache, &in_kernel)->id == 1);
	CHECK(!stack_cache_latest(cache, &in_module));
	stack_cache_free(cache);
}
