// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bounds of stacks: 16,384 are kept at a time; the caller of a trampoline is the function whose
 * call returns to one of its first 9 bytes.
 */
#include "enrich/stacks.h"
#include "test.h"

static const char *missing;
static uint64_t function, other, tracing;

static void find_functions(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[1024], name[512], type;
	uint64_t address;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %511s", &address, &type, name) != 3 || type != 'T')
			continue;
		if (strcmp(name, "ip_rcv") == 0)
			function = address;
		else if (strcmp(name, "tcp_v4_rcv") == 0)
			other = address;
		else if (strcmp(name, "bpf_trace_run3") == 0)
			tracing = address;
	}
	if (file)
		fclose(file);
	missing = function && other && tracing ? NULL
					       : "the kernel hides its symbols, or lacks some";
}

static struct stacks *open_stacks(struct symbols **symbols)
{
	find_functions();
	*symbols = missing ? NULL : symbols_new();
	if (!*symbols) {
		test_skip(missing ? missing : "there are no symbols");
		return NULL;
	}
	return stacks_new(*symbols);
}

/*
 * All frames are in the kernel itself: a BPF program that some process loads meanwhile takes no
 * name away.
 */
static uint64_t id_of(struct stacks *stacks, uint64_t number)
{
	const uint64_t addresses[] = { function + 8, other + 8 + number % 1024,
				       other + 8 + number / 1024 };
	const struct stack *stack = stacks_intern(stacks, addresses, 3, 0);

	return stack ? stack->id : 0;
}

TEST(as_many_stacks_as_16384_are_kept)
{
	struct symbols *symbols;
	struct stacks *stacks = open_stacks(&symbols);
	uint64_t first;

	if (!stacks)
		return;
	first = id_of(stacks, 0);
	CHECK(first);
	for (uint64_t i = 1; i < 16384; i++)
		CHECK(id_of(stacks, i) == first + i);
	CHECK(id_of(stacks, 0) == first);
	/* One more empties the table, and no id is used twice. */
	CHECK(id_of(stacks, 16384) == first + 16384);
	CHECK(id_of(stacks, 0) == first + 16385);
	stacks_free(stacks);
	symbols_free(symbols);
}

/*
 * Whether two frames are left out: one without a symbol of the kernel's, and one so far in its
 * function.
 */
static bool is_hooked(struct stacks *stacks, uint64_t offset)
{
	const uint64_t addresses[] = { function + 16, tracing + 64, function + offset, other + 8 };
	const struct stack *stack = stacks_intern(stacks, addresses, 4, 0);

	return stack && !strstr(stack->frames, "bpf_trace_run3");
}

TEST(caller_of_a_trampoline_calls_within_9_bytes)
{
	struct symbols *symbols;
	struct stacks *stacks = open_stacks(&symbols);

	if (!stacks)
		return;
	CHECK(is_hooked(stacks, 9));
	CHECK(!is_hooked(stacks, 10));
	stacks_free(stacks);
	symbols_free(symbols);
}
