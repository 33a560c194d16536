// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "symbol_table.h"

/*
 * Sorted by name. The parts that the compiler makes of a function (NAME.cold, NAME.isra.0) count as
 * the function.
 */
static const struct known_function {
	const char *name;
	enum symbol_kind kind;
} known_functions[] = {
	{ "__br_forward", SYMBOL_OUT },
	{ "__dev_direct_xmit", SYMBOL_OUT },
	{ "__dev_queue_xmit", SYMBOL_OUT },
	{ "__do_softirq", SYMBOL_BOUNDARY },
	{ "__handle_irq_event_percpu", SYMBOL_BOUNDARY },
	{ "__napi_busy_loop", SYMBOL_BOUNDARY },
	{ "__napi_poll", SYMBOL_BOUNDARY },
	{ "__netif_receive_skb_core", SYMBOL_IN },
	{ "__netif_receive_skb_list_core", SYMBOL_IN },
	{ "__netif_receive_skb_one_core", SYMBOL_IN },
	{ "__qdisc_run", SYMBOL_OUT },
	{ "__skb_complete_tx_timestamp", SYMBOL_COPY },
	{ "__skb_tstamp_tx", SYMBOL_COPY },
	{ "asix_tx_fixup", SYMBOL_SENT },
	{ "br_forward", SYMBOL_OUT },
	{ "br_handle_frame", SYMBOL_IN },
	{ "br_handle_frame_finish", SYMBOL_IN },
	{ "br_pass_frame_up", SYMBOL_IN },
	{ "cdc_ncm_fill_tx_frame", SYMBOL_SENT },
	{ "dev_deactivate_many", SYMBOL_OUT },
	{ "dev_hard_start_xmit", SYMBOL_OUT },
	{ "do_xdp_generic", SYMBOL_IN },
	{ "enqueue_to_backlog", SYMBOL_IN },
	{ "handle_softirqs", SYMBOL_BOUNDARY },
	{ "ieee80211_tx_dequeue", SYMBOL_OUT },
	{ "ip6_finish_output", SYMBOL_OUT },
	{ "ip6_finish_output2", SYMBOL_OUT },
	{ "ip6_forward", SYMBOL_IN },
	{ "ip6_output", SYMBOL_OUT },
	{ "ip_finish_output", SYMBOL_OUT },
	{ "ip_finish_output2", SYMBOL_OUT },
	{ "ip_forward", SYMBOL_IN },
	{ "ip_mc_output", SYMBOL_OUT },
	{ "ip_output", SYMBOL_OUT },
	{ "ip_rcv", SYMBOL_IN },
	{ "ipv6_rcv", SYMBOL_IN },
	{ "irq_thread_fn", SYMBOL_BOUNDARY },
	{ "napi_busy_loop", SYMBOL_BOUNDARY },
	{ "napi_poll", SYMBOL_BOUNDARY },
	{ "neigh_invalidate", SYMBOL_OUT },
	{ "neigh_timer_handler", SYMBOL_OUT },
	{ "net_rx_action", SYMBOL_BOUNDARY },
	{ "net_tx_action", SYMBOL_BOUNDARY },
	{ "netif_receive_generic_xdp", SYMBOL_IN },
	{ "nfqnl_enqueue_packet", SYMBOL_SEGMENT },
	{ "packet_rcv", SYMBOL_COPY },
	{ "packet_rcv_spkt", SYMBOL_COPY },
	{ "qdisc_reset", SYMBOL_OUT },
	{ "raw_rcv", SYMBOL_COPY },
	{ "raw_rcv_skb", SYMBOL_COPY },
	{ "rawv6_rcv", SYMBOL_COPY },
	{ "rawv6_rcv_skb", SYMBOL_COPY },
	{ "rtl8139_start_xmit", SYMBOL_SENT },
	{ "rtnetlink_rcv_msg", SYMBOL_OUT },
	{ "sch_direct_xmit", SYMBOL_OUT },
	{ "skb_complete_tx_timestamp", SYMBOL_COPY },
	{ "tbf_enqueue", SYMBOL_SEGMENT },
	{ "tbf_segment", SYMBOL_SEGMENT },
	{ "tcp_v4_rcv", SYMBOL_TCP },
	{ "tcp_v6_rcv", SYMBOL_TCP },
	{ "tpacket_rcv", SYMBOL_COPY },
	{ "veth_poll", SYMBOL_IN },
	{ "veth_xdp_rcv", SYMBOL_IN },
	{ "veth_xdp_rcv_skb", SYMBOL_IN },
	{ "xfrm_output_gso", SYMBOL_SEGMENT },
};

struct symbol_table_fill {
	struct symbol_table *table;
	size_t count;
	size_t left_out;
};

/* The name of the function in the kernel (key) may have a suffix after a dot. */
static int compare_name(const void *key, const void *member)
{
	const char *name = key, *known = ((const struct known_function *)member)->name;
	size_t length = strcspn(name, ".");
	int order = strncmp(name, known, length);

	return order ? order : known[length] ? -1 : 0;
}

static void note_single(struct symbol_table *table, const struct symbol *symbol)
{
	if (strcmp(symbol->name, "sock_rfree") == 0)
		table->sock_rfree = symbol->start;
	else if (strcmp(symbol->name, "mptcp_rfree") == 0)
		table->mptcp_rfree = symbol->start;
	else if (strcmp(symbol->name, "sock_rmem_free") == 0)
		table->sock_rmem_free = symbol->start;
	else if (strcmp(symbol->name, "tcp_rcv_state_process") == 0)
		table->listen_code = (struct symbol_range){ symbol->start,
							    symbol->end - symbol->start,
							    SYMBOL_NONE };
}

static void add_function(void *context, const struct symbol *symbol)
{
	struct symbol_table_fill *fill = context;
	const struct known_function *known;

	note_single(fill->table, symbol);
	known = bsearch(symbol->name, known_functions, sizeof(known_functions) / sizeof(*known),
			sizeof(*known), compare_name);
	if (known && fill->count == SYMBOL_RANGES_MAX)
		fill->left_out++;
	else if (known)
		fill->table->ranges[fill->count++] = (struct symbol_range){
			symbol->start, symbol->end - symbol->start, known->kind
		};
}

size_t symbol_table_fill(struct symbol_table *table, struct symbols *symbols)
{
	struct symbol_table_fill fill = { .table = table };
	const struct kallsyms_variables *variables;

	memset(table, 0, sizeof(*table));
	for (size_t i = 0; i < SYMBOL_RANGES_MAX; i++)
		table->ranges[i].start = UINT64_MAX;
	symbols_visit(symbols, add_function, &fill);
	variables = symbols_variables(symbols);
	if (variables) {
		table->page_offset_base = variables->page_offset_base;
		table->vmemmap_base = variables->vmemmap_base;
	}
	return fill.left_out;
}
