// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "event/event.h"
#include "stacks.h"
#include "util/hash.h"
#include "util/strbuf.h"

#define STACKS_MAX    16384
#define HASH_FACTOR   0x9e3779b97f4a7c15ULL /* 2^64 divided by the golden ratio */
#define TRACING_DEPTH 8			    /* the tracing itself has fewer frames */
#define ENTRY_CALL    9 /* largest offset after the call of a hook at a function's entry (x86) */

struct stacks_entry {
	UT_hash_handle hh;
	struct stack stack;
	char *frames;	/* of stack */
	uint64_t key[]; /* the location, and the addresses */
};

struct stacks {
	struct symbols *symbols;
	struct stacks_entry *entries; /* by their keys, the oldest first */
	uint64_t generation;	      /* of the symbols that named them */
	uint64_t last_id;
	uint64_t unnamed;
	struct strbuf text;
};

struct stacks *stacks_new(struct symbols *symbols)
{
	struct stacks *stacks = calloc(1, sizeof(*stacks));

	if (stacks)
		stacks->symbols = symbols;
	return stacks;
}

static void delete_entry(struct stacks *stacks, struct stacks_entry *entry)
{
	HASH_DEL(stacks->entries, entry);
	free(entry->frames);
	free(entry);
}

void stacks_free(struct stacks *stacks)
{
	if (!stacks)
		return;
	while (stacks->entries)
		delete_entry(stacks, stacks->entries);
	strbuf_free(&stacks->text);
	free(stacks);
}

static bool is_tracing(const char *name)
{
	static const char *const prefixes[] = {
		"bpf_prog_",	"bpf_trace_run", "__bpf_trace_",
		"__traceiter_", "bpf_get_stack", "bpf_trampoline_"
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

/*
 * Returns the index of the first frame that does not belong to the tracing: that of the location if
 * it is in the stack, else the one after the frames of the tracing, which are the first ones. A
 * frame without a name that called a BPF program is a trampoline.
 */
static size_t first_frame(struct stacks *stacks, const uint64_t *addresses, size_t depth,
			  uint64_t location)
{
	bool called_program = false;
	struct symbol symbol;
	size_t first = 0;

	for (size_t i = 0; location && i < depth; i++) {
		if (addresses[i] == location)
			return i;
	}
	for (size_t i = 0; i < depth && i < TRACING_DEPTH; i++) {
		if (!symbols_find(stacks->symbols, addresses[i], &symbol)) {
			first = called_program ? i + 1 : first;
			called_program = false;
			continue;
		}
		if (!is_tracing(symbol.name))
			break;
		called_program = strncmp(symbol.name, "bpf_prog_", 9) == 0;
		first = i + 1;
	}
	return first;
}

/*
 * The entry of a function that has an fexit program calls a trampoline, which then calls the
 * function. So there are two more frames between the function and its caller, of which the first
 * has no name. Returns how many frames from index i on are such frames. No other call of a function
 * returns to an offset as small as ENTRY_CALL.
 */
static size_t hooked_frames(struct stacks *stacks, const uint64_t *addresses, size_t depth,
			    size_t i)
{
	struct symbol function, entry;

	if (!i || i + 1 >= depth || !symbols_find(stacks->symbols, addresses[i - 1], &function) ||
	    !symbols_find(stacks->symbols, addresses[i + 1], &entry))
		return 0;
	return entry.offset <= ENTRY_CALL && entry.start == function.start ? 2 : 0;
}

/* Appends the frame to the text. Returns whether its name can never change. */
static bool render_frame(struct stacks *stacks, uint64_t address)
{
	struct strbuf *text = &stacks->text;
	struct symbol symbol;

	strbuf_add(text, text->length ? "\n  " : "  ");
	if (!symbols_find(stacks->symbols, address, &symbol)) {
		strbuf_add(text, "?");
		stacks->unnamed++;
		return false;
	}
	strbuf_add_printable(text, symbol.name);
	strbuf_addf(text, "+0x%llx", (unsigned long long)symbol.offset);
	if (!symbol.module)
		return true;
	strbuf_add(text, " [");
	strbuf_add_printable(text, symbol.module);
	strbuf_add(text, "]");
	return false;
}

/* Renders the frames as text. Returns whether none of the names can ever change. */
static bool render(struct stacks *stacks, const uint64_t *addresses, size_t depth)
{
	bool lasting = true;
	size_t hooked;

	strbuf_clear(&stacks->text);
	for (size_t i = 0; i < depth; i++) {
		hooked = hooked_frames(stacks, addresses, depth, i);
		if (hooked)
			i += hooked - 1;
		else if (!render_frame(stacks, addresses[i]))
			lasting = false;
	}
	return lasting;
}

/*
 * The hash for the table. Addresses of the kernel do not come from outside, so a multiplicative
 * hash is enough: the one of util/hash.h took a tenth of the time of an event. There are two sums,
 * because a multiplication has to wait for the previous one of the same sum.
 */
static unsigned int hash_key(const uint64_t *key, size_t count)
{
	uint64_t even = count, odd = 0;
	size_t i;

	for (i = 0; i + 1 < count; i += 2) {
		even = (even ^ key[i]) * HASH_FACTOR;
		odd = (odd ^ key[i + 1]) * HASH_FACTOR;
	}
	if (i < count)
		even = (even ^ key[i]) * HASH_FACTOR;
	even = (even ^ odd >> 32 ^ odd << 32) * HASH_FACTOR;
	return (unsigned int)(even >> 32);
}

static const struct stack *add_entry(struct stacks *stacks, const uint64_t *key, size_t bytes,
				     bool lasting)
{
	unsigned int hash = hash_key(key, bytes / sizeof(*key));
	struct stacks_entry *entry = calloc(1, sizeof(*entry) + bytes);

	if (!entry)
		return NULL;
	entry->frames = stacks->text.failed ? NULL : strdup(strbuf_string(&stacks->text));
	memcpy(entry->key, key, bytes);
	if (entry->frames)
		HASH_ADD_KEYPTR_BYHASHVALUE(hh, stacks->entries, entry->key, bytes, hash, entry);
	if (!entry->frames || !entry->hh.tbl) {
		free(entry->frames);
		free(entry);
		return NULL;
	}
	entry->stack = (struct stack){ ++stacks->last_id, entry->frames, lasting };
	return &entry->stack;
}

/* Deletes the entries that are not lasting if the symbols have changed. */
static void follow_symbols(struct stacks *stacks)
{
	uint64_t generation = symbols_update(stacks->symbols);
	struct stacks_entry *entry, *next;

	if (generation == stacks->generation)
		return;
	stacks->generation = generation;
	for (entry = stacks->entries; entry; entry = next) {
		next = entry->hh.next;
		if (!entry->stack.lasting)
			delete_entry(stacks, entry);
	}
}

const struct stack *stacks_intern(struct stacks *stacks, const uint64_t *addresses, size_t depth,
				  uint64_t location)
{
	uint64_t key[1 + EVENT_STACK_MAX];
	struct stacks_entry *entry;
	size_t first, bytes;
	unsigned int hash;
	bool lasting;

	if (!depth || depth > EVENT_STACK_MAX)
		return NULL;
	key[0] = location;
	memcpy(key + 1, addresses, depth * sizeof(*addresses));
	bytes = (1 + depth) * sizeof(*key);
	hash = hash_key(key, 1 + depth);
	HASH_FIND_BYHASHVALUE(hh, stacks->entries, key, bytes, hash, entry);
	if (!entry || !entry->stack.lasting) {
		follow_symbols(stacks);
		HASH_FIND_BYHASHVALUE(hh, stacks->entries, key, bytes, hash, entry);
	}
	if (entry)
		return &entry->stack;
	first = first_frame(stacks, addresses, depth, location);
	if (first == depth)
		return NULL;
	lasting = render(stacks, addresses + first, depth - first);
	if (HASH_COUNT(stacks->entries) >= STACKS_MAX)
		delete_entry(stacks, stacks->entries);
	return add_entry(stacks, key, bytes, lasting);
}

uint64_t stacks_freed_at(struct stacks *stacks, const uint64_t *addresses, size_t depth)
{
	struct symbol symbol;

	for (size_t i = 0; i + 1 < depth && i < TRACING_DEPTH; i++) {
		if (symbols_find(stacks->symbols, addresses[i], &symbol) &&
		    strcmp(symbol.name, "__kfree_skb") == 0)
			return addresses[i + 1];
	}
	return 0;
}

uint64_t stacks_unnamed(const struct stacks *stacks)
{
	return stacks->unnamed;
}
