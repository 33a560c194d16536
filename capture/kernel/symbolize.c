// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "symbolize.h"
#include "util/strbuf.h"

#define KALLSYMS     "/proc/kallsyms"
#define MODULES	     "/proc/modules"
#define FUNCTION_MAX 65536 /* no function is longer; beyond it lies a gap between modules */

struct entry {
	uint64_t address;
	uint32_t name;	 /* offsets into the names */
	uint32_t module; /* 0: none */
};

struct symbols {
	struct entry *list; /* sorted by address */
	size_t count;
	size_t capacity;
	struct strbuf names;
	struct strbuf modules; /* /proc/modules when the table was read */
	uint64_t text_end;     /* of the kernel's text, that of its start included */
	time_t checked_s;      /* monotonic: when the modules were compared last */
	bool loaded;
	bool visited;	 /* since it was read */
	bool is_reading; /* in that thread */
	pthread_t reader;
};

struct symbols *symbols_new(void)
{
	return calloc(1, sizeof(struct symbols));
}

void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	if (symbols->is_reading)
		pthread_join(symbols->reader, NULL);
	free(symbols->list);
	strbuf_free(&symbols->names);
	strbuf_free(&symbols->modules);
	free(symbols);
}

bool symbols_hidden(void)
{
	FILE *file = fopen(KALLSYMS, "re");
	char line[512];
	bool hidden = true;

	/* The first symbols may be per-CPU offsets, which are small or zero on any kernel. */
	for (int i = 0; file && hidden && i < 1000 && fgets(line, sizeof(line), file); i++)
		hidden = strtoull(line, NULL, 16) == 0;
	if (file)
		fclose(file);
	return hidden;
}

static bool add_entry(struct symbols *symbols, uint64_t address, const char *name,
		      const char *module)
{
	struct entry *entry;

	if (symbols->count == symbols->capacity) {
		size_t capacity = symbols->capacity ? symbols->capacity * 2 : 1 << 16;
		struct entry *grown = realloc(symbols->list, capacity * sizeof(*grown));

		if (!grown)
			return false;
		symbols->list = grown;
		symbols->capacity = capacity;
	}
	entry = &symbols->list[symbols->count++];
	entry->address = address;
	entry->name = (uint32_t)symbols->names.length;
	entry->module = 0;
	strbuf_add_bytes(&symbols->names, name, strlen(name) + 1);
	if (module) {
		entry->module = (uint32_t)symbols->names.length;
		strbuf_add_bytes(&symbols->names, module, strlen(module) + 1);
	}
	return !symbols->names.failed;
}

/* One line: "ffffffff81000000 T _stext" or, of a module, "... t name\t[module]". */
static bool parse_line(struct symbols *symbols, char *line)
{
	char *cursor, *name, *module = NULL;
	uint64_t address = strtoull(line, &cursor, 16);

	if (*cursor != ' ' || !cursor[1] || !strchr("tTwW", cursor[1]) || cursor[2] != ' ')
		return true;
	name = cursor + 3;
	name[strcspn(name, "\n")] = '\0';
	cursor = strchr(name, '\t');
	if (cursor) {
		*cursor++ = '\0';
		if (*cursor == '[') {
			module = cursor + 1;
			module[strcspn(module, "]")] = '\0';
		}
	}
	if (!module && (strcmp(name, "_etext") == 0 || strcmp(name, "_einittext") == 0) &&
	    address > symbols->text_end)
		symbols->text_end = address;
	return !address || add_entry(symbols, address, name, module);
}

static int compare_addresses(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return (left->address > right->address) - (left->address < right->address);
}

/*
 * Name, size and address of each module: use counts and states, which change all the time, left
 * out.
 */
static void read_modules(struct strbuf *text)
{
	FILE *file = fopen(MODULES, "re");
	char line[1024], name[64], size[32], address[32];

	strbuf_clear(text);
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %31s %*s %*s %*s %31s", name, size, address) == 3)
			strbuf_addf(text, "%s %s %s\n", name, size, address);
	}
	if (file)
		fclose(file);
}

static void load(struct symbols *symbols)
{
	FILE *file = fopen(KALLSYMS, "re");
	char line[1024];

	symbols->loaded = true;
	symbols->visited = false;
	symbols->count = 0;
	symbols->text_end = 0;
	strbuf_clear(&symbols->names);
	strbuf_add_bytes(&symbols->names, "", 1);
	read_modules(&symbols->modules);
	if (!file)
		return;
	setvbuf(file, NULL, _IOFBF, 1 << 16);
	while (fgets(line, sizeof(line), file) && parse_line(symbols, line))
		;
	fclose(file);
	if (symbols->count)
		qsort(symbols->list, symbols->count, sizeof(*symbols->list), compare_addresses);
}

static void *read_table(void *symbols)
{
	load(symbols);
	return NULL;
}

void symbols_start(struct symbols *symbols)
{
	symbols->is_reading = !pthread_create(&symbols->reader, NULL, read_table, symbols);
}

/* From here on the table is there. */
static void need_table(struct symbols *symbols)
{
	if (symbols->is_reading)
		pthread_join(symbols->reader, NULL);
	symbols->is_reading = false;
	if (!symbols->loaded)
		load(symbols);
}

/* Looked at once a second at most. */
static bool modules_changed(struct symbols *symbols)
{
	struct strbuf now = { 0 };
	struct timespec time;
	bool changed;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	if (time.tv_sec == symbols->checked_s)
		return false;
	symbols->checked_s = time.tv_sec;
	read_modules(&now);
	changed = strcmp(strbuf_string(&now), strbuf_string(&symbols->modules)) != 0;
	strbuf_free(&now);
	return changed;
}

/* The last entry at or below the address. */
static const struct entry *find_entry(const struct symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &symbols->list[low - 1] : NULL;
}

size_t symbols_count(struct symbols *symbols)
{
	need_table(symbols);
	return symbols->count;
}

/* The symbol that has the byte, and the offset of the address in it. */
static bool find(struct symbols *symbols, uint64_t byte, uint64_t address, struct symbol *symbol)
{
	const struct entry *entry;

	need_table(symbols);
	if (address >= symbols->text_end && modules_changed(symbols))
		load(symbols);
	entry = find_entry(symbols, byte);
	if (!entry || address - entry->address >= FUNCTION_MAX)
		return false;
	/* Past the kernel's text, its last symbol is not the owner. */
	if (!entry->module && symbols->text_end && address > symbols->text_end)
		return false;
	symbol->name = symbols->names.data + entry->name;
	symbol->offset = address - entry->address;
	symbol->module = entry->module ? symbols->names.data + entry->module : NULL;
	return true;
}

bool symbols_find(struct symbols *symbols, uint64_t address, struct symbol *symbol)
{
	/*
	 * A call that never returns may end its function: the byte before is in the caller for
	 * sure.
	 */
	return find(symbols, address - 1, address, symbol);
}

bool symbols_find_location(struct symbols *symbols, uint64_t address, struct symbol *symbol)
{
	if (find(symbols, address, address, symbol) && !symbol->offset)
		return true;
	return symbols_find(symbols, address, symbol);
}

/* Where a function ends, the next begins, or a gap of which kallsyms says nothing. */
static uint64_t end_of(const struct symbols *symbols, size_t index)
{
	const struct entry *entry = &symbols->list[index];
	uint64_t end = entry->address + FUNCTION_MAX;

	for (size_t next = index + 1; next < symbols->count; next++) {
		if (symbols->list[next].address == entry->address)
			continue;
		if (symbols->list[next].address < end)
			end = symbols->list[next].address;
		break;
	}
	if (!entry->module && symbols->text_end && entry->address < symbols->text_end &&
	    symbols->text_end < end)
		end = symbols->text_end;
	return end;
}

void symbols_visit(struct symbols *symbols,
		   void (*visit)(void *context, const char *name, uint64_t start, uint64_t end),
		   void *context)
{
	need_table(symbols);
	symbols->visited = true;
	for (size_t i = 0; i < symbols->count; i++)
		visit(context, symbols->names.data + symbols->list[i].name,
		      symbols->list[i].address, end_of(symbols, i));
}

bool symbols_refresh(struct symbols *symbols)
{
	need_table(symbols);
	if (modules_changed(symbols))
		load(symbols);
	return !symbols->visited;
}
