// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf_programs.h"
#include "util/strbuf.h"

#define PROGRAMS_MAX  16384
#define FUNCTIONS_MAX 1024 /* of a program; the verifier permits 256 */
#define BATCH	      256  /* programs added in one call */

struct bpf_function {
	uint64_t start;
	uint64_t end;
	uint64_t loaded_ns; /* CLOCK_BOOTTIME: when the load of its program began */
	char *name;	    /* "bpf_prog_" TAG "_" NAME, as in /proc/kallsyms */
	uint32_t program;
};

struct id_list {
	uint32_t *ids; /* ascending */
	size_t count;
};

struct bpf_programs {
	struct bpf_function *list; /* sorted by start */
	size_t count;
	struct id_list known;
	uint32_t newest; /* ids ascend until they have all been used */
	bool refused;	 /* by the kernel, which would refuse again */
	struct btf *btf; /* of the program that was added last; others of its object share it */
	uint32_t btf_id;
};

/* The kernel's information about one program. */
struct program_details {
	struct bpf_prog_info info;
	__u64 starts[FUNCTIONS_MAX];
	__u32 lengths[FUNCTIONS_MAX];
	__u8 tags[FUNCTIONS_MAX][BPF_TAG_SIZE];
	struct bpf_func_info names[FUNCTIONS_MAX];
	uint64_t loaded_ns;
};

struct bpf_programs *bpf_programs_new(void)
{
	struct bpf_programs *programs = calloc(1, sizeof(*programs));

	if (!programs)
		return NULL;
	programs->known.ids = calloc(PROGRAMS_MAX, sizeof(*programs->known.ids));
	if (programs->known.ids)
		return programs;
	free(programs);
	return NULL;
}

void bpf_programs_free(struct bpf_programs *programs)
{
	if (!programs)
		return;
	for (size_t i = 0; i < programs->count; i++)
		free(programs->list[i].name);
	free(programs->list);
	free(programs->known.ids);
	btf__free(programs->btf);
	free(programs);
}

/* Returns 0 or -errno. */
static int read_details(uint32_t id, struct program_details *details)
{
	struct bpf_prog_info *info = &details->info;
	__u32 size = sizeof(*info);
	int fd = bpf_prog_get_fd_by_id(id);
	int err;

	if (fd < 0)
		return -errno;
	memset(info, 0, sizeof(*info));
	info->jited_ksyms = (__u64)(uintptr_t)details->starts;
	info->nr_jited_ksyms = FUNCTIONS_MAX;
	info->jited_func_lens = (__u64)(uintptr_t)details->lengths;
	info->nr_jited_func_lens = FUNCTIONS_MAX;
	info->prog_tags = (__u64)(uintptr_t)details->tags;
	info->nr_prog_tags = FUNCTIONS_MAX;
	info->func_info = (__u64)(uintptr_t)details->names;
	info->nr_func_info = FUNCTIONS_MAX;
	info->func_info_rec_size = sizeof(details->names[0]);
	err = bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
	close(fd);
	details->loaded_ns = info->load_time;
	return err;
}

/* Programs of one object have their names in the same BTF, and come one after another. */
static const struct btf *get_btf(struct bpf_programs *programs, uint32_t id)
{
	if (!id || id == programs->btf_id)
		return id ? programs->btf : NULL;
	btf__free(programs->btf);
	programs->btf = btf__load_from_kernel_by_id(id);
	programs->btf_id = id;
	return programs->btf;
}

static const char *find_name(struct bpf_programs *programs, const struct program_details *details,
			     uint32_t function)
{
	const struct btf *btf = get_btf(programs, details->info.btf_id);
	const struct btf_type *type;

	if (btf && function < details->info.nr_func_info) {
		type = btf__type_by_id(btf, details->names[function].type_id);
		return type ? btf__name_by_offset(btf, type->name_off) : NULL;
	}
	return function ? "F" : details->info.name; /* kernel/bpf/verifier.c, jit_subprogs() */
}

/* Like bpf_get_prog_name() of kernel/bpf/core.c. Returns NULL for lack of memory. */
static char *make_name(struct bpf_programs *programs, const struct program_details *details,
		       uint32_t function)
{
	const char *name = find_name(programs, details, function);
	struct strbuf text = { 0 };

	strbuf_add(&text, "bpf_prog_");
	for (size_t i = 0; i < BPF_TAG_SIZE; i++)
		strbuf_addf(&text, "%02x",
			    function < details->info.nr_prog_tags ? details->tags[function][i]
								  : details->info.tag[i]);
	if (name && name[0])
		strbuf_addf(&text, "_%s", name);
	if (text.failed)
		strbuf_free(&text);
	return text.data;
}

/* Removes the symbols that were at these addresses before. */
static void drop_overlapping(struct bpf_programs *programs, uint64_t start, uint64_t end)
{
	size_t kept = 0;

	for (size_t i = 0; i < programs->count; i++) {
		if (programs->list[i].start < end && start < programs->list[i].end)
			free(programs->list[i].name);
		else
			programs->list[kept++] = programs->list[i];
	}
	programs->count = kept;
}

static bool add_function(struct bpf_programs *programs, const struct program_details *details,
			 uint32_t function)
{
	uint64_t start = details->starts[function], end = start + details->lengths[function];
	struct bpf_function *grown;
	char *name;

	drop_overlapping(programs, start, end);
	grown = realloc(programs->list, (programs->count + 1) * sizeof(*grown));
	if (!grown)
		return false;
	programs->list = grown;
	name = make_name(programs, details, function);
	if (!name)
		return false;
	grown[programs->count++] = (struct bpf_function){ start, end, details->loaded_ns, name,
							  details->info.id };
	return true;
}

static int compare_starts(const void *a, const void *b)
{
	const struct bpf_function *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static bool has_id(const struct id_list *list, uint32_t id)
{
	return list->count && bsearch(&id, list->ids, list->count, sizeof(id), compare_ids);
}

/*
 * The caller sorts the lists after it. A program that has no functions, because the kernel
 * interprets it, is known as well.
 */
static void add_program(struct bpf_programs *programs, uint32_t id)
{
	struct program_details *details = calloc(1, sizeof(*details));
	uint32_t count = 0;

	if (details && !read_details(id, details) &&
	    details->info.nr_jited_ksyms == details->info.nr_jited_func_lens)
		count = details->info.nr_jited_ksyms;
	for (uint32_t i = 0; i < count && i < FUNCTIONS_MAX; i++) {
		if (!add_function(programs, details, i))
			break;
	}
	free(details);
	if (programs->known.count < PROGRAMS_MAX)
		programs->known.ids[programs->known.count++] = id;
	if (id > programs->newest)
		programs->newest = id;
}

static void sort(struct bpf_programs *programs)
{
	struct id_list *known = &programs->known;

	if (programs->count)
		qsort(programs->list, programs->count, sizeof(*programs->list), compare_starts);
	if (known->count)
		qsort(known->ids, known->count, sizeof(*known->ids), compare_ids);
}

/* Returns whether there is a program after that id, and sets *next. */
static bool find_next(struct bpf_programs *programs, uint32_t id, uint32_t *next)
{
	if (programs->refused)
		return false;
	if (!bpf_prog_get_next_id(id, next))
		return true;
	programs->refused = errno == EPERM;
	return false;
}

bool bpf_programs_add_new(struct bpf_programs *programs)
{
	size_t added = 0;
	uint32_t id;

	while (added < BATCH && find_next(programs, programs->newest, &id)) {
		add_program(programs, id);
		added++;
	}
	if (added)
		sort(programs);
	return added > 0;
}

/* Returns whether it dropped one. */
static bool drop_gone(struct bpf_programs *programs, const struct id_list *loaded)
{
	size_t kept = 0, known = 0;
	bool dropped;

	for (size_t i = 0; i < programs->count; i++) {
		if (has_id(loaded, programs->list[i].program))
			programs->list[kept++] = programs->list[i];
		else
			free(programs->list[i].name);
	}
	programs->count = kept;
	for (size_t i = 0; i < programs->known.count; i++) {
		if (has_id(loaded, programs->known.ids[i]))
			programs->known.ids[known++] = programs->known.ids[i];
	}
	dropped = known < programs->known.count;
	programs->known.count = known;
	return dropped;
}

bool bpf_programs_compare(struct bpf_programs *programs)
{
	struct id_list loaded = { calloc(PROGRAMS_MAX, sizeof(uint32_t)), 0 };
	size_t added = 0;
	uint32_t id = 0;
	bool dropped;

	if (!loaded.ids)
		return false;
	while (loaded.count < PROGRAMS_MAX && find_next(programs, id, &id))
		loaded.ids[loaded.count++] = id;
	dropped = drop_gone(programs, &loaded);
	for (size_t i = 0; i < loaded.count && added < BATCH; i++) {
		if (has_id(&programs->known, loaded.ids[i]))
			continue;
		add_program(programs, loaded.ids[i]);
		sort(programs);
		added++;
	}
	free(loaded.ids);
	return dropped || added;
}

/*
 * The memory of a program that was unloaded may have been used by another one since the last
 * comparison.
 */
static bool is_loaded(uint32_t id)
{
	uint32_t next;

	return !bpf_prog_get_next_id(id - 1, &next) && next == id;
}

bool bpf_programs_find(const struct bpf_programs *programs, uint64_t byte, uint64_t event_ns,
		       struct symbol *symbol)
{
	const struct bpf_function *function;
	size_t low = 0, high = programs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (programs->list[middle].start <= byte)
			low = middle + 1;
		else
			high = middle;
	}
	function = low ? &programs->list[low - 1] : NULL;
	if (!function || byte >= function->end || event_ns < function->loaded_ns ||
	    !is_loaded(function->program))
		return false;
	*symbol = (struct symbol){
		.name = function->name,
		.module = "bpf",
		.start = function->start,
		.end = function->end,
		.offset = byte - function->start,
	};
	return true;
}
