// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kernel/bpf_programs.h"
#include "test.h"

static int load(const char *name, int result)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = result },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, name, "GPL", insns, 2, NULL);
}

/*
 * Returns NULL and prints a skip where the kernel does not show its programs to this process.
 */
static struct bpf_programs *open_programs(void)
{
	int fd = load("probe", 0);
	__u32 id;

	if (fd < 0 || bpf_prog_get_next_id(0, &id)) {
		test_skip("loading and listing BPF programs is not permitted");
		return NULL;
	}
	close(fd);
	return bpf_programs_new();
}

static struct bpf_prog_info info_of(int fd, __u64 *start, __u32 *length)
{
	struct bpf_prog_info info = {
		.nr_jited_ksyms = 1,
		.jited_ksyms = (__u64)(uintptr_t)start,
		.nr_jited_func_lens = 1,
		.jited_func_lens = (__u64)(uintptr_t)length,
	};
	__u32 size = sizeof(info);

	*start = 0;
	bpf_obj_get_info_by_fd(fd, &info, &size);
	return info;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The name that /proc/kallsyms has for the address, "" if none: the truth, where it is shown. */
static void read_kallsyms(uint64_t address, char name[512])
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long one;
	char line[1024];

	name[0] = '\0';
	while (file && !name[0] && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx", &one) == 1 && one == address)
			sscanf(line, "%*x %*c %511s", name);
	}
	if (file)
		fclose(file);
}

TEST(program_loaded_later_is_found_from_its_first_byte_to_its_last)
{
	struct bpf_programs *programs = open_programs();
	struct symbol symbol;
	char truth[512];
	__u64 start;
	__u32 length;
	int fd;

	if (!programs)
		return;
	while (bpf_programs_add_new(programs))
		;
	fd = load("later", 7);
	info_of(fd, &start, &length);
	if (!start) {
		test_skip("this kernel interprets BPF programs, or hides their addresses");
		close(fd);
		bpf_programs_free(programs);
		return;
	}
	CHECK(!bpf_programs_find(programs, start, UINT64_MAX, &symbol));
	CHECK(bpf_programs_add_new(programs));
	CHECK(bpf_programs_find(programs, start, UINT64_MAX, &symbol));
	CHECK(strncmp(symbol.name, "bpf_prog_", 9) == 0 && strstr(symbol.name, "_later"));
	CHECK_STR(symbol.module, "bpf");
	CHECK(symbol.start == start && symbol.end == start + length && !symbol.offset);
	read_kallsyms(start, truth);
	if (truth[0])
		CHECK_STR(symbol.name, truth);
	CHECK(bpf_programs_find(programs, start + length - 1, UINT64_MAX, &symbol));
	CHECK(!bpf_programs_find(programs, start - 1, UINT64_MAX, &symbol) ||
	      !strstr(symbol.name, "_later"));
	CHECK(!bpf_programs_find(programs, start + length, UINT64_MAX, &symbol) ||
	      !strstr(symbol.name, "_later"));
	close(fd);
	bpf_programs_free(programs);
}

TEST(event_from_before_the_load_has_no_frame_in_the_program)
{
	struct bpf_programs *programs = open_programs();
	uint64_t before = now_ns();
	struct symbol symbol;
	__u64 start;
	__u32 length;
	int fd;

	if (!programs)
		return;
	usleep(2000);
	fd = load("newer", 8);
	info_of(fd, &start, &length);
	while (bpf_programs_add_new(programs))
		;
	CHECK(!start || bpf_programs_find(programs, start, now_ns(), &symbol));
	CHECK(!bpf_programs_find(programs, start, before, &symbol));
	close(fd);
	bpf_programs_free(programs);
}

/* This also holds before the first comparison. */
TEST(program_that_is_gone_has_no_name)
{
	struct bpf_programs *programs = open_programs();
	struct symbol symbol;
	__u64 start;
	__u32 length;
	bool found;
	int fd;

	if (!programs)
		return;
	fd = load("gone", 9);
	info_of(fd, &start, &length);
	bpf_programs_compare(programs);
	CHECK(!start || bpf_programs_find(programs, start, UINT64_MAX, &symbol));
	close(fd);
	for (int i = 0; i < 1000; i++) {
		found = bpf_programs_find(programs, start, UINT64_MAX, &symbol);
		if (!found)
			break;
		usleep(1000); /* a program is freed later than its descriptor */
	}
	CHECK(!found);
	CHECK(bpf_programs_compare(programs));
	bpf_programs_free(programs);
}

/* Other processes may load programs, too: at least once, none was loaded. */
static bool finds_nothing(struct bpf_programs *programs,
			  bool (*look)(struct bpf_programs *programs))
{
	bool found = true;

	for (int i = 0; i < 100 && found; i++)
		found = look(programs);
	return !found;
}

TEST(comparison_finds_what_came_and_what_went_and_then_nothing)
{
	struct bpf_programs *programs = open_programs();
	int fd;

	if (!programs)
		return;
	CHECK(finds_nothing(programs, bpf_programs_compare));
	fd = load("another", 10);
	CHECK(bpf_programs_compare(programs));
	CHECK(finds_nothing(programs, bpf_programs_compare));
	CHECK(finds_nothing(programs, bpf_programs_add_new));
	close(fd);
	bpf_programs_free(programs);
}

TEST(many_programs_each_have_their_own_name)
{
	enum {
		MANY = 40
	};
	struct bpf_programs *programs = open_programs();
	struct symbol symbol;
	char name[16];
	int fds[MANY];
	__u64 start;
	__u32 length;

	if (!programs)
		return;
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many%d_", i);
		fds[i] = load(name, i);
	}
	while (bpf_programs_add_new(programs))
		;
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "_many%d_", i);
		info_of(fds[i], &start, &length);
		CHECK(!start || (bpf_programs_find(programs, start + 1, UINT64_MAX, &symbol) &&
				 strstr(symbol.name, name)));
	}
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
	bpf_programs_free(programs);
}

TEST(free_accepts_null)
{
	bpf_programs_free(NULL);
}
