// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <stdlib.h>
#include <unistd.h>

#include "enrich/stacks.h"
#include "util/strbuf.h"
#include "test.h"

/* Addresses of functions in the kernel's text, not of its tracing. */
enum {
	FUNCTIONS = 6
};

static uint64_t function[FUNCTIONS];
static uint64_t tracing[2];
static uint64_t freeing; /* in __kfree_skb */
static struct symbols *symbols;

static void find_functions(void)
{
	static const char *const names[FUNCTIONS] = { "vfs_read",   "vfs_write", "ip_rcv",
						      "tcp_v4_rcv", "schedule",	 "ksys_read" };
	static const char *const tracing_names[2] = { "bpf_get_stackid", "bpf_trace_run3" };
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[1024], name[512], type;
	uint64_t address;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %511s", &address, &type, name) != 3 || type != 'T')
			continue;
		for (int i = 0; i < FUNCTIONS; i++) {
			if (strcmp(name, names[i]) == 0)
				function[i] = address + 8; /* after a call */
		}
		if (strcmp(name, "__kfree_skb") == 0)
			freeing = address + 5;
		for (int i = 0; i < 2; i++) {
			if (strcmp(name, tracing_names[i]) == 0)
				tracing[i] = address + 4;
		}
	}
	if (file)
		fclose(file);
}

/*
 * Returns NULL and prints a skip if the kernel hides its symbols or is built without the functions.
 */
static struct stacks *open_stacks(void)
{
	const char *missing = NULL;

	if (!function[0])
		find_functions();
	for (int i = 0; i < FUNCTIONS; i++) {
		if (!function[i])
			missing = "a function that the test needs is not in /proc/kallsyms";
	}
	if (symbols_hidden())
		missing = "the kernel hides its symbols";
	if (missing) {
		test_skip(missing);
		return NULL;
	}
	symbols = symbols_new();
	symbols_update(symbols);
	symbols_begin_event(symbols, 1); /* older than that: nothing is asked any more */
	return stacks_new(symbols);
}

static void close_stacks(struct stacks *stacks)
{
	stacks_free(stacks);
	symbols_free(symbols);
}

/* The text of these frames; it lives until the next call. */
static const char *frames_of(const uint64_t *addresses, size_t depth)
{
	static struct strbuf text;
	struct symbol symbol;

	strbuf_clear(&text);
	for (size_t i = 0; i < depth; i++) {
		strbuf_add(&text, i ? "\n  " : "  ");
		if (symbols_find(symbols, addresses[i], &symbol))
			strbuf_addf(&text, "%s+0x%lx", symbol.name, symbol.offset);
		else
			strbuf_add(&text, "?");
	}
	return strbuf_string(&text);
}

TEST(frames_are_rendered_leaf_first)
{
	struct stacks *stacks = open_stacks();
	const struct stack *stack;
	uint64_t addresses[3];

	if (!stacks)
		return;
	for (int i = 0; i < 3; i++)
		addresses[i] = function[i] + (uint64_t)i + 1;
	stack = stacks_intern(stacks, addresses, 3, addresses[0]);
	CHECK(stack && stack->id == 1);
	CHECK_STR(stack->frames, frames_of(addresses, 3));
	CHECK(strstr(stack->frames, "  vfs_read+0x9\n  vfs_write+0xa\n") == stack->frames);
	close_stacks(stacks);
}

TEST(same_stack_has_the_same_id)
{
	struct stacks *stacks = open_stacks();
	uint64_t a[] = { function[0], function[1] }, b[] = { function[1], function[0] };
	const struct stack *stack;

	if (!stacks)
		return;
	a[0] = b[1] = function[0];
	a[1] = b[0] = function[1];
	for (int round = 0; round < 3; round++) {
		stack = stacks_intern(stacks, a, 2, 0);
		CHECK(stack && stack->id == 1);
		CHECK_STR(stack->frames, frames_of(a, 2));
		stack = stacks_intern(stacks, b, 2, 0);
		CHECK(stack && stack->id == 2);
		CHECK_STR(stack->frames, frames_of(b, 2));
		stack = stacks_intern(stacks, a, 1, 0);
		CHECK(stack && stack->id == 3);
	}
	close_stacks(stacks);
}

TEST(frames_above_the_location_are_left_out)
{
	struct stacks *stacks = open_stacks();
	const struct stack *stack;

	if (!stacks)
		return;
	for (size_t i = 0; i < FUNCTIONS; i++) {
		stack = stacks_intern(stacks, function, FUNCTIONS, function[i]);
		CHECK(stack);
		CHECK_STR(stack->frames, frames_of(function + i, FUNCTIONS - i));
	}
	stack = stacks_intern(stacks, function, FUNCTIONS, 12345); /* not among them */
	CHECK(stack);
	CHECK_STR(stack->frames, frames_of(function, FUNCTIONS));
	close_stacks(stacks);
}

TEST(frames_of_the_tracing_are_left_out)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[] = { tracing[0], tracing[1], function[0], function[1] };
	const struct stack *stack;

	if (!stacks)
		return;
	if (!tracing[0] || !tracing[1]) {
		test_skip("this kernel has no such tracing functions");
		close_stacks(stacks);
		return;
	}
	addresses[0] = tracing[0];
	addresses[1] = tracing[1];
	addresses[2] = function[0];
	addresses[3] = function[1];
	stack = stacks_intern(stacks, addresses, 4, 0);
	CHECK(stack);
	CHECK_STR(stack->frames, frames_of(addresses + 2, 2));
	CHECK(!stacks_intern(stacks, addresses, 2, 0));
	close_stacks(stacks);
}

TEST(tracing_further_down_leaves_no_frames_out)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[] = { tracing[0], function[2], tracing[1], function[3] };
	const struct stack *stack;

	if (!stacks)
		return;
	addresses[0] = tracing[0];
	stack = stacks_intern(stacks, addresses, 4, 0);
	CHECK(stack && strncmp(stack->frames, "  ip_rcv+0x8\n", 13) == 0);
	close_stacks(stacks);
}

TEST(frames_of_a_hooked_exit_are_left_out)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[] = { function[2] + 8, tracing[1] + 64, function[2] - 3, function[3] };
	const struct stack *stack;

	if (!stacks)
		return;
	stack = stacks_intern(stacks, addresses, 4, 0);
	CHECK(stack && strncmp(stack->frames, "  ip_rcv+0x10\n  tcp_v4_rcv+0x8", 31) == 0);
	close_stacks(stacks);
}

TEST(caller_of_the_free_is_the_location)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[] = { tracing[0], freeing, function[2], function[3] };

	if (!stacks)
		return;
	CHECK(stacks_freed_at(stacks, addresses, 4) == function[2]);
	CHECK(stacks_freed_at(stacks, addresses + 2, 2) == 0);
	CHECK(stacks_freed_at(stacks, addresses, 2) == 0);
	CHECK(stacks_freed_at(stacks, addresses, 0) == 0);
	close_stacks(stacks);
}

TEST(frames_without_a_symbol_are_question_marks)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[] = { function[0], 1, function[1], 2 };
	const struct stack *stack;

	if (!stacks)
		return;
	addresses[0] = function[0];
	addresses[2] = function[1];
	stack = stacks_intern(stacks, addresses, 4, 0);
	CHECK(stack);
	CHECK_STR(stack->frames, frames_of(addresses, 4));
	CHECK(strstr(stack->frames, "\n  ?\n") && stacks_unnamed(stacks) == 2);
	CHECK(stacks_intern(stacks, addresses, 4, 0) && stacks_unnamed(stacks) == 2);
	close_stacks(stacks);
}

/* Only the tracing's own frames are left out. */
TEST(leaf_without_a_symbol_is_not_taken_for_tracing)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[] = { 1, function[0] };
	const struct stack *stack;

	if (!stacks)
		return;
	addresses[1] = function[0];
	stack = stacks_intern(stacks, addresses, 2, 0);
	CHECK(stack);
	CHECK_STR(stack->frames, frames_of(addresses, 2));
	close_stacks(stacks);
}

/* By a new program, names may have changed. */
static int load_program(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "stacks_test", "GPL", insns, 2, NULL);
}

TEST(only_stacks_within_the_kernel_keep_their_ids_when_names_change)
{
	struct stacks *stacks = open_stacks();
	uint64_t lasting[2], other[2];
	const struct stack *stack;
	int program;

	if (!stacks)
		return;
	lasting[0] = other[0] = function[0];
	lasting[1] = function[1];
	other[1] = 1; /* without a symbol: it may get one */
	stack = stacks_intern(stacks, lasting, 2, 0);
	CHECK(stack && stack->id == 1 && stack->lasting);
	stack = stacks_intern(stacks, other, 2, 0);
	CHECK(stack && stack->id == 2 && !stack->lasting);
	program = load_program();
	symbols_begin_event(symbols, UINT64_MAX);
	if (program >= 0) {
		CHECK(stacks_intern(stacks, other, 2, 0)->id == 3);
		CHECK(stacks_intern(stacks, lasting, 2, 0)->id == 1);
		close(program);
	} else {
		test_skip("loading BPF programs is not permitted");
	}
	close_stacks(stacks);
}

TEST(no_frames_are_no_stack)
{
	struct stacks *stacks = open_stacks();

	if (!stacks)
		return;
	CHECK(!stacks_intern(stacks, function, 0, 0));
	CHECK(!stacks_intern(stacks, function, 0, function[0]));
	close_stacks(stacks);
}

TEST(oldest_stack_makes_room_and_gets_a_new_id)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[3], last = 0, first;
	const struct stack *stack;

	if (!stacks)
		return;
	for (uint64_t i = 0; i < 100000; i++) {
		addresses[0] = function[0];
		addresses[1] = function[1] + i % 64;
		addresses[2] = i; /* no symbol */
		stack = stacks_intern(stacks, addresses, 3, addresses[0]);
		CHECK(stack && stack->id == last + 1);
		last = stack->id;
		if (i % 5000 == 0)
			CHECK_STR(stack->frames, frames_of(addresses, 3));
	}
	stack = stacks_intern(stacks, addresses, 3, addresses[0]);
	CHECK(stack && stack->id == last);
	addresses[1] = function[1];
	addresses[2] = 0;
	stack = stacks_intern(stacks, addresses, 3, addresses[0]);
	CHECK(stack && stack->id == last + 1);
	first = stack->id;
	stack = stacks_intern(stacks, addresses, 3, addresses[0]);
	CHECK(stack && stack->id == first);
	close_stacks(stacks);
}

/* A stack that the table still holds when it is full needs no room. */
TEST(known_stacks_keep_their_ids_in_a_full_table)
{
	struct stacks *stacks = open_stacks();
	uint64_t addresses[2];
	const struct stack *stack;

	if (!stacks)
		return;
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t id;

		addresses[0] = function[0] + i % 64;
		addresses[1] = function[1] + i / 64;
		stack = stacks_intern(stacks, addresses, 2, addresses[0]);
		CHECK(stack);
		id = stack->id;
		stack = stacks_intern(stacks, addresses, 2, addresses[0]);
		CHECK(stack && stack->id == id);
	}
	close_stacks(stacks);
}

TEST(free_accepts_null)
{
	stacks_free(NULL);
}
