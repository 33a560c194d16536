// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "btf.h"

#define MODULES_DIR "/sys/kernel/btf"

/* A module that is loaded again has another file of the same name. */
struct module_btf {
	char name[NAME_MAX + 1];
	ino_t file;
	struct btf *btf; /* NULL: it cannot be read */
	bool loaded;	 /* else it is kept because its names may be in use */
};

struct kernel_btf {
	struct btf *vmlinux;
	const char *modules_dir;
	struct module_btf *modules;
	size_t module_count;
};

static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int print_all(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, format, args);
}

void kernel_btf_set_verbose(bool verbose)
{
	libbpf_set_print(verbose ? print_all : print_nothing);
}

static void explain_no_vmlinux(int reason, struct error *error)
{
	if (access("/sys/kernel", F_OK))
		error_set(
			error, -reason,
			"/sys/kernel/btf/vmlinux: sysfs is not mounted; run 'mount -t sysfs sysfs "
			"/sys'");
	else if (reason == EMFILE || reason == ENOMEM)
		error_set(error, -reason, "/sys/kernel/btf/vmlinux: cannot read it: %s",
			  strerror(reason));
	else
		error_set(error, -reason,
			  "/sys/kernel/btf/vmlinux: this kernel has no type information (BTF); run "
			  "one built with CONFIG_DEBUG_INFO_BTF=y");
}

struct kernel_btf *kernel_btf_open_from(const char *modules_dir, struct error *error)
{
	struct kernel_btf *btf = calloc(1, sizeof(*btf));

	if (!btf) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	btf->modules_dir = modules_dir;
	btf->vmlinux = btf__load_vmlinux_btf();
	if (!btf->vmlinux) {
		explain_no_vmlinux(errno, error);
		free(btf);
		return NULL;
	}
	return btf;
}

struct kernel_btf *kernel_btf_open(struct error *error)
{
	return kernel_btf_open_from(MODULES_DIR, error);
}

void kernel_btf_close(struct kernel_btf *btf)
{
	if (!btf)
		return;
	for (size_t i = 0; i < btf->module_count; i++)
		btf__free(btf->modules[i].btf);
	free(btf->modules);
	btf__free(btf->vmlinux);
	free(btf);
}

int kernel_btf_tracepoint_id(const struct kernel_btf *btf, const char *tracepoint)
{
	char name[128];

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	return btf__find_by_name_kind(btf->vmlinux, name, BTF_KIND_TYPEDEF);
}

unsigned int kernel_btf_tracepoint_args(const struct kernel_btf *btf, const char *tracepoint)
{
	int id = kernel_btf_tracepoint_id(btf, tracepoint);
	const struct btf_type *type;

	/* typedef void (*btf_trace_NAME)(void *, ...): the first parameter is not an argument. */
	if (id < 0)
		return 0;
	type = btf__type_by_id(btf->vmlinux, btf__type_by_id(btf->vmlinux, (__u32)id)->type);
	if (!type || !btf_is_ptr(type))
		return 0;
	type = btf__type_by_id(btf->vmlinux, type->type);
	return type && btf_is_func_proto(type) && btf_vlen(type) ? btf_vlen(type) - 1U : 0;
}

int kernel_btf_function_id(const struct kernel_btf *btf, const char *function)
{
	return btf__find_by_name_kind(btf->vmlinux, function, BTF_KIND_FUNC);
}

unsigned int kernel_btf_function_args(const struct kernel_btf *btf, const char *function)
{
	int id = kernel_btf_function_id(btf, function);
	const struct btf_type *type;

	if (id < 0)
		return 0;
	type = btf__type_by_id(btf->vmlinux, btf__type_by_id(btf->vmlinux, (__u32)id)->type);
	return type && btf_is_func_proto(type) ? btf_vlen(type) : 0;
}

bool kernel_btf_has_enumerator(const struct kernel_btf *btf, const char *name_of_enum,
			       const char *enumerator)
{
	int id = btf__find_by_name_kind(btf->vmlinux, name_of_enum, BTF_KIND_ENUM);
	const struct btf_type *type;

	if (id < 0)
		return false;
	type = btf__type_by_id(btf->vmlinux, (__u32)id);
	for (int i = 0; i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(btf->vmlinux, btf_enum(type)[i].name_off);

		if (strcmp(name, enumerator) == 0)
			return true;
	}
	return false;
}

bool kernel_btf_enumerator(const struct kernel_btf *btf, const char *enumerator, uint32_t *value)
{
	for (__u32 id = 1; id < btf__type_cnt(btf->vmlinux); id++) {
		const struct btf_type *type = btf__type_by_id(btf->vmlinux, id);
		const struct btf_enum *entry = btf_enum(type);

		if (!btf_is_enum(type) || type->name_off)
			continue;
		for (int i = 0; i < btf_vlen(type); i++) {
			if (strcmp(btf__name_by_offset(btf->vmlinux, entry[i].name_off),
				   enumerator) != 0)
				continue;
			*value = (uint32_t)entry[i].val;
			return true;
		}
	}
	return false;
}

/* Returns whether the module is known already. */
static bool note_loaded(struct kernel_btf *btf, const char *name, ino_t file)
{
	for (size_t i = 0; i < btf->module_count; i++) {
		struct module_btf *module = &btf->modules[i];

		if (module->file != file || strcmp(module->name, name) != 0)
			continue;
		module->loaded = true;
		return true;
	}
	return false;
}

/* For lack of memory the module is tried again the next time. */
static void add_module(struct kernel_btf *btf, const char *name, const char *path, ino_t file)
{
	struct module_btf *module;

	module = realloc(btf->modules, (btf->module_count + 1) * sizeof(*module));
	if (!module)
		return;
	btf->modules = module;
	module = &btf->modules[btf->module_count++];
	*module = (struct module_btf){ .file = file, .loaded = true };
	snprintf(module->name, sizeof(module->name), "%s", name);
	module->btf = btf__parse_split(path, btf->vmlinux);
}

static void refresh_modules(struct kernel_btf *btf)
{
	DIR *dir = opendir(btf->modules_dir);
	struct dirent *entry;
	struct stat file;
	char path[512];

	for (size_t i = 0; i < btf->module_count; i++)
		btf->modules[i].loaded = false;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "vmlinux") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", btf->modules_dir, entry->d_name);
		if (!stat(path, &file) && !note_loaded(btf, entry->d_name, file.st_ino))
			add_module(btf, entry->d_name, path, file.st_ino);
	}
	if (dir)
		closedir(dir);
}

static bool ends_with(const char *string, const char *suffix)
{
	size_t length = strlen(string), end = strlen(suffix);

	return length >= end && strcmp(string + length - end, suffix) == 0;
}

static void visit_enums(const struct btf *btf, __u32 first, const char *suffix,
			void (*visit)(void *context, const char *name, uint32_t value),
			void *context)
{
	for (__u32 id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const struct btf_enum *entry;

		if (!btf_is_enum(type) ||
		    !ends_with(btf__name_by_offset(btf, type->name_off), suffix))
			continue;
		entry = btf_enum(type);
		for (int i = 0; i < btf_vlen(type); i++)
			visit(context, btf__name_by_offset(btf, entry[i].name_off),
			      (uint32_t)entry[i].val);
	}
}

void kernel_btf_visit_enums(struct kernel_btf *btf, const char *suffix, bool modules,
			    void (*visit)(void *context, const char *name, uint32_t value),
			    void *context)
{
	visit_enums(btf->vmlinux, 1, suffix, visit, context);
	if (!modules)
		return;
	refresh_modules(btf);
	for (size_t i = 0; i < btf->module_count; i++) {
		if (btf->modules[i].loaded && btf->modules[i].btf)
			visit_enums(btf->modules[i].btf, btf__type_cnt(btf->vmlinux), suffix, visit,
				    context);
	}
}
