// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <unistd.h>

#include "kernel/btf.h"
#include "test.h"

static struct error error;

/*
 * NULL, and a skip, where the kernel has no BTF; to fail to open one that is there fails the test.
 */
static struct kernel_btf *open_btf(void)
{
	struct kernel_btf *btf;

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		test_skip("no /sys/kernel/btf/vmlinux");
		return NULL;
	}
	btf = kernel_btf_open(&error);
	if (!btf) {
		test_failed = true;
		printf("not ok %s: %s\n", test_name, error.text);
	}
	return btf;
}

TEST(tracepoints_have_arguments)
{
	struct kernel_btf *btf = open_btf();
	unsigned int args;

	if (!btf)
		return;
	args = kernel_btf_tracepoint_args(btf, "kfree_skb");
	CHECK(args >= 2 && args <= 4);
	CHECK(kernel_btf_tracepoint_args(btf, "tcp_retransmit_skb") >= 2);
	CHECK(kernel_btf_tracepoint_args(btf, "tcp_retransmit_synack") == 2);
	kernel_btf_close(btf);
}

TEST(unknown_tracepoint_has_none)
{
	struct kernel_btf *btf = open_btf();
	char name[300];

	if (!btf)
		return;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK(kernel_btf_tracepoint_args(btf, "no_such_tracepoint") == 0);
	CHECK(kernel_btf_tracepoint_args(btf, "") == 0);
	CHECK(kernel_btf_tracepoint_args(btf, name) == 0);
	kernel_btf_close(btf);
}

TEST(functions_have_an_id_and_arguments)
{
	struct kernel_btf *btf = open_btf();
	int id;

	if (!btf)
		return;
	id = kernel_btf_function_id(btf, "tcp_sendmsg");
	CHECK(id > 0 && kernel_btf_function_args(btf, "tcp_sendmsg") == 3);
	CHECK(kernel_btf_function_id(btf, "tcp_v4_rcv") > 0);
	CHECK(kernel_btf_function_id(btf, "tcp_v4_rcv") != id);
	CHECK(kernel_btf_function_args(btf, "tcp_v4_rcv") == 1);
	kernel_btf_close(btf);
}

TEST(unknown_function_has_neither)
{
	/* The second is a struct, the third a typedef. */
	static const char *const names[] = { "no_such_function", "sk_buff", "btf_trace_kfree_skb",
					     "" };
	struct kernel_btf *btf = open_btf();

	if (!btf)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK(kernel_btf_function_id(btf, names[i]) < 0);
		CHECK(kernel_btf_function_args(btf, names[i]) == 0);
	}
	kernel_btf_close(btf);
}

/* An enum of every kernel that has BTF. */
TEST(enumerators_belong_to_their_enum)
{
	struct kernel_btf *btf = open_btf();
	uint32_t value;

	if (!btf)
		return;
	CHECK(kernel_btf_has_enumerator(btf, "tcp_ca_state", "TCP_CA_Open"));
	CHECK(kernel_btf_has_enumerator(btf, "tcp_ca_state", "TCP_CA_Loss"));
	CHECK(!kernel_btf_has_enumerator(btf, "tcp_ca_state", "TCP_CA_Los"));
	CHECK(!kernel_btf_has_enumerator(btf, "tcp_ca_state", ""));
	CHECK(!kernel_btf_has_enumerator(btf, "tcp_ca_state", "BPF_MAP_TYPE_HASH"));
	CHECK(kernel_btf_has_enumerator(btf, "bpf_map_type", "BPF_MAP_TYPE_HASH"));
	CHECK(!kernel_btf_has_enumerator(btf, "no_such_enum", "TCP_CA_Open"));
	CHECK(!kernel_btf_has_enumerator(btf, "sk_buff", "TCP_CA_Open"));
	CHECK(kernel_btf_enumerator(btf, "TCP_ESTABLISHED", &value) && value == 1);
	CHECK(kernel_btf_enumerator(btf, "TCP_LISTEN", &value) && value == 10);
	CHECK(!kernel_btf_enumerator(btf, "TCP_CA_Open", &value)); /* of an enum with a name */
	CHECK(!kernel_btf_enumerator(btf, "", &value));
	kernel_btf_close(btf);
}

struct visit {
	size_t count;
	size_t not_specified; /* names of that reason */
	uint32_t value;
	bool bad;
};

static void visit(void *context, const char *name, uint32_t value)
{
	struct visit *seen = context;

	seen->count++;
	seen->bad |= !name || !name[0];
	if (name && strcmp(name, "SKB_DROP_REASON_NOT_SPECIFIED") == 0) {
		seen->not_specified++;
		seen->value = value;
	}
}

TEST(enums_are_visited_by_suffix)
{
	struct kernel_btf *btf = open_btf();
	struct visit all = { 0 }, some = { 0 }, none = { 0 };

	if (!btf)
		return;
	kernel_btf_visit_enums(btf, "skb_drop_reason", false, visit, &some);
	CHECK(some.count > 10 && !some.bad && some.not_specified == 1 && some.value > 0);
	kernel_btf_visit_enums(btf, "_drop_reason", false, visit, &all);
	CHECK(all.count >= some.count && all.not_specified == 1);
	kernel_btf_visit_enums(btf, "no_such_suffix", true, visit, &none);
	CHECK(none.count == 0);
	kernel_btf_close(btf);
}

TEST(modules_add_to_the_kernels_enums)
{
	struct kernel_btf *btf = open_btf();
	struct visit kernel = { 0 }, both = { 0 }, again = { 0 };

	if (!btf)
		return;
	kernel_btf_visit_enums(btf, "_drop_reason", false, visit, &kernel);
	kernel_btf_visit_enums(btf, "_drop_reason", true, visit, &both);
	kernel_btf_visit_enums(btf, "_drop_reason", true, visit, &again);
	CHECK(both.count >= kernel.count && both.count == again.count && !both.bad);
	kernel_btf_close(btf);
}

TEST(close_accepts_null)
{
	kernel_btf_close(NULL);
}
