// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kallsyms.h"
#include "made_files.h"
#include "test.h"

/* The kernel, a module whose data follows its functions, and things that have no size. */
static const char made_symbols[] = "0000000000001000 A per_cpu_counter\n"
				   "ffffffff81000000 T _stext\n"
				   "ffffffff81000000 T first\n"
				   "ffffffff81000100 t second\n"
				   "ffffffff81020000 T long_one\n"
				   "ffffffff81050000 W weak_one\n"
				   "ffffffff81051234 T _etext\n"
				   "ffffffff81060000 R rodata\n"
				   "ffffffff82000000 T _sinittext\n"
				   "ffffffff82000000 t start_kernel\n"
				   "ffffffff82000400 T _einittext\n"
				   "ffffffff83000000 D data\n"
				   "ffffffff83000008 D vmemmap_base\n"
				   "ffffffff83000010 d page_offset_base_of_another\n"
				   "ffffffffc0100040 t veth_xmit\t[veth]\n"
				   "ffffffffc0100200 t veth_poll\t[veth]\n"
				   "ffffffffc0101080 t veth_exit\t[veth]\n"
				   "ffffffffc0102000 r veth_ops\t[veth]\n"
				   "ffffffffc0180000 t veth_init\t[veth]\n"
				   "ffffffffc0200000 t tun_xmit\t[tun]\n"
				   "ffffffffc0200100 t bpf_prog_0123456789abcdef_other\t[bpf]\n"
				   "ffffffffc0200800 t ftrace_trampoline\t[__builtin__ftrace]\n";

static const char made_modules[] = "veth 16384 0 - Live 0xffffffffc0100000\n"
				   "tun 65536 2 vhost_net,macvtap, Live 0xffffffffc0200000 (OE)\n";

static struct made_files files;

static struct kallsyms *open_made(void)
{
	files = made_files_open(made_symbols, made_modules);
	return kallsyms_read(files.symbols, files.modules);
}

static void close_made(struct kallsyms *table)
{
	kallsyms_free(table);
	made_files_close(&files);
}

/* The name of the function that has the byte, "?" if none has. */
static const char *name_of(const struct kallsyms *table, uint64_t byte)
{
	struct symbol symbol;

	return kallsyms_find(table, byte, &symbol) ? symbol.name : "?";
}

TEST(function_ends_where_the_next_one_begins)
{
	struct kallsyms *table = open_made();
	struct symbol symbol;

	CHECK_STR(name_of(table, 0xffffffff810000ff), "_stext");
	CHECK_STR(name_of(table, 0xffffffff81000100), "second");
	CHECK(kallsyms_find(table, 0xffffffff8101ffff, &symbol));
	CHECK_STR(symbol.name, "second");
	CHECK(symbol.start == 0xffffffff81000100 && symbol.end == 0xffffffff81020000);
	CHECK(symbol.offset == 0x1feff && !symbol.module);
	CHECK_STR(name_of(table, 0xffffffff8104ffff), "long_one"); /* 192 KiB long */
	CHECK(kallsyms_find(table, 0xffffffffc01001ff, &symbol));
	CHECK_STR(symbol.name, "veth_xmit");
	CHECK_STR(symbol.module, "veth");
	close_made(table);
}

TEST(variables_of_the_kernel_are_known_or_zero)
{
	struct kallsyms *table = open_made();

	CHECK(kallsyms_variables(table)->vmemmap_base == 0xffffffff83000008);
	CHECK(!kallsyms_variables(table)->page_offset_base);
	close_made(table);
}

TEST(first_name_of_an_address_is_shown_and_all_are_visited)
{
	struct kallsyms *table = open_made();

	CHECK_STR(name_of(table, 0xffffffff81000000), "_stext");
	CHECK(kallsyms_count(table) == 10);
	close_made(table);
}

TEST(kernel_has_no_function_after_its_text)
{
	struct kallsyms *table = open_made();

	CHECK_STR(name_of(table, 0xffffffff81051233), "weak_one");
	CHECK_STR(name_of(table, 0xffffffff81051234), "?");
	CHECK_STR(name_of(table, 0xffffffff81060010), "?");
	CHECK_STR(name_of(table, 0xffffffff81ffffff), "?");
	CHECK_STR(name_of(table, 0xffffffff820003ff), "start_kernel");
	CHECK_STR(name_of(table, 0xffffffff82000400), "?");
	CHECK_STR(name_of(table, 0xffffffff80ffffff), "?");
	CHECK_STR(name_of(table, 0), "?");
	CHECK_STR(name_of(table, 0x1000), "?");
	CHECK_STR(name_of(table, UINT64_MAX), "?");
	close_made(table);
}

/* The size in /proc/modules may count memory elsewhere: the next page may be another's. */
TEST(last_function_of_a_module_ends_with_its_page)
{
	struct kallsyms *table = open_made();

	CHECK_STR(name_of(table, 0xffffffffc0101fff), "veth_exit");
	CHECK_STR(name_of(table, 0xffffffffc0102000), "?");
	CHECK_STR(name_of(table, 0xffffffffc0103fff), "?");
	close_made(table);
}

TEST(last_function_of_a_module_ends_where_anything_else_begins)
{
	struct kallsyms *table = open_made();

	CHECK_STR(name_of(table, 0xffffffffc02000ff), "tun_xmit");
	CHECK_STR(name_of(table, 0xffffffffc0200100), "?");
	close_made(table);
}

TEST(functions_without_a_known_end_are_left_out)
{
	struct kallsyms *table = open_made();

	CHECK_STR(name_of(table, 0xffffffffc0200110), "?"); /* a BPF program */
	CHECK_STR(name_of(table, 0xffffffffc0200810), "?"); /* a trampoline */
	CHECK_STR(name_of(table, 0xffffffffc0180010), "?"); /* outside of its module */
	CHECK_STR(name_of(table, 0xffffffffc0100010), "?"); /* before its first function */
	close_made(table);
}

TEST(functions_of_an_unknown_module_are_left_out)
{
	struct kallsyms *table;

	files = made_files_open(made_symbols, "");
	table = kallsyms_read(files.symbols, files.modules);
	CHECK_STR(name_of(table, 0xffffffffc0100050), "?");
	CHECK_STR(name_of(table, 0xffffffff81000110), "second");
	close_made(table);
}

TEST(removed_module_has_no_functions_and_others_keep_theirs)
{
	struct kallsyms *table = open_made();

	CHECK(kallsyms_check_modules(table, files.modules));
	made_file_write(files.modules, "tun 65536 9 - Live 0xffffffffc0200000\n");
	CHECK(!kallsyms_check_modules(table, files.modules));
	CHECK_STR(name_of(table, 0xffffffffc0100050), "?");
	CHECK_STR(name_of(table, 0xffffffffc0200010), "tun_xmit");
	made_file_write(files.modules, "tun 65536 9 - Live 0xffffffffc0300000\n");
	CHECK(!kallsyms_check_modules(table, files.modules));
	CHECK_STR(name_of(table, 0xffffffffc0200010), "?");
	close_made(table);
}

TEST(module_that_came_or_has_started_is_a_change)
{
	struct kallsyms *table;

	files = made_files_open(made_symbols, "veth 16384 0 - Loading 0xffffffffc0100000\n");
	table = kallsyms_read(files.symbols, files.modules);
	CHECK(kallsyms_check_modules(table, files.modules));
	made_file_write(files.modules, "veth 16384 1 - Live 0xffffffffc0100000\n");
	CHECK(!kallsyms_check_modules(table, files.modules));
	CHECK_STR(name_of(table, 0xffffffffc0100050), "veth_xmit");
	made_file_write(files.modules, "veth 16384 0 - Loading 0xffffffffc0100000\n"
				       "tun 65536 9 - Live 0xffffffffc0200000\n");
	CHECK(!kallsyms_check_modules(table, files.modules));
	close_made(table);
}

TEST(damaged_and_missing_files_are_no_error)
{
	struct kallsyms *table;

	files = made_files_open("zz T a\nffffffff81000000\n\nffffffff81000000 T\n0 T hidden\n"
				"ffffffff81000000 Tx\nffffffff81000000 T b\t[\n",
				"veth\n\nveth x y z u v w\n");
	table = kallsyms_read(files.symbols, files.modules);
	CHECK(table && kallsyms_count(table) == 0);
	close_made(table);
	table = kallsyms_read("/no/such/file", "/no/such/file");
	CHECK(table && kallsyms_count(table) == 0);
	kallsyms_free(table);
	kallsyms_free(NULL);
}
