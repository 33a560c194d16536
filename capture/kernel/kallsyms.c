// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kallsyms.h"
#include "util/strbuf.h"

#define CORE	    (-1) /* the module number of the kernel itself */
#define OTHER	    (-2) /* of all that is left out: BPF, ftrace, kprobes, modules that are new */
#define MODULES_MAX 4096

struct kallsyms_entry {
	uint64_t address;
	uint64_t end;
	uint32_t name; /* offset into names; 0: no function, but the one before ends here */
	int16_t module;
};

struct kallsyms_module {
	char name[64]; /* MODULE_NAME_LEN is 56 */
	uint64_t base;
	uint64_t size;
	char state; /* Live, Loading (has functions that it loses then), Unloading */
	bool replaced;
};

struct module_list {
	struct kallsyms_module *list; /* sorted by name */
	size_t count;
};

struct kallsyms {
	struct kallsyms_entry *list; /* sorted by address, then by the order in the file */
	size_t count;
	size_t capacity;
	struct strbuf names;
	struct module_list modules;
	uint64_t text_end;   /* _etext; 0: unknown */
	uint64_t init_start; /* _sinittext */
	uint64_t init_end;   /* _einittext */
	uint64_t page_size;
	struct kallsyms_variables variables;
};

static int compare_modules(const void *a, const void *b)
{
	const struct kallsyms_module *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static bool parse_module(const char *line, struct kallsyms_module *module)
{
	char size[32], state[16], base[32];

	if (sscanf(line, "%63s %31s %*s %*s %15s %31s", module->name, size, state, base) != 4)
		return false;
	module->size = strtoull(size, NULL, 10);
	module->base = strtoull(base, NULL, 16);
	module->state = state[1]; /* 'i', 'o', 'n' */
	module->replaced = false;
	return true;
}

/*
 * Returns false for lack of memory. Use counts and users, which change all the time, are left out.
 * A line of very many users comes in pieces, of which none has the form of a module.
 */
static bool read_modules(struct module_list *modules, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[4096];
	bool ok;

	modules->list = calloc(MODULES_MAX, sizeof(*modules->list));
	modules->count = 0;
	ok = modules->list != NULL;
	while (ok && file && modules->count < MODULES_MAX && fgets(line, sizeof(line), file))
		modules->count += parse_module(line, &modules->list[modules->count]);
	if (file)
		fclose(file);
	if (modules->count)
		qsort(modules->list, modules->count, sizeof(*modules->list), compare_modules);
	return ok;
}

static struct kallsyms_module *find_module(const struct module_list *modules, const char *name)
{
	struct kallsyms_module key = { 0 };

	snprintf(key.name, sizeof(key.name), "%s", name);
	return modules->count
		       ? bsearch(&key, modules->list, modules->count, sizeof(key), compare_modules)
		       : NULL;
}

static bool add_entry(struct kallsyms *table, uint64_t address, const char *name, int module)
{
	struct kallsyms_entry *entry;

	if (table->count == table->capacity) {
		size_t capacity = table->capacity ? table->capacity * 2 : 1 << 17;
		struct kallsyms_entry *grown = realloc(table->list, capacity * sizeof(*grown));

		if (!grown)
			return false;
		table->list = grown;
		table->capacity = capacity;
	}
	entry = &table->list[table->count++];
	entry->address = address;
	entry->module = (int16_t)module;
	entry->name = name ? (uint32_t)table->names.length : 0;
	if (name)
		strbuf_add_bytes(&table->names, name, strlen(name) + 1);
	return !table->names.failed;
}

/* Takes a mark of the linker, which is not a function. Returns false for any other symbol. */
static bool note_mark(struct kallsyms *table, const char *name, uint64_t address)
{
	if (strcmp(name, "_etext") == 0)
		table->text_end = address;
	else if (strcmp(name, "_sinittext") == 0)
		table->init_start = address;
	else if (strcmp(name, "_einittext") == 0)
		table->init_end = address;
	else
		return false;
	return true;
}

static void note_variable(struct kallsyms *table, const char *name, uint64_t address)
{
	if (strcmp(name, "page_offset_base") == 0)
		table->variables.page_offset_base = address;
	else if (strcmp(name, "vmemmap_base") == 0)
		table->variables.vmemmap_base = address;
}

/* "[name]" after the tab. */
static const char *cut_module(char *tab)
{
	*tab++ = '\0';
	if (*tab == '[')
		tab++;
	tab[strcspn(tab, "]\n")] = '\0';
	return tab;
}

/*
 * Adds the function of one line, "ffffffff81000000 T _stext" or, of a module, "... t
 * name\t[module]"; of any other symbol only where it begins, because a function ends there.
 */
static bool parse_line(struct kallsyms *table, char *line)
{
	const struct kallsyms_module *module = NULL;
	char *cursor, *name, *tab;
	uint64_t address = strtoull(line, &cursor, 16);
	bool is_function;

	if (!address || *cursor != ' ' || !cursor[1] || cursor[2] != ' ')
		return true;
	name = cursor + 3;
	name[strcspn(name, "\n")] = '\0';
	is_function = strchr("tTwW", cursor[1]) != NULL;
	tab = strchr(name, '\t');
	if (!tab) {
		if (!is_function)
			note_variable(table, name, address);
		is_function = is_function && !note_mark(table, name, address);
		return add_entry(table, address, is_function ? name : NULL, CORE);
	}
	module = find_module(&table->modules, cut_module(tab));
	/*
	 * Symbols outside of a module's memory belong to its start code, which is freed after that.
	 */
	if (!module || address - module->base >= module->size)
		is_function = false;
	return add_entry(table, address, is_function ? name : NULL,
			 module ? (int)(module - table->modules.list) : OTHER);
}

static int compare_entries(const void *a, const void *b)
{
	const struct kallsyms_entry *left = a, *right = b;

	if (left->address != right->address)
		return left->address > right->address ? 1 : -1;
	return (left->name > right->name) - (left->name < right->name);
}

/* Returns whether the functions there have no gaps between them, but for padding. */
static bool is_in_core_text(const struct kallsyms *table, uint64_t address)
{
	return !table->text_end || address < table->text_end ||
	       (address >= table->init_start && address < table->init_end);
}

/* Returns whether the function ends where the next symbol begins, however far away that is. */
static bool is_contiguous(const struct kallsyms *table, const struct kallsyms_entry *entry,
			  const struct kallsyms_entry *next)
{
	if (next->module != entry->module)
		return false;
	return entry->module == CORE ? is_in_core_text(table, entry->address) : next->name != 0;
}

static uint64_t find_end(const struct kallsyms *table, const struct kallsyms_entry *entry,
			 const struct kallsyms_entry *next)
{
	uint64_t end = (entry->address | (table->page_size - 1)) + 1, module_end;
	const struct kallsyms_module *module;

	if (next && (next->address < end || is_contiguous(table, entry, next)))
		end = next->address;
	if (entry->module < 0)
		return end;
	module = &table->modules.list[entry->module];
	module_end = module->base + module->size;
	return end < module_end ? end : module_end;
}

/* Sets all ends, and leaves only functions in the list. */
static void finish(struct kallsyms *table)
{
	const struct kallsyms_entry *next = NULL;
	size_t kept = 0;

	if (table->count)
		qsort(table->list, table->count, sizeof(*table->list), compare_entries);
	for (size_t i = table->count; i-- > 0;) {
		struct kallsyms_entry *entry = &table->list[i];

		if (i + 1 < table->count && table->list[i + 1].address != entry->address)
			next = &table->list[i + 1];
		entry->end = find_end(table, entry, next);
	}
	for (size_t i = 0; i < table->count; i++) {
		if (table->list[i].name)
			table->list[kept++] = table->list[i];
	}
	table->count = kept;
}

const struct kallsyms_variables *kallsyms_variables(const struct kallsyms *table)
{
	return &table->variables;
}

struct kallsyms *kallsyms_read(const char *symbols_path, const char *modules_path)
{
	struct kallsyms *table = calloc(1, sizeof(*table));
	char line[1024];
	bool ok = table && read_modules(&table->modules, modules_path);
	FILE *file = fopen(symbols_path, "re");

	if (ok) {
		table->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
		strbuf_add_bytes(&table->names, "", 1);
	}
	if (file)
		setvbuf(file, NULL, _IOFBF, 1 << 16);
	while (ok && file && fgets(line, sizeof(line), file))
		ok = parse_line(table, line);
	if (file)
		fclose(file);
	if (ok) {
		finish(table);
		return table;
	}
	kallsyms_free(table);
	return NULL;
}

void kallsyms_free(struct kallsyms *table)
{
	if (!table)
		return;
	free(table->list);
	free(table->modules.list);
	strbuf_free(&table->names);
	free(table);
}

size_t kallsyms_count(const struct kallsyms *table)
{
	return table->count;
}

bool kallsyms_check_modules(struct kallsyms *table, const char *modules_path)
{
	struct module_list now;
	bool same;

	if (!read_modules(&now, modules_path))
		return true;
	same = now.count == table->modules.count;
	for (size_t i = 0; i < table->modules.count; i++) {
		struct kallsyms_module *module = &table->modules.list[i];
		const struct kallsyms_module *current = find_module(&now, module->name);

		if (!current || current->base != module->base || current->size != module->size)
			module->replaced = true;
		if (module->replaced || current->state != module->state)
			same = false;
	}
	free(now.list);
	return same;
}

static void fill_symbol(const struct kallsyms *table, const struct kallsyms_entry *entry,
			uint64_t byte, struct symbol *symbol)
{
	*symbol = (struct symbol){
		.name = table->names.data + entry->name,
		.module = entry->module == CORE ? NULL : table->modules.list[entry->module].name,
		.start = entry->address,
		.end = entry->end,
		.offset = byte - entry->address,
	};
}

bool kallsyms_find(const struct kallsyms *table, uint64_t byte, struct symbol *symbol)
{
	const struct kallsyms_entry *entry;
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->list[middle].address <= byte)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 1 && table->list[low - 2].address == table->list[low - 1].address)
		low--;
	entry = low ? &table->list[low - 1] : NULL;
	if (!entry || byte >= entry->end)
		return false;
	if (entry->module != CORE && table->modules.list[entry->module].replaced)
		return false;
	fill_symbol(table, entry, byte, symbol);
	return true;
}

void kallsyms_visit(const struct kallsyms *table,
		    void (*visit)(void *context, const struct symbol *symbol), void *context)
{
	struct symbol symbol;

	for (size_t i = 0; i < table->count; i++) {
		fill_symbol(table, &table->list[i], table->list[i].address, &symbol);
		visit(context, &symbol);
	}
}
