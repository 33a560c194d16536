// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bpf_programs.h"
#include "kallsyms.h"
#include "symbolize.h"
#include "util/time.h"

#define KALLSYMS   "/proc/kallsyms"
#define MODULES	   "/proc/modules"
#define REFRESH_NS 1000000000ULL
#define MISS_NS	   100000000ULL /* an address without a name may be in a module that just came */

struct symbols {
	const char *symbols_path;
	const char *modules_path;
	struct kallsyms *table; /* NULL: not read yet, or for lack of memory */
	struct kallsyms *fresh; /* what the thread has read */
	struct bpf_programs *programs;
	pthread_t reader;
	bool is_reading;     /* the thread must be joined */
	atomic_bool is_read; /* it has ended */
	bool was_tried;	     /* to read the table */
	bool visited;	     /* since it was read */
	uint64_t generation;
	uint64_t event_ns;
	uint64_t asked_ns;   /* when the kernel was asked for new programs and modules */
	uint64_t checked_ns; /* when the modules were compared */
	uint64_t refreshed_ns;
	uint32_t newest_btf; /* a module has BTF of its own */
	bool btf_refused;
};

struct symbols *symbols_new_from(const char *symbols_path, const char *modules_path)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return NULL;
	symbols->symbols_path = symbols_path;
	symbols->modules_path = modules_path;
	symbols->event_ns = UINT64_MAX;
	symbols->programs = bpf_programs_new();
	if (symbols->programs)
		return symbols;
	free(symbols);
	return NULL;
}

struct symbols *symbols_new(void)
{
	return symbols_new_from(KALLSYMS, MODULES);
}

void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	if (symbols->is_reading)
		pthread_join(symbols->reader, NULL);
	kallsyms_free(symbols->fresh);
	kallsyms_free(symbols->table);
	bpf_programs_free(symbols->programs);
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

static void *read_table(void *context)
{
	struct symbols *symbols = context;

	symbols->fresh = kallsyms_read(symbols->symbols_path, symbols->modules_path);
	atomic_store(&symbols->is_read, true);
	return NULL;
}

void symbols_start(struct symbols *symbols)
{
	if (symbols->is_reading)
		return;
	atomic_store(&symbols->is_read, false);
	symbols->is_reading = !pthread_create(&symbols->reader, NULL, read_table, symbols);
}

/* Waits for the thread. If it has read nothing for lack of memory, the table remains. */
static void adopt(struct symbols *symbols)
{
	pthread_join(symbols->reader, NULL);
	symbols->is_reading = false;
	symbols->was_tried = true;
	if (!symbols->fresh)
		return;
	kallsyms_free(symbols->table);
	symbols->table = symbols->fresh;
	symbols->fresh = NULL;
	symbols->visited = false;
	symbols->generation++;
}

/* Returns whether there is a table. */
static bool need_table(struct symbols *symbols)
{
	if (symbols->table)
		return true;
	if (symbols->is_reading)
		adopt(symbols);
	if (!symbols->was_tried)
		symbols->table = kallsyms_read(symbols->symbols_path, symbols->modules_path);
	symbols->was_tried = true;
	return symbols->table != NULL;
}

/* The thread may read state from before the change: then the next comparison finds the change. */
static void check_modules(struct symbols *symbols, uint64_t now)
{
	symbols->checked_ns = now;
	if (!symbols->table || kallsyms_check_modules(symbols->table, symbols->modules_path))
		return;
	symbols->generation++;
	symbols_start(symbols);
}

/* Returns whether BTF was loaded since the last call, perhaps that of a module. */
static bool has_new_btf(struct symbols *symbols)
{
	uint32_t before = symbols->newest_btf, id = before;

	while (!symbols->btf_refused && !bpf_btf_get_next_id(id, &id))
		symbols->newest_btf = id;
	symbols->btf_refused = symbols->btf_refused || errno == EPERM;
	return symbols->newest_btf != before;
}

void symbols_begin_event(struct symbols *symbols, uint64_t event_ns)
{
	symbols->event_ns = event_ns;
}

uint64_t symbols_update(struct symbols *symbols)
{
	uint64_t now;

	if (symbols->event_ns < symbols->asked_ns)
		return symbols->generation;
	now = time_boottime_ns();
	symbols->asked_ns = now;
	if (bpf_programs_add_new(symbols->programs))
		symbols->generation++;
	if (has_new_btf(symbols))
		check_modules(symbols, now);
	return symbols->generation;
}

bool symbols_refresh(struct symbols *symbols)
{
	uint64_t now = time_boottime_ns();

	if (!need_table(symbols))
		return false;
	if (symbols->is_reading && atomic_load(&symbols->is_read)) {
		adopt(symbols);
		symbols->refreshed_ns = 0; /* modules may have changed since it was read */
	}
	if (now - symbols->refreshed_ns >= REFRESH_NS) {
		symbols->refreshed_ns = now;
		if (bpf_programs_compare(symbols->programs))
			symbols->generation++;
		check_modules(symbols, now);
	}
	return !symbols->visited;
}

uint64_t symbols_generation(const struct symbols *symbols)
{
	return symbols->generation;
}

size_t symbols_count(struct symbols *symbols)
{
	return need_table(symbols) ? kallsyms_count(symbols->table) : 0;
}

static bool find(struct symbols *symbols, uint64_t byte, struct symbol *symbol)
{
	uint64_t now;

	if (bpf_programs_find(symbols->programs, byte, symbols->event_ns, symbol))
		return true;
	if (!need_table(symbols))
		return false;
	if (kallsyms_find(symbols->table, byte, symbol))
		return true;
	now = time_boottime_ns();
	if (now - symbols->checked_ns >= MISS_NS)
		check_modules(symbols, now);
	return false;
}

/*
 * A call that never returns may be the last instruction of its function: the byte before the
 * address is in the caller for sure.
 */
bool symbols_find(struct symbols *symbols, uint64_t address, struct symbol *symbol)
{
	if (!find(symbols, address - 1, symbol))
		return false;
	symbol->offset = address - symbol->start;
	return true;
}

bool symbols_find_location(struct symbols *symbols, uint64_t address, struct symbol *symbol)
{
	if (find(symbols, address, symbol) && !symbol->offset)
		return true;
	return symbols_find(symbols, address, symbol);
}

void symbols_visit(struct symbols *symbols,
		   void (*visit)(void *context, const struct symbol *symbol), void *context)
{
	if (!need_table(symbols))
		return;
	symbols->visited = true;
	kallsyms_visit(symbols->table, visit, context);
}

const struct kallsyms_variables *symbols_variables(struct symbols *symbols)
{
	return need_table(symbols) ? kallsyms_variables(symbols->table) : NULL;
}
