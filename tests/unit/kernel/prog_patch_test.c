// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <elf.h>
#include <errno.h>

#include "kernel/prog_patch.h"
#include "test.h"

enum {
	ROOM = 8
};

/* An object file of two functions in one section: one before, and the stub. */
static struct object {
	Elf64_Ehdr head;
	Elf64_Shdr sections[4]; /* none, code, symbols, names */
	Elf64_Sym symbols[3];
	struct bpf_insn before, stub[ROOM], after;
	char names[16];
} object;

static const struct bpf_insn accept_all[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static void make_object(void)
{
	size_t code = offsetof(struct object, before);

	memset(&object, 0, sizeof(object));
	memcpy(object.head.e_ident, ELFMAG, SELFMAG);
	object.head.e_ident[EI_CLASS] = ELFCLASS64;
	object.head.e_ident[EI_DATA] = htons(1) == 1 ? ELFDATA2MSB : ELFDATA2LSB;
	object.head.e_ident[EI_VERSION] = EV_CURRENT;
	object.head.e_type = ET_REL;
	object.head.e_machine = EM_BPF;
	object.head.e_version = EV_CURRENT;
	object.head.e_ehsize = sizeof(object.head);
	object.head.e_shoff = offsetof(struct object, sections);
	object.head.e_shentsize = sizeof(object.sections[0]);
	object.head.e_shnum = 4;
	object.head.e_shstrndx = 3;
	object.sections[1] = (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
					   .sh_offset = code,
					   .sh_size = (ROOM + 2) * 8,
					   .sh_addralign = 8 };
	object.sections[2] = (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
					   .sh_offset = offsetof(struct object, symbols),
					   .sh_size = sizeof(object.symbols),
					   .sh_link = 3,
					   .sh_entsize = sizeof(object.symbols[0]),
					   .sh_addralign = 8 };
	object.sections[3] = (Elf64_Shdr){ .sh_type = SHT_STRTAB,
					   .sh_offset = offsetof(struct object, names),
					   .sh_size = sizeof(object.names),
					   .sh_addralign = 1 };
	memcpy(object.names, "\0before\0stub", 13);
	object.symbols[1] = (Elf64_Sym){ .st_name = 1, .st_shndx = 1, .st_size = 8 };
	object.symbols[2] =
		(Elf64_Sym){ .st_name = 8, .st_shndx = 1, .st_value = 8, .st_size = ROOM * 8 };
}

static int fill(const char *function, const struct bpf_insn *insns, size_t count)
{
	return prog_patch_fill(&object, sizeof(object), function, insns, count);
}

TEST(the_end_of_the_function_is_replaced)
{
	static const struct bpf_insn zero;

	make_object();
	CHECK(!fill("stub", accept_all, 2));
	CHECK(!memcmp(&object.stub[ROOM - 2], accept_all, sizeof(accept_all)));
	CHECK(object.stub[0].code == (BPF_ALU64 | BPF_MOV | BPF_K) && !object.stub[0].imm);
	CHECK(object.stub[1].code == (BPF_JMP | BPF_JEQ | BPF_K) && object.stub[1].off == 4);
	CHECK(object.stub[2].code == (BPF_JMP | BPF_JA) && !object.stub[2].off);
	CHECK(!memcmp(&object.before, &zero, sizeof(zero)));
	CHECK(!memcmp(&object.after, &zero, sizeof(zero)));
}

TEST(function_can_be_filled_completely)
{
	struct bpf_insn insns[ROOM - 2] = { 0 };

	make_object();
	insns[0].imm = 7;
	CHECK(!fill("stub", insns, ROOM - 2));
	CHECK(object.stub[1].off == 0 && object.stub[2].imm == 7);
}

TEST(body_that_does_not_fit_is_refused)
{
	struct bpf_insn insns[ROOM] = { 0 };

	make_object();
	CHECK(fill("stub", insns, ROOM - 1) == -E2BIG && fill("stub", insns, ROOM) == -E2BIG);
	CHECK(fill("before", insns, 1) == -E2BIG);
	CHECK(fill("after", accept_all, 2) == -ENOENT);
}

TEST(damaged_objects_are_refused)
{
	make_object();
	object.symbols[2].st_value = sizeof(object);
	CHECK(fill("stub", accept_all, 2) == -EINVAL);
	make_object();
	object.symbols[2].st_size = UINT64_MAX;
	CHECK(fill("stub", accept_all, 2) == -EINVAL);
	make_object();
	object.symbols[2].st_shndx = 9;
	CHECK(fill("stub", accept_all, 2) == -ENOENT);
	memset(&object.head, 0, sizeof(object.head));
	CHECK(fill("stub", accept_all, 2) == -EINVAL);
}
