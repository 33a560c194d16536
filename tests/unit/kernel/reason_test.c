// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/reason.h"
#include "test.h"

static struct kernel_btf *btf;
static struct reasons *reasons;

/* Opens both. Returns false, and prints a skip, where the kernel has no BTF or no reasons. */
static bool open_reasons(void)
{
	struct error error;
	uint32_t code;

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		test_skip("no /sys/kernel/btf/vmlinux");
		return false;
	}
	btf = kernel_btf_open(&error);
	reasons = btf ? reasons_new(btf, &drop_reason_enum) : NULL;
	if (!reasons) {
		test_failed = true;
		printf("not ok %s: %s\n", test_name, btf ? "no reasons" : error.text);
		kernel_btf_close(btf);
		return false;
	}
	if (reason_find(reasons, "NOT_SPECIFIED", &code)) {
		test_skip("this kernel has no drop reasons");
		reasons_free(reasons);
		kernel_btf_close(btf);
		return false;
	}
	return true;
}

static void close_reasons(void)
{
	reasons_free(reasons);
	kernel_btf_close(btf);
}

TEST(reason_is_found_both_ways)
{
	uint32_t code = 0;

	if (!open_reasons())
		return;
	CHECK(reason_find(reasons, "NO_SOCKET", &code) == 0);
	CHECK(code > 0 && code < 65536);
	CHECK(reason_name(reasons, code));
	CHECK_STR(reason_name(reasons, code), "NO_SOCKET");
	close_reasons();
}

TEST(case_and_prefix_do_not_matter)
{
	static const char *const names[] = { "no_socket", "No_Socket", "SKB_DROP_REASON_NO_SOCKET",
					     "skb_drop_reason_no_socket" };
	uint32_t want = 0, code;

	if (!open_reasons())
		return;
	CHECK(reason_find(reasons, "NO_SOCKET", &want) == 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		code = 0;
		CHECK(reason_find(reasons, names[i], &code) == 0 && code == want);
	}
	close_reasons();
}

TEST(unknown_names_are_not_found)
{
	static const char *const names[] = { "", "NO_SUCH_REASON", "NO_SOCKE", "NO_SOCKET ",
					     "SKB_DROP_REASON_" };
	uint32_t code = 77;

	if (!open_reasons())
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(reason_find(reasons, names[i], &code) == -ENOENT);
	CHECK(code == 77);
	close_reasons();
}

TEST(markers_are_not_reasons)
{
	static const char *const names[] = {
		"SKB_NOT_DROPPED_YET", "SKB_CONSUMED",	      "MAX",
		"SUBSYS_MASK",	       "SKB_DROP_REASON_MAX", "SKB_DROP_REASON_SUBSYS_MASK"
	};
	struct strbuf list = { 0 };
	uint32_t code;

	if (!open_reasons())
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(reason_find(reasons, names[i], &code) == -ENOENT);
	reasons_list(reasons, &list);
	CHECK(!strstr(strbuf_string(&list), "SUBSYS_MASK"));
	CHECK(!strstr(strbuf_string(&list), "NOT_DROPPED"));
	CHECK(!strstr(strbuf_string(&list), "CONSUMED"));
	CHECK(!reason_name(reasons, 0));
	strbuf_free(&list);
	close_reasons();
}

TEST(number_without_a_name_has_none)
{
	static const uint32_t codes[] = { 60000, 0xffff, 0x7fff0001, 0xffff0000, 0xffffffff };

	if (!open_reasons())
		return;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		CHECK(!reason_name(reasons, codes[i]));
	/* The subsystems' names were read on the way: the kernel's are still there. */
	CHECK(reason_name(reasons, 2));
	close_reasons();
}

TEST(every_listed_reason_is_found)
{
	struct strbuf list = { 0 };
	char *rest, *name;
	size_t count = 0;

	if (!open_reasons())
		return;
	reasons_list(reasons, &list);
	rest = list.data;
	while ((name = strsep(&rest, ","))) {
		uint32_t code;

		name += *name == ' ';
		CHECK(strncmp(name, "SKB_DROP_REASON_", 16) != 0);
		CHECK(reason_find(reasons, name, &code) == 0);
		CHECK(reason_name(reasons, code));
		CHECK_STR(reason_name(reasons, code), name);
		count++;
	}
	CHECK(count > 10);
	strbuf_free(&list);
	close_reasons();
}

#define MADE_CODE 0x7ffe0003

/* A module's BTF with an enum of drop reasons. Returns whether it could be made. */
static bool make_module(const char *path, const char *enumerator)
{
	struct btf *base = btf__load_vmlinux_btf();
	struct btf *module = base ? btf__new_empty_split(base) : NULL;
	FILE *file = module ? fopen(path, "we") : NULL;
	const void *bytes = NULL;
	__u32 size = 0;
	bool made;

	if (file && btf__add_enum(module, "made_drop_reason", 4) > 0 &&
	    !btf__add_enum_value(module, enumerator, MADE_CODE))
		bytes = btf__raw_data(module, &size);
	made = bytes && fwrite(bytes, size, 1, file) == 1;
	if (file)
		fclose(file);
	btf__free(module);
	btf__free(base);
	return made;
}

/* As if that module were loaded while a capture runs. */
TEST(reasons_of_modules_are_found_both_ways_whenever_they_are_loaded)
{
	char dir[] = "/tmp/reason-test-XXXXXX", path[64];
	uint32_t code = 0;
	struct error error;
	bool found = false;

	if (!open_reasons())
		return;
	close_reasons();
	CHECK(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/made", dir);
	btf = kernel_btf_open_from(dir, &error);
	reasons = reasons_new(btf, &drop_reason_enum);
	CHECK(reason_find(reasons, "MADE_UP", &code) == -ENOENT);
	CHECK(!reason_name(reasons, MADE_CODE));
	CHECK(make_module(path, "MADE_UP"));
	for (int i = 0; i < 300 && !found; i++) {
		found = !reason_find(reasons, "made_up", &code);
		usleep(10000);
	}
	CHECK(found && code == MADE_CODE);
	CHECK(reason_name(reasons, MADE_CODE) &&
	      strcmp(reason_name(reasons, MADE_CODE), "MADE_UP") == 0);
	CHECK(reason_find_known(reasons, "NO_SOCKET", &code) == 0);
	close_reasons();
	btf = kernel_btf_open_from(dir, &error);
	reasons = reasons_new(btf, &drop_reason_enum);
	CHECK(reason_name(reasons, MADE_CODE)); /* at once, when it comes first */
	CHECK(!reason_name(reasons, MADE_CODE + 1));
	close_reasons();
	unlink(path);
	rmdir(dir);
}

/* Resets have an enum of their own (6.10 and later). */
TEST(reset_reasons_are_named_from_their_enum)
{
	struct reasons *resets;
	struct strbuf list = { 0 };
	uint32_t code = 77;

	if (!open_reasons())
		return;
	resets = reasons_new(btf, &reset_reason_enum);
	CHECK(resets);
	reasons_list(resets, &list);
	CHECK(reason_find(resets, "MAX", &code) == -ENOENT && code == 77);
	CHECK(reason_find(resets, "NETFILTER_DROP", &code) == -ENOENT);
	if (!list.length) {
		test_skip("this kernel has no reset reasons");
	} else {
		CHECK(!strstr(list.data, "SK_RST_REASON"));
		CHECK(reason_find(resets, "sk_rst_reason_no_socket", &code) == 0);
		CHECK_STR(reason_name(resets, code), "NO_SOCKET");
		CHECK(reason_find(resets, "SKB_DROP_REASON_NO_SOCKET", &code) == -ENOENT);
	}
	strbuf_free(&list);
	reasons_free(resets);
	close_reasons();
}

TEST(free_accepts_null)
{
	reasons_free(NULL);
}
