// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bounds of filters: 64 items of a list, 15 characters of a command, 2,046 instructions in the
 * kernel.
 */
#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>

#include "filter/cbpf_to_ebpf.h"
#include "filter/filter.h"
#include "test.h"

static struct filter filter;
static struct error error;

TEST(list_has_64_items_at_most)
{
	char pid[16];

	for (int i = 1; i <= 64; i++) {
		snprintf(pid, sizeof(pid), "%d", i);
		CHECK(filter_add_pid(&filter, pid, &error) == 0);
	}
	CHECK(filter_add_pid(&filter, "65", &error) == -EINVAL);
	CHECK_STR(error.text, "--pid: more than 64 items");
}

TEST(command_has_15_characters_at_most)
{
	CHECK(filter_add_comm(&filter, "123456789012345", &error) == 0);
	CHECK(filter_add_comm(&filter, "1234567890123456", &error) == -EINVAL);
	filter_free(&filter);
}

/* So many instructions that load a constant, and the one that returns it. */
static int translate(struct ebpf_filter *translated, size_t count)
{
	struct classic_insn *program = calloc(count + 1, sizeof(*program));
	int err;

	if (!program)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		program[i] = (struct classic_insn){ .code = BPF_LD | BPF_IMM, .k = 1 };
	program[count] = (struct classic_insn){ .code = BPF_RET | BPF_K, .k = 1 };
	memset(translated, 0, sizeof(*translated));
	err = cbpf_to_ebpf(translated, program, count + 1);
	free(program);
	return err;
}

TEST(translated_filter_has_2046_instructions_at_most)
{
	static struct ebpf_filter translated;
	size_t count = 1000;

	while (count < 5000 && !translate(&translated, count + 1))
		count++;
	CHECK(translate(&translated, count + 1) == -E2BIG);
	CHECK(translate(&translated, count) == 0 && translated.count == 2046);
}
