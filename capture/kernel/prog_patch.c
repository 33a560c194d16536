// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "prog_patch.h"

/* The location of a function in the image. */
struct function_body {
	size_t offset;
	size_t size;
};

static bool find_in_symbols(Elf *elf, Elf_Scn *section, const char *function,
			    struct function_body *body)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Shdr header, code;
	GElf_Sym symbol;

	if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB)
		return false;
	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);

		if (!name || strcmp(name, function) != 0 ||
		    !gelf_getshdr(elf_getscn(elf, symbol.st_shndx), &code))
			continue;
		body->offset = code.sh_offset + symbol.st_value;
		body->size = symbol.st_size;
		return true;
	}
	return false;
}

static int find(void *object, size_t size, const char *function, struct function_body *body)
{
	Elf_Scn *section = NULL;
	bool found = false;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory(object, size);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		return -EINVAL;
	}
	while (!found && (section = elf_nextscn(elf, section)))
		found = find_in_symbols(elf, section, function, body);
	elf_end(elf);
	if (!found)
		return -ENOENT;
	if (body->offset > size || body->size > size - body->offset)
		return -EINVAL;
	return body->offset % sizeof(struct bpf_insn) ? -EINVAL : 0;
}

/*
 * Jumps over the rest of the space. The jump has a condition that the verifier knows to be true: it
 * refuses instructions that cannot be reached, and removes in one piece those that never are.
 */
static void pad(struct bpf_insn *insns, size_t count)
{
	insns[0] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K };
	insns[1] = (struct bpf_insn){ .code = BPF_JMP | BPF_JEQ | BPF_K,
				      .off = (__s16)(count - 2) };
	for (size_t i = 2; i < count; i++)
		insns[i] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA };
}

int prog_patch_fill(void *object, size_t size, const char *function, const struct bpf_insn *insns,
		    size_t count)
{
	struct bpf_insn *to;
	struct function_body body;
	size_t room;
	int err = find(object, size, function, &body);

	if (err)
		return err;
	room = body.size / sizeof(*to);
	if (count + 2 > room)
		return -E2BIG;
	to = (struct bpf_insn *)((char *)object + body.offset);
	pad(to, room - count);
	memcpy(to + room - count, insns, count * sizeof(*insns));
	return 0;
}

/* libbpf copies what it needs of the image when it opens it. */
int prog_patch_open(struct bpf_object_skeleton *skeleton, const char *function,
		    const struct bpf_insn *insns, size_t count)
{
	const void *original = skeleton->data;
	void *copy = malloc(skeleton->data_sz);
	int err;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, original, skeleton->data_sz);
	err = prog_patch_fill(copy, skeleton->data_sz, function, insns, count);
	skeleton->data = copy;
	if (!err)
		err = bpf_object__open_skeleton(skeleton, NULL);
	skeleton->data = original;
	free(copy);
	return err;
}
