// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <unistd.h>

#include "kernel/symbolize.h"
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

/* Chooses symbols over the kernel's text. Returns NULL, said aloud, where they are hidden. */
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

		for (size_t j = 0; j < 4 && length > 2 && length < 65536; j++) {
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

TEST(module_symbols_name_their_module)
{
	struct symbols *symbols = open_symbols();
	struct line line, before = { 0 };
	FILE *file;
	struct symbol symbol;
	bool found = false;

	if (!symbols)
		return;
	file = fopen("/proc/kallsyms", "re");
	while (!found && read_line(file, &line)) {
		found = line.module[0] && strchr("tT", line.type) && line.address != before.address;
		before = line;
	}
	fclose(file);
	if (found) {
		CHECK(symbols_find(symbols, line.address + 1, &symbol));
		CHECK(symbol.module);
		CHECK_STR(symbol.module, line.module);
	} else {
		test_skip("no module has symbols here");
	}
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

TEST(free_accepts_null)
{
	symbols_free(NULL);
}

/* Where the first byte of a function stands for the function, a return address does not. */
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
