// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "sites.h"
#include "stack_cache.h"
#include "stacks.h"
#include "util/strbuf.h"

#define LOCATIONS 251 /* a prime, so that aligned addresses use all entries */

/* A location and its name. */
struct named_location {
	uint64_t address; /* 0: free */
	bool known;
	bool lasting; /* in the kernel image: the name never changes */
	struct strbuf name;
};

struct sites {
	struct symbols *symbols;
	struct stacks *stacks;
	struct stack_cache *latest;
	struct named_location locations[LOCATIONS];
	uint64_t generation; /* of the symbols that named the latest stacks and the locations */
	uint64_t unnamed;
};

struct sites *sites_new(struct symbols *symbols)
{
	struct sites *sites = calloc(1, sizeof(*sites));

	if (!sites)
		return NULL;
	sites->symbols = symbols;
	if (symbols) {
		sites->stacks = stacks_new(symbols);
		sites->latest = stack_cache_new();
	}
	if (!symbols || (sites->stacks && sites->latest))
		return sites;
	sites_free(sites);
	errno = ENOMEM;
	return NULL;
}

void sites_free(struct sites *sites)
{
	if (!sites)
		return;
	stacks_free(sites->stacks);
	stack_cache_free(sites->latest);
	for (size_t i = 0; i < LOCATIONS; i++)
		strbuf_free(&sites->locations[i].name);
	free(sites);
}

/* Forgets the names that are not lasting if the symbols have changed. */
static void follow_symbols(struct sites *sites, uint64_t generation)
{
	if (generation == sites->generation)
		return;
	sites->generation = generation;
	stack_cache_forget(sites->latest);
	for (size_t i = 0; i < LOCATIONS; i++) {
		if (!sites->locations[i].lasting)
			sites->locations[i].address = 0;
	}
}

/* Names each location once. Few different locations drop packets. */
static const struct named_location *find_named(struct sites *sites, uint64_t address)
{
	struct named_location *location = &sites->locations[address % LOCATIONS];
	struct symbols *symbols = sites->symbols;
	struct symbol symbol;

	if (location->address == address && location->lasting)
		return location;
	follow_symbols(sites, symbols_update(symbols));
	if (location->address == address)
		return location;
	location->address = address;
	strbuf_clear(&location->name);
	location->known = symbols_find_location(symbols, address, &symbol);
	location->lasting = location->known && !symbol.module;
	if (location->known)
		strbuf_addf(&location->name, "%s+0x%llx", symbol.name,
			    (unsigned long long)symbol.offset);
	return location;
}

/* Returns the address that freed the packet; 0 if it is unknown, or the event is not a drop. */
static uint64_t find_location(struct sites *sites, const struct drop_event *event)
{
	if (event->location || event->kind != EVENT_DROP || !sites->stacks)
		return event->location;
	return stacks_freed_at(sites->stacks, event->stack, event->stack_depth);
}

static void name_location(struct sites *sites, uint64_t location, struct drop_report *report)
{
	const struct named_location *named;

	if (!location || !sites->symbols)
		return;
	named = find_named(sites, location);
	if (named->known)
		report_set_text(report, KEY_at, strbuf_string(&named->name));
	else
		sites->unnamed++;
}

/*
 * Returns the stack of the event, or, if the kernel side did not walk it, the latest stack of its
 * site. NULL if none is known.
 */
static const struct stack *find_stack(struct sites *sites, const struct drop_event *event,
				      uint64_t location)
{
	const struct stack *stack;

	if (!sites->stacks)
		return NULL;
	if (event->stack_sampled)
		return stack_cache_latest(sites->latest, event);
	stack = stacks_intern(sites->stacks, event->stack, event->stack_depth, location);
	follow_symbols(sites, symbols_generation(sites->symbols));
	if (stack)
		stack_cache_note(sites->latest, event, stack);
	return stack;
}

static void name_stack(const struct drop_event *event, const struct stack *stack,
		       struct drop_report *report)
{
	report_set_text(report, KEY_stack,
			!stack		       ? "none"
			: event->stack_sampled ? "sampled"
					       : "own");
	if (!stack)
		return;
	report_set_number(report, KEY_stack_id, stack->id);
	report->frames = stack->frames;
	report->has_unique_stack_id = true;
}

void sites_name(struct sites *sites, const struct drop_event *event, struct drop_report *report)
{
	uint64_t location;

	if (sites->symbols)
		symbols_begin_event(sites->symbols, event->boottime_ns);
	location = find_location(sites, event);
	name_location(sites, location, report);
	name_stack(event, find_stack(sites, event, location), report);
}

uint64_t sites_unnamed(const struct sites *sites)
{
	return sites->unnamed + (sites->stacks ? stacks_unnamed(sites->stacks) : 0);
}
