// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/symbol_table.h"
#include "test.h"

static struct symbol_table table;

/* As the kernel side finds it: SYMBOL_NONE for what is in no range. */
static enum symbol_kind kind_of(uint64_t address)
{
	enum symbol_kind kind = SYMBOL_NONE;

	for (size_t i = 0; i < SYMBOL_RANGES_MAX && table.ranges[i].start <= address; i++)
		kind = address - table.ranges[i].start < table.ranges[i].size
			       ? (enum symbol_kind)table.ranges[i].kind
			       : SYMBOL_NONE;
	return kind;
}

/* A function of the kernel by its name, from the file that all names are of. */
static uint64_t address_of(const char *expected)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long address, found = 0;
	char line[1024], name[256], type;

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %255s", &address, &type, name) == 3 &&
		    strcmp(name, expected) == 0)
			found = address;
	}
	if (file)
		fclose(file);
	return found;
}

static bool fill(void)
{
	struct symbols *symbols = symbols_hidden() ? NULL : symbols_new();

	if (!symbols) {
		test_skip("the kernel hides its addresses");
		return false;
	}
	symbols_start(symbols);
	symbol_table_fill(&table, symbols);
	symbols_free(symbols);
	return true;
}

TEST(ranges_are_in_order_and_do_not_overlap)
{
	if (!fill())
		return;
	CHECK(table.ranges[0].kind != SYMBOL_NONE && table.ranges[20].kind != SYMBOL_NONE);
	for (size_t i = 1; i < SYMBOL_RANGES_MAX; i++) {
		if (table.ranges[i].kind == SYMBOL_NONE)
			CHECK(table.ranges[i].start == UINT64_MAX && !table.ranges[i].size);
		else
			CHECK(table.ranges[i].start >=
			      table.ranges[i - 1].start + table.ranges[i - 1].size);
	}
	CHECK(table.ranges[SYMBOL_RANGES_MAX - 1].kind == SYMBOL_NONE); /* there is room */
}

TEST(functions_have_their_kinds)
{
	static const struct {
		const char *name;
		enum symbol_kind kind;
	} functions[] = {
		{ "__dev_queue_xmit", SYMBOL_OUT },   { "net_rx_action", SYMBOL_BOUNDARY },
		{ "net_tx_action", SYMBOL_BOUNDARY }, { "ip_rcv", SYMBOL_IN },
		{ "tcp_v4_rcv", SYMBOL_TCP },	      { "__kfree_skb", SYMBOL_NONE },
		{ "tcp_sendmsg", SYMBOL_NONE },	      { "ip_rcv_finish_core", SYMBOL_NONE },
	};

	if (!fill())
		return;
	CHECK(table.sock_rfree && table.sock_rfree == address_of("sock_rfree"));
	CHECK(table.listen_code.start == address_of("tcp_rcv_state_process") &&
	      table.listen_code.size > 64);
	CHECK(table.sock_rmem_free && table.sock_rmem_free == address_of("sock_rmem_free"));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		uint64_t address = address_of(functions[i].name);

		if (address)
			CHECK(kind_of(address) == functions[i].kind &&
			      kind_of(address + 1) == functions[i].kind);
	}
}
