// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "account_case.h"
#include "test.h"

#define NS 4026531840U

static struct account_events *events;

static uint64_t counted(const char *row)
{
	return account_events_of(events, NS, row_of(row));
}

static void add_transmission(enum event_kind kind, const char *name, uint64_t segs, const char *err,
			     uint8_t flags)
{
	struct drop_report report = { .packet.family = AF_INET, .packet.flags = flags };

	report_set_number(&report, KEY_netns, NS);
	if (name)
		report_set_text(&report, KEY_kind, name);
	if (name && !strcmp(name, "rto"))
		report_set_text(&report, KEY_ca_state, "Loss");
	if (segs > 1)
		report_set_number(&report, KEY_segs, segs);
	if (err)
		report_set_text(&report, KEY_err, err);
	account_events_add(events, kind, &report);
}

TEST(each_row_has_a_name_of_its_own_a_hint_and_what_explains_it)
{
	for (size_t i = 0; i < account_row_count; i++) {
		const struct account_row *row = &account_rows[i];

		CHECK(account_row_find(row->name) == row);
		CHECK(strlen(row->name) < ACCOUNT_NAME_MAX);
		CHECK(row->hint && *row->hint);
		CHECK(row->kinds && !(row->kinds & ~ACCOUNT_KINDS));
		CHECK(row->counts || row->reasons[0] || row->causes[0] ||
		      row->flags & ACCOUNT_NO_EVENTS);
		CHECK(!(row->flags & ACCOUNT_NO_EVENTS) || row->others);
		CHECK(row->counters[0] || row->source == ACCOUNT_QDISCS ||
		      row->source == ACCOUNT_SOFTNET || row->source == ACCOUNT_OUTSIDE);
		CHECK(!strchr(row->name, '"') && !strchr(row->name, '\n'));
	}
	CHECK(!account_row_find("no such counter"));
}

TEST(drops_are_counted_by_the_number_of_their_reason)
{
	events = account_events_new(find_any, NULL);
	for (int i = 0; i < 7; i++)
		add_drop(events, NS, "SOCKET_BACKLOG");
	add_drop(events, NS, "TCP_CSUM");
	add_drop(events, NS, "QDISC_DROP");
	add_code(events, NS, 255);
	add_code(events, NS, 9 << 16);
	CHECK(counted("TcpExtTCPBacklogDrop") == 7);
	CHECK(counted("TcpInCsumErrors") == 1);
	CHECK(counted("qdisc drops") == 1);
	CHECK(counted("TcpExtTCPZeroWindowDrop") == 0);
	CHECK(account_events_of(events, NS + 1, row_of("TcpInCsumErrors")) == 0);
	account_events_free(events);
}

TEST(a_row_of_one_family_has_no_events_of_the_other)
{
	events = account_events_new(find_any, NULL);
	add_drop(events, NS, "IP_OUTNOROUTES");
	CHECK(counted("IpOutNoRoutes") == 1);
	CHECK(counted("Ip6OutNoRoutes") == 0);
	account_events_free(events);
}

TEST(retransmissions_are_counted_in_segments_and_syns_one_by_one)
{
	events = account_events_new(find_any, NULL);
	add_transmission(EVENT_RETRANSMIT, "fast", 44, NULL, TCP_ACK);
	add_transmission(EVENT_RETRANSMIT, "rto", 2, NULL, TCP_ACK);
	add_transmission(EVENT_RETRANSMIT, "tlp", 1, NULL, TCP_ACK);
	add_transmission(EVENT_RETRANSMIT, "syn", 1, NULL, TCP_SYN);
	add_transmission(EVENT_SYNACK, "synack", 1, NULL, TCP_SYN | TCP_ACK);
	CHECK(counted("TcpRetransSegs") == 49);
	CHECK(counted("TcpExtTCPSynRetrans") == 2);
	CHECK(counted("TcpExtTCPFastRetrans") == 44);
	CHECK(counted("TcpExtTCPSlowStartRetrans") == 2);
	CHECK(counted("TcpExtTCPLossProbes") == 1);
	account_events_free(events);
}

TEST(what_was_given_up_was_not_counted_and_what_failed_was)
{
	events = account_events_new(find_any, NULL);
	add_transmission(EVENT_RETRANSMIT, "fast", 3, "EAGAIN", TCP_ACK);
	CHECK(counted("TcpRetransSegs") == 0);
	add_transmission(EVENT_RETRANSMIT, "fast", 3, "EPERM", TCP_ACK);
	CHECK(counted("TcpRetransSegs") == 3);
	CHECK(counted("TcpExtTCPFastRetrans") == 0);
	account_events_free(events);
}

TEST(events_without_a_namespace_and_of_too_many_are_astray)
{
	size_t row = row_of("TcpInCsumErrors");

	events = account_events_new(find_any, NULL);
	add_drop(events, 0, "TCP_CSUM");
	for (uint32_t i = 0; i < ACCOUNT_NAMESPACES_MAX + 5; i++)
		add_drop(events, NS + i, "TCP_CSUM");
	CHECK(account_events_astray(events, row) == 6);
	CHECK(account_events_of(events, 0, row) == ACCOUNT_NAMESPACES_MAX);
	CHECK(account_events_of(events, NS + ACCOUNT_NAMESPACES_MAX - 1, row) == 1);
	CHECK(account_events_of(events, NS + ACCOUNT_NAMESPACES_MAX, row) == 0);
	account_events_free(events);
}

TEST(a_copy_keeps_its_counts)
{
	struct account_events *copy;

	events = account_events_new(find_any, NULL);
	add_drop(events, NS, "TCP_CSUM");
	copy = account_events_copy(events);
	add_drop(events, NS, "TCP_CSUM");
	CHECK(account_events_of(copy, NS, row_of("TcpInCsumErrors")) == 1);
	CHECK(counted("TcpInCsumErrors") == 2);
	account_events_free(copy);
	account_events_free(events);
}

TEST(a_kernel_without_the_reason_does_not_name_the_drops)
{
	static char lacking[] = "TCP_RFC7323_TW_PAWS";

	events = account_events_new(find_any, lacking);
	CHECK(!account_events_are_named(events, row_of("TcpExtPAWS")));
	CHECK(account_events_are_named(events, row_of("TcpInCsumErrors")));
	account_events_free(events);
}
