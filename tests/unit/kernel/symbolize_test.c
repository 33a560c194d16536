// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/symbolize.h"
#include "made_files.h"
#include "test.h"

#define NAME_MAX_LEN 128
#define CHOSEN	     64

/* A symbol of the kernel itself that shares its address with none; end is where the next begins. */
struct chosen {
	uint64_t address;
	uint64_t end;
	char name[NAME_MAX_LEN];
};

static struct chosen chosen[CHOSEN];
static size_t chosen_count;

struct line {
	uint64_t address;
	char type;
	char name[NAME_MAX_LEN];
	char module[NAME_MAX_LEN];
};

static bool read_line(FILE *file, struct line *line)
{
	char buffer[1024];

	if (!fgets(buffer, sizeof(buffer), file))
		return false;
	memset(line, 0, sizeof(*line));
	sscanf(buffer, "%lx %c %127s [%127[^]]]", &line->address, &line->type, line->name,
	       line->module);
	return true;
}

/* The file lists the kernel's own symbols by address: neighbours in it are neighbours in memory. */
static void choose(FILE *file)
{
	struct line lines[3] = { 0 };
	size_t number = 0;

	while (chosen_count < CHOSEN && read_line(file, &lines[2])) {
		bool alone = lines[0].address < lines[1].address &&
			     lines[1].address < lines[2].address && lines[0].address;
		bool is_text = strchr("tT", lines[0].type) && strchr("tT", lines[1].type) &&
			       strchr("tT", lines[2].type);

		if (alone && is_text && !lines[2].module[0] && ++number % 500 == 0) {
			struct chosen *one = &chosen[chosen_count++];

			one->address = lines[1].address;
			one->end = lines[2].address;
			strcpy(one->name, lines[1].name);
		}
		lines[0] = lines[1];
		lines[1] = lines[2];
	}
}

/*
 * Chooses symbols all over the kernel's text. Returns NULL and prints a skip where they are hidden.
 */
static struct symbols *open_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");

	if (!file || symbols_hidden()) {
		test_skip("the kernel hides its symbols");
		if (file)
			fclose(file);
		return NULL;
	}
	if (!chosen_count)
		choose(file);
	fclose(file);
	return symbols_new();
}

/* A return address: its symbol is that of the call before it. */
TEST(symbols_are_found_with_an_offset)
{
	struct symbols *symbols = open_symbols();
	struct symbol symbol;

	if (!symbols)
		return;
	CHECK(chosen_count >= 10);
	for (size_t i = 0; i < chosen_count; i++) {
		uint64_t length = chosen[i].end - chosen[i].address;
		uint64_t offsets[] = { 1, length / 2, length - 1, length };

		for (size_t j = 0; j < 4 && length > 2; j++) {
			CHECK(symbols_find(symbols, chosen[i].address + offsets[j], &symbol));
			CHECK_STR(symbol.name, chosen[i].name);
			CHECK(symbol.offset == offsets[j] && !symbol.module);
		}
	}
	symbols_free(symbols);
}

TEST(function_that_ends_in_a_call_is_named_not_the_next_one)
{
	struct symbols *symbols = open_symbols();
	struct symbol symbol;

	if (!symbols)
		return;
	for (size_t i = 0; i < chosen_count; i++) {
		if (symbols_find(symbols, chosen[i].address, &symbol))
			CHECK(strcmp(symbol.name, chosen[i].name) != 0 && symbol.offset > 0);
	}
	symbols_free(symbols);
}

TEST(addresses_of_no_symbol_are_not_found)
{
	static const uint64_t addresses[] = {
		0, 1, 4095, 0x400000, 0x7fffffffffff, UINT64_MAX, UINT64_MAX - 4095
	};
	struct symbols *symbols = open_symbols();
	struct symbol symbol;

	if (!symbols)
		return;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		CHECK(!symbols_find(symbols, addresses[i], &symbol));
	symbols_free(symbols);
}

TEST(end_of_the_kernels_text_belongs_to_no_symbol)
{
	struct symbols *symbols = open_symbols();
	uint64_t end = 0;
	struct symbol symbol;
	struct line line;
	FILE *file;

	if (!symbols)
		return;
	file = fopen("/proc/kallsyms", "re");
	while (read_line(file, &line)) {
		if (strcmp(line.name, "_einittext") == 0 ||
		    (strcmp(line.name, "_etext") == 0 && line.address > end))
			end = line.address > end ? line.address : end;
	}
	fclose(file);
	CHECK(end);
	CHECK(!symbols_find(symbols, end + 16, &symbol) || symbol.module);
	symbols_free(symbols);
}

#define MADE_KERNEL "ffffffff81000000 T kernel_function\nffffffff81000100 T _etext\n"
/* Not where the kernel has modules: BPF programs of others may be there at present. */
#define MADE_VETH "ffffffff90100000 t veth_xmit\t[veth]\nffffffff90100100 t veth_poll\t[veth]\n"
#define MADE_TUN  "ffffffff90100000 t tun_xmit\t[tun]\nffffffff90100100 t tun_poll\t[tun]\n"

static const char *made_name(struct symbols *symbols, uint64_t address)
{
	struct symbol symbol;

	return symbols_find(symbols, address, &symbol) ? symbol.name : "?";
}

/* As a capture does; three seconds at most. */
static bool wait_for_change(struct symbols *symbols, uint64_t generation)
{
	for (int i = 0; i < 3000 && symbols_generation(symbols) == generation; i++) {
		symbols_refresh(symbols);
		usleep(1000);
	}
	return symbols_generation(symbols) != generation;
}

static bool wait_for_name(struct symbols *symbols, uint64_t address, const char *name)
{
	for (int i = 0; i < 3000 && strcmp(made_name(symbols, address), name) != 0; i++) {
		symbols_refresh(symbols);
		usleep(1000);
	}
	return strcmp(made_name(symbols, address), name) == 0;
}

/* The other module has the same addresses. */
TEST(module_that_took_the_place_of_another_is_named_and_never_the_other)
{
	struct made_files files;
	struct symbols *symbols;
	uint64_t generation;

	files = made_files_open(MADE_KERNEL MADE_VETH, "veth 8192 0 - Live 0xffffffff90100000\n");
	symbols = symbols_new_from(files.symbols, files.modules);
	CHECK_STR(made_name(symbols, 0xffffffff90100010), "veth_xmit");
	symbols_refresh(symbols);
	generation = symbols_generation(symbols);
	made_file_write(files.symbols, MADE_KERNEL MADE_TUN);
	made_file_write(files.modules, "tun 8192 0 - Live 0xffffffff90100000\n");
	CHECK(wait_for_change(symbols, generation));
	CHECK(strcmp(made_name(symbols, 0xffffffff90100010), "veth_xmit") != 0);
	CHECK_STR(made_name(symbols, 0xffffffff81000010), "kernel_function");
	CHECK(wait_for_name(symbols, 0xffffffff90100010, "tun_xmit"));
	CHECK(symbols_generation(symbols) != generation);
	symbols_free(symbols);
	made_files_close(&files);
}

/* An address without a name is reason to look for a module at once. */
TEST(module_that_came_is_named_after_a_miss)
{
	struct made_files files;
	struct symbols *symbols;

	files = made_files_open(MADE_KERNEL, "");
	symbols = symbols_new_from(files.symbols, files.modules);
	CHECK_STR(made_name(symbols, 0xffffffff90100010), "?");
	made_file_write(files.symbols, MADE_KERNEL MADE_VETH);
	made_file_write(files.modules, "veth 8192 0 - Live 0xffffffff90100000\n");
	CHECK(wait_for_name(symbols, 0xffffffff90100010, "veth_xmit"));
	CHECK_STR(made_name(symbols, 0xffffffff90100110), "veth_poll");
	symbols_free(symbols);
	made_files_close(&files);
}

static void visit_nothing(void *context, const struct symbol *symbol)
{
	(void)context;
	(void)symbol;
}

TEST(refresh_says_that_another_table_is_to_be_visited)
{
	struct made_files files;
	struct symbols *symbols;

	files = made_files_open(MADE_KERNEL, "");
	symbols = symbols_new_from(files.symbols, files.modules);
	CHECK(symbols_refresh(symbols));
	symbols_visit(symbols, visit_nothing, NULL);
	CHECK(!symbols_refresh(symbols));
	made_file_write(files.symbols, MADE_KERNEL MADE_VETH);
	made_file_write(files.modules, "veth 8192 0 - Live 0xffffffff90100000\n");
	CHECK(wait_for_name(symbols, 0xffffffff90100010, "veth_xmit"));
	CHECK(symbols_refresh(symbols));
	symbols_free(symbols);
	made_files_close(&files);
}

static int load_program(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "symbolize_test", "GPL", insns, 2, NULL);
}

/* Others on this machine may load programs, too: it is the same at least once. */
static bool keeps_generation(struct symbols *symbols)
{
	bool same = false;

	for (int i = 0; i < 100 && !same; i++) {
		uint64_t generation = symbols_generation(symbols);

		symbols_begin_event(symbols, UINT64_MAX);
		same = symbols_update(symbols) == generation;
	}
	return same;
}

TEST(generation_changes_with_a_program_and_not_without)
{
	struct symbols *symbols = open_symbols();
	uint64_t generation;
	int fd;

	if (!symbols)
		return;
	symbols_refresh(symbols);
	CHECK(keeps_generation(symbols));
	generation = symbols_generation(symbols);
	fd = load_program();
	if (fd >= 0) {
		symbols_begin_event(symbols, 1); /* older than the last answer */
		CHECK(symbols_update(symbols) == generation);
		symbols_begin_event(symbols, UINT64_MAX);
		CHECK(symbols_update(symbols) != generation);
		CHECK(symbols_generation(symbols) != generation);
		CHECK(keeps_generation(symbols));
		close(fd);
	} else {
		test_skip("loading BPF programs is not permitted");
	}
	symbols_free(symbols);
}

TEST(free_accepts_null)
{
	symbols_free(NULL);
}

/* A location may be the address of a function, a return address is not. */
TEST(location_at_a_functions_first_byte_is_in_that_function)
{
	struct symbols *symbols = open_symbols();
	struct symbol symbol;

	if (!symbols)
		return;
	for (size_t i = 0; i < chosen_count; i++) {
		CHECK(symbols_find_location(symbols, chosen[i].address, &symbol));
		CHECK_STR(symbol.name, chosen[i].name);
		CHECK(symbol.offset == 0);
		CHECK(symbols_find_location(symbols, chosen[i].address + 1, &symbol));
		CHECK_STR(symbol.name, chosen[i].name);
		CHECK(symbol.offset == 1);
	}
	symbols_free(symbols);
}
