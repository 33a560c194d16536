// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"

#define MODULES_DIR "/sys/kernel/btf"

struct kernel_btf {
	struct btf *vmlinux;
	struct btf **modules;
	size_t module_count;
	bool modules_loaded;
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

struct kernel_btf *kernel_btf_open(struct error *error)
{
	struct kernel_btf *btf = calloc(1, sizeof(*btf));

	if (!btf) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	btf->vmlinux = btf__load_vmlinux_btf();
	if (!btf->vmlinux) {
		error_set(
			error, -errno,
			"/sys/kernel/btf/vmlinux: this kernel has no type information (BTF); run one "
			"built with CONFIG_DEBUG_INFO_BTF=y");
		free(btf);
		return NULL;
	}
	return btf;
}

void kernel_btf_close(struct kernel_btf *btf)
{
	if (!btf)
		return;
	for (size_t i = 0; i < btf->module_count; i++)
		btf__free(btf->modules[i]);
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

	/*
	 * typedef void (*btf_trace_NAME)(void *, ...): the first parameter is the tracepoint's own.
	 */
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

static void load_modules(struct kernel_btf *btf)
{
	DIR *dir = opendir(MODULES_DIR);
	struct dirent *entry;

	btf->modules_loaded = true;
	while (dir && (entry = readdir(dir))) {
		struct btf **grown, *module;

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "vmlinux") == 0)
			continue;
		module = btf__load_module_btf(entry->d_name, btf->vmlinux);
		if (!module)
			continue;
		grown = realloc(btf->modules, (btf->module_count + 1) * sizeof(*grown));
		if (!grown) {
			btf__free(module);
			break;
		}
		btf->modules = grown;
		btf->modules[btf->module_count++] = module;
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
	if (!btf->modules_loaded)
		load_modules(btf);
	for (size_t i = 0; i < btf->module_count; i++)
		visit_enums(btf->modules[i], btf__type_cnt(btf->vmlinux), suffix, visit, context);
}
