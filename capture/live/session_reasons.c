// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "session_reasons.h"
#include "util/strbuf.h"

/* Drops, resets or both may have a reason of that name. */
static int use_reason(struct session *session, const char *item, struct error *error)
{
	struct source_config *config = &session->config;
	size_t *drops = &config->reason_count, *resets = &config->reset_reason_count;
	struct strbuf known = { 0 };
	bool found = false;

	if (*drops == SOURCE_REASONS_MAX || *resets == SOURCE_REASONS_MAX)
		return error_set(error, -E2BIG, "--reason: more than %d reasons",
				 SOURCE_REASONS_MAX);
	if (!reason_find(session->drop_reasons, item, &config->reasons[*drops])) {
		(*drops)++;
		found = true;
	}
	if (!reason_find(session->reset_reasons, item, &config->reset_reasons[*resets])) {
		(*resets)++;
		found = true;
	}
	if (found)
		return 0;
	reasons_list(session->drop_reasons, &known);
	if (config->events >> EVENT_RESET & 1) {
		strbuf_add(&known, known.length ? "; for resets " : "");
		reasons_list(session->reset_reasons, &known);
	}
	error_set(error, -ENOENT, "--reason: unknown reason '%s'; this kernel has %s", item,
		  known.length ? strbuf_string(&known) : "none");
	strbuf_free(&known);
	return -ENOENT;
}

/* Reasons that have a meaning for the kernel side. */
static void find_reasons(struct session *session)
{
	struct source_config *config = &session->config;
	const struct {
		const char *name;
		uint32_t *number;
	} reasons[] = {
		{ "NOT_SPECIFIED", &config->reason_not_specified },
		{ "QUEUE_PURGE", &config->reason_queue_purge },
		{ "PACKET_SOCK_ERROR", &config->reason_packet_sock_error },
		{ "SOCKET_RCVBUFF", &config->reason_socket_rcvbuff },
		{ "TCP_OLD_SEQUENCE", &config->reason_tcp_old_sequence },
		{ "TCP_INVALID_SEQUENCE", &config->reason_tcp_invalid_sequence },
		{ "TCP_LISTEN_OVERFLOW", &config->reason_tcp_listen_overflow },
		{ "QDISC_DROP", &config->qdisc_reasons[0] },
		{ "QDISC_OVERLIMIT", &config->qdisc_reasons[1] },
		{ "QDISC_CONGESTED", &config->qdisc_reasons[2] },
		{ "CAKE_FLOOD", &config->qdisc_reasons[3] },
		{ "FQ_BAND_LIMIT", &config->qdisc_reasons[4] },
		{ "FQ_HORIZON_LIMIT", &config->qdisc_reasons[5] },
		{ "FQ_FLOW_LIMIT", &config->qdisc_reasons[6] },
		{ "QDISC_BURST_DROP", &config->qdisc_reasons[7] },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		*reasons[i].number = UINT32_MAX;
		reason_find_known(session->drop_reasons, reasons[i].name, reasons[i].number);
	}
}

int session_choose_reasons(struct session *session, const struct filter_list *names,
			   struct error *error)
{
	int err = 0;

	find_reasons(session);
	session->config.by_reason = names->count > 0;
	for (size_t i = 0; !err && i < names->count; i++)
		err = use_reason(session, names->items[i], error);
	return err;
}

int session_open_reasons(struct session *session, struct error *error)
{
	session->drop_reasons = reasons_new(session->btf, &drop_reason_enum);
	session->reset_reasons = reasons_new(session->btf, &reset_reason_enum);
	if (!session->drop_reasons || !session->reset_reasons)
		return error_set(error, -ENOMEM, "out of memory");
	return 0;
}
