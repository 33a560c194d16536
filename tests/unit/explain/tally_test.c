// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain/tally.h"
#include "test.h"

static void add(struct tally *tally, const char *event, const char *reason, const char *kind)
{
	struct drop_report report;

	report_clear(&report);
	if (event)
		report_set_text(&report, KEY_event, event);
	if (reason)
		report_set_text(&report, KEY_reason, reason);
	if (kind)
		report_set_text(&report, KEY_kind, kind);
	if (tally_add(tally, &report))
		test_failed = true;
}

static void list(void *context, const struct explain_entry *entry)
{
	strbuf_addf(context, "%s %s %" PRIu64 "%s; ", explain_class_name(entry->class), entry->name,
		    entry->count, entry->text ? "" : " unknown");
}

TEST(words_are_counted_and_the_most_frequent_is_first)
{
	struct tally *tally = tally_new();
	struct strbuf out = { 0 };

	add(tally, "drop", "XDP", NULL);
	add(tally, "reset", "NO_SOCKET", NULL);
	add(tally, "drop", "NO_SOCKET", NULL);
	add(tally, "drop", "NO_SOCKET", NULL);
	add(tally, "retransmit", NULL, "rto");
	add(tally, "synack", NULL, "synack");
	add(tally, "retransmit", NULL, "rto");
	add(tally, "retransmit", NULL, "rto");
	tally_sort(tally);
	tally_visit(tally, list, &out);
	CHECK_STR(strbuf_string(&out),
		  "kind rto 3; drop NO_SOCKET 2; drop XDP 1; reset NO_SOCKET 1; "
		  "kind synack 1; ");
	CHECK(tally_other(tally) == 0);
	strbuf_free(&out);
	tally_free(tally);
}

TEST(cause_counts_where_there_is_no_reason)
{
	struct tally *tally = tally_new();
	struct strbuf out = { 0 };
	struct drop_report report;

	report_clear(&report);
	report_set_text(&report, KEY_event, "drop");
	report_set_text(&report, KEY_cause, "listen-overflow");
	CHECK(tally_add(tally, &report) == 0 && tally_add(tally, &report) == 0);
	report_set_text(&report, KEY_reason, "TCP_LISTEN_OVERFLOW");
	CHECK(tally_add(tally, &report) == 0);
	tally_sort(tally);
	tally_visit(tally, list, &out);
	CHECK_STR(strbuf_string(&out), "cause listen-overflow 2; drop TCP_LISTEN_OVERFLOW 1; ");
	strbuf_free(&out);
	tally_free(tally);
}

TEST(event_without_a_reason_is_counted_as_the_event)
{
	struct tally *tally = tally_new();
	struct strbuf out = { 0 };
	struct drop_report report;

	add(tally, "drop", NULL, NULL);
	add(tally, "tlp", NULL, "tlp");
	add(tally, "reset", NULL, NULL);
	add(tally, NULL, NULL, NULL);
	add(tally, "teleport", "NO_SOCKET", NULL);
	report_clear(&report);
	report_set_text(&report, KEY_event, "drop");
	report_set_number(&report, KEY_reason_code, 77);
	CHECK(tally_add(tally, &report) == 0);
	tally_sort(tally);
	tally_visit(tally, list, &out);
	CHECK_STR(strbuf_string(&out), "drop 77 1 unknown; event - 1 unknown; event drop 1; "
				       "event reset 1; event teleport 1 unknown; kind tlp 1; ");
	strbuf_free(&out);
	tally_free(tally);
}

TEST(memory_is_bounded)
{
	struct tally *tally = tally_new();
	char name[32];

	for (int i = 0; i < TALLY_MAX + 5; i++) {
		snprintf(name, sizeof(name), "REASON_%d", i);
		add(tally, "drop", name, NULL);
	}
	add(tally, "drop", "REASON_0", NULL);
	CHECK(tally_other(tally) == 5);
	tally_free(tally);
}

TEST(empty_tally_has_nothing)
{
	struct tally *tally = tally_new();
	struct strbuf out = { 0 };

	tally_sort(tally);
	tally_visit(tally, list, &out);
	CHECK(!out.length);
	tally_free(tally);
	tally_free(NULL);
}
