// SPDX-License-Identifier: GPL-2.0-or-later
#include "enrich/stack_cache.h"
#include "test.h"

static const struct stack first = { 1, "  leaf+0x1\n  root+0x2" }, second = { 2, "  other+0x3" };

static struct drop_event event_at(uint64_t location, uint32_t reason)
{
	return (struct drop_event){ .kind = EVENT_DROP, .location = location, .reason = reason };
}

TEST(latest_stack_of_a_place_is_known)
{
	struct drop_event event = event_at(0xffffffff81000000, 2);
	struct stack_cache *places = stack_cache_new();

	CHECK(!stack_cache_latest(places, &event));
	stack_cache_note(places, &event, &first);
	CHECK(stack_cache_latest(places, &event)->id == 1);
	stack_cache_note(places, &event, &second);
	CHECK(stack_cache_latest(places, &event)->id == 2);
	CHECK_STR(stack_cache_latest(places, &event)->frames, second.frames);
	stack_cache_free(places);
}

TEST(location_reason_and_kind_tell_places_apart)
{
	struct drop_event event = event_at(0xffffffff81000000, 2);
	struct stack_cache *places = stack_cache_new();

	stack_cache_note(places, &event, &first);
	event.reason = 3;
	CHECK(!stack_cache_latest(places, &event));
	event.reason = 2;
	event.location++;
	CHECK(!stack_cache_latest(places, &event));
	event.location--;
	event.kind = EVENT_RETRANSMIT;
	CHECK(!stack_cache_latest(places, &event));
	event.kind = EVENT_DROP;
	CHECK(stack_cache_latest(places, &event)->id == 1);
	stack_cache_free(places);
}

TEST(text_of_a_place_outlives_the_stack)
{
	struct drop_event event = event_at(1, 0);
	char frames[] = "  gone+0x1";
	struct stack stack = { 7, frames };
	struct stack_cache *places = stack_cache_new();

	stack_cache_note(places, &event, &stack);
	memset(frames, 'x', sizeof(frames) - 1);
	CHECK_STR(stack_cache_latest(places, &event)->frames, "  gone+0x1");
	stack_cache_free(places);
}

TEST(as_many_places_as_a_kernel_has_are_all_known)
{
	struct stack_cache *places = stack_cache_new();
	struct drop_event event;
	unsigned int known = 0;

	for (uint64_t i = 1; i <= 300; i++) {
		struct stack stack = { i, "  f+0x1" };

		event = event_at(0xffffffff81000000 + i * 4711, 2);
		stack_cache_note(places, &event, &stack);
	}
	for (uint64_t i = 1; i <= 300; i++) {
		event = event_at(0xffffffff81000000 + i * 4711, 2);
		known += stack_cache_latest(places, &event) != NULL;
	}
	CHECK(known == 300);
	stack_cache_free(places);
}

TEST(place_noted_long_ago_gives_way)
{
	struct stack_cache *places = stack_cache_new();
	struct drop_event often = event_at(0xffffffff81000000, 2), event;

	for (uint64_t i = 1; i < 10000; i++) {
		struct stack stack = { i, "  f+0x1" };

		stack_cache_note(places, &often, &first);
		event = event_at(i * 16, 2);
		stack_cache_note(places, &event, &stack);
	}
	CHECK(stack_cache_latest(places, &often)->id == 1);
	CHECK(stack_cache_latest(places, &event)->id == 9999);
	stack_cache_free(places);
}

TEST(more_places_than_slots_never_give_another_place_s_stack)
{
	struct stack_cache *places = stack_cache_new();
	struct drop_event event;

	for (uint64_t i = 1; i < 10000; i++) {
		struct stack stack = { i, "  f+0x1" };

		event = event_at(i * 16, 2);
		stack_cache_note(places, &event, &stack);
	}
	for (uint64_t i = 1; i < 10000; i++) {
		event = event_at(i * 16, 2);
		CHECK(!stack_cache_latest(places, &event) ||
		      stack_cache_latest(places, &event)->id == i);
	}
	stack_cache_free(places);
	stack_cache_free(NULL);
}
