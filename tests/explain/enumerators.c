// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: enumerators VMLINUX
 * Prints "drop NAME" and "reset NAME" for each reason in the BTF of a kernel: its ELF file, or the
 * BTF alone as in /sys/kernel/btf/vmlinux.
 */
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "kernel/reason.h"

static bool is_marker(const struct reason_enum *from, const char *name)
{
	for (const char *const *marker = from->markers; *marker; marker++) {
		if (strcmp(name, *marker) == 0)
			return true;
	}
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void print_enum(const struct btf *btf, const struct btf_type *type,
		       const struct reason_enum *from, const char *class)
{
	const struct btf_enum *entries = btf_enum(type);

	for (int i = 0; i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(btf, entries[i].name_off);
		size_t prefix = strlen(from->prefix);

		if (!is_marker(from, name))
			printf("%s %s\n", class,
			       name + (strncmp(name, from->prefix, prefix) == 0 ? prefix : 0));
	}
}

int main(int argc, char **argv)
{
	struct btf *btf = argc > 1 ? btf__parse(argv[1], NULL) : NULL;

	if (!btf) {
		fprintf(stderr, "%s: no BTF\n", argc > 1 ? argv[1] : "enumerators");
		return 1;
	}
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, type->name_off);

		if (!btf_is_enum(type))
			continue;
		if (ends_with(name, drop_reason_enum.suffix))
			print_enum(btf, type, &drop_reason_enum, "drop");
		if (ends_with(name, reset_reason_enum.suffix))
			print_enum(btf, type, &reset_reason_enum, "reset");
	}
	btf__free(btf);
	return 0;
}
