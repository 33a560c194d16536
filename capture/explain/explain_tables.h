/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXPLAIN_TABLES_H
#define EXPLAIN_TABLES_H

/* The parts of the table, for explain.c alone. The rows of reasons are sorted by name. */

#include "explain.h"

extern const struct explanation reasons_tcp[], reasons_ip[], reasons_policy[], reasons_qdisc[],
	reasons_device[], reasons_tunnel[], reasons_reset[], reasons_cause[];
extern const size_t reasons_tcp_count, reasons_ip_count, reasons_policy_count, reasons_qdisc_count,
	reasons_device_count, reasons_tunnel_count, reasons_reset_count, reasons_cause_count;

extern const struct explanation event_words[], kind_words[], state_words[], ca_state_words[];
extern const size_t event_words_count, kind_words_count, state_words_count, ca_state_words_count;

#endif
