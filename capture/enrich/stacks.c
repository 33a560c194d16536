// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "stacks.h"
#include "util/strbuf.h"

#define STACKS_MAX    16384
#define TRACING_DEPTH 8		       /* more frames than that the tracing never has */
#define ENTRY_CALL    9		       /* behind endbr64 and the call of the hook (x86) */
#define SLOTS	      (STACKS_MAX * 2) /* a power of two, half full at most */

struct stack_slot {
	uint64_t hash;
	struct stack stack;
	uint64_t *addresses; /* NULL: free; the frames' text stands in the same allocation */
	size_t depth;
};

struct stacks {
	struct symbols *symbols;
	struct stack_slot slots[SLOTS];
	size_t count;
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

static void clear(struct stacks *stacks)
{
	for (size_t i = 0; i < SLOTS; i++)
		free(stacks->slots[i].addresses);
	memset(stacks->slots, 0, sizeof(stacks->slots));
	stacks->count = 0;
}

void stacks_free(struct stacks *stacks)
{
	if (!stacks)
		return;
	clear(stacks);
	strbuf_free(&stacks->text);
	free(stacks);
}

/* A multiplicative hash; equality is decided by the addresses. */
static uint64_t hash_stack(const uint64_t *addresses, size_t depth, uint64_t location)
{
	uint64_t hash = location ^ depth;

	for (size_t i = 0; i < depth; i++)
		hash = (hash ^ addresses[i]) * 0x9e3779b97f4a7c15ULL + (hash >> 29);
	return hash ^ hash >> 32;
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
 * The index of the first frame that is the kernel's own business: the location's, or the one below
 * the last of the tracing, which stands on top. BPF programs may have no symbol.
 */
static size_t first_frame(struct stacks *stacks, const uint64_t *addresses, size_t depth,
			  uint64_t location)
{
	struct symbol symbol;
	size_t first = 0;

	for (size_t i = 0; location && i < depth; i++) {
		if (addresses[i] == location)
			return i;
	}
	for (size_t i = 0; i < depth && i < TRACING_DEPTH; i++) {
		if (!symbols_find(stacks->symbols, addresses[i], &symbol))
			continue;
		if (!is_tracing(symbol.name))
			break;
		first = i + 1;
	}
	return first;
}

/*
 * A function that is hooked at its exit runs below a trampoline, which its entry has called: two
 * frames that are no business of the kernel, its symbol missing or stale if the trampoline is newer
 * than our table. Returns how many of the frames from i on are such. ENTRY_CALL: nothing else of a
 * function calls as early as that.
 */
static size_t hooked_frames(struct stacks *stacks, const uint64_t *addresses, size_t depth,
			    size_t i)
{
	struct symbol below, above;

	if (!i || i + 1 >= depth || !symbols_find(stacks->symbols, addresses[i - 1], &below) ||
	    !symbols_find(stacks->symbols, addresses[i + 1], &above))
		return 0;
	return above.offset <= ENTRY_CALL && strcmp(below.name, above.name) == 0 ? 2 : 0;
}

static void render_frame(struct stacks *stacks, uint64_t address)
{
	struct strbuf *text = &stacks->text;
	struct symbol symbol;

	strbuf_add(text, text->length ? "\n  " : "  ");
	if (!symbols_find(stacks->symbols, address, &symbol)) {
		strbuf_add(text, "?");
		stacks->unnamed++;
		return;
	}
	strbuf_add_printable(text, symbol.name);
	strbuf_addf(text, "+0x%llx", (unsigned long long)symbol.offset);
	if (!symbol.module)
		return;
	strbuf_add(text, " [");
	strbuf_add_printable(text, symbol.module);
	strbuf_add(text, "]");
}

static void render(struct stacks *stacks, const uint64_t *addresses, size_t depth)
{
	size_t hooked;

	strbuf_clear(&stacks->text);
	for (size_t i = 0; i < depth; i++) {
		hooked = hooked_frames(stacks, addresses, depth, i);
		if (hooked)
			i += hooked - 1;
		else
			render_frame(stacks, addresses[i]);
	}
}

static const struct stack *fill(struct stacks *stacks, struct stack_slot *slot,
				const uint64_t *addresses, size_t depth, uint64_t location)
{
	size_t first = first_frame(stacks, addresses, depth, location);
	size_t bytes = depth * sizeof(*addresses);

	if (first == depth)
		return NULL;
	render(stacks, addresses + first, depth - first);
	slot->addresses = malloc(bytes + stacks->text.length + 1);
	if (stacks->text.failed || !slot->addresses) {
		free(slot->addresses);
		slot->addresses = NULL;
		return NULL;
	}
	memcpy(slot->addresses, addresses, bytes);
	slot->depth = depth;
	slot->stack.id = ++stacks->last_id;
	slot->stack.frames = memcpy((char *)slot->addresses + bytes, strbuf_string(&stacks->text),
				    stacks->text.length + 1);
	stacks->count++;
	return &slot->stack;
}

const struct stack *stacks_intern(struct stacks *stacks, const uint64_t *addresses, size_t depth,
				  uint64_t location)
{
	uint64_t hash = hash_stack(addresses, depth, location);
	struct stack_slot *slot;

	if (!depth)
		return NULL;
	for (size_t i = hash;; i++) {
		slot = &stacks->slots[i % SLOTS];
		if (!slot->addresses)
			break;
		if (slot->hash == hash && slot->depth == depth &&
		    memcmp(slot->addresses, addresses, depth * sizeof(*addresses)) == 0)
			return &slot->stack;
	}
	if (stacks->count == STACKS_MAX) {
		clear(stacks);
		slot = &stacks->slots[hash % SLOTS];
	}
	slot->hash = hash;
	return fill(stacks, slot, addresses, depth, location);
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
