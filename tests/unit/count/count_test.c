// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "count/count.h"
#include "report/field.h"
#include "test.h"

static struct drop_report report;
static struct error error;
static struct strbuf out;
static uint8_t frame[54];

static struct drop_report *make(const char *event, const char *reason)
{
	memset(&report, 0, sizeof(report));
	report_set_text(&report, KEY_event, event);
	if (reason)
		report_set_text(&report, KEY_reason, reason);
	return &report;
}

static void put_packet(bool inbound)
{
	memset(frame, 0, sizeof(frame));
	packet_put16(frame + 12, 0x0800);
	frame[14] = 0x45;
	frame[23] = IPPROTO_TCP;
	memcpy(frame + 26, (uint8_t[4]){ 10, 0, 0, 1 }, 4);
	memcpy(frame + 30, (uint8_t[4]){ 10, 0, 0, 2 }, 4);
	packet_put16(frame + 34, 1000);
	packet_put16(frame + 36, 2000);
	frame[46] = 0x50;
	packet_parse(&report.packet, frame, sizeof(frame), sizeof(frame));
	report.has_direction = true;
	report.inbound = inbound;
}

static const char *printed(struct counts *counts)
{
	strbuf_clear(&out);
	counts_print(counts, &(struct count_view){ .lost = 0 }, &out);
	counts_clear(counts);
	return strbuf_string(&out);
}

static struct counts *new_counts(const char *by, enum count_form form)
{
	return counts_new(&(struct count_config){ .by = by,
						  .form = form,
						  .groups_max = COUNT_GROUPS_MAX },
			  &error);
}

TEST(an_optional_column_is_there_if_a_group_has_it)
{
	const struct count_config config = { .by = "event,cause",
					     .form = COUNT_TABLE,
					     .groups_max = COUNT_GROUPS_MAX,
					     .last_is_optional = true };
	struct counts *counts = counts_new(&config, &error);

	counts_add(counts, make("drop", "A"));
	CHECK_STR(printed(counts), "   COUNT  event\n"
				   "       1  drop\n");
	counts_add(counts, make("retransmit", NULL));
	make("drop", NULL);
	report_set_text(&report, KEY_cause, "listen-overflow");
	counts_add(counts, &report);
	CHECK_STR(printed(counts), "   COUNT  event       cause\n"
				   "       1  drop        listen-overflow\n"
				   "       1  retransmit  -\n");
	counts_free(counts);
}

TEST(largest_group_comes_first)
{
	struct counts *counts = new_counts("event,reason", COUNT_TABLE);

	CHECK(counts && !counts_need_stack(counts));
	for (int i = 0; i < 2; i++)
		CHECK(counts_add(counts, make("drop", "B")) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(counts_add(counts, make("retransmit", NULL)) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(counts_add(counts, make("drop", "A")) == 0);
	CHECK_STR(printed(counts), "   COUNT  event       reason\n"
				   "       3  retransmit  -\n"
				   "       2  drop        A\n"
				   "       2  drop        B\n");
	CHECK_STR(printed(counts), "   COUNT  event  reason\n");
	CHECK(counts_add(counts, make("drop", "C")) == 0);
	CHECK_STR(printed(counts), "   COUNT  event  reason\n"
				   "       1  drop   C\n");
	counts_free(counts);
}

/* Also a value that begins like another one, or is "-" itself. */
TEST(absent_and_empty_values_are_groups_of_their_own)
{
	struct counts *counts = new_counts("reason", COUNT_JSON);

	counts_add(counts, make("drop", NULL));
	counts_add(counts, make("drop", ""));
	counts_add(counts, make("drop", "-"));
	counts_add(counts, make("drop", "A"));
	counts_add(counts, make("drop", "AA"));
	CHECK_STR(printed(counts), "{\"count\":1,\"reason\":\"\"}\n"
				   "{\"count\":1,\"reason\":\"-\"}\n"
				   "{\"count\":1,\"reason\":\"A\"}\n"
				   "{\"count\":1,\"reason\":\"AA\"}\n"
				   "{\"count\":1}\n");
	counts_free(counts);
}

TEST(values_do_not_run_together)
{
	struct counts *counts = new_counts("reason,cc", COUNT_JSON);

	make("drop", "a");
	report_set_text(&report, KEY_cc, "bc");
	counts_add(counts, &report);
	report_set_text(&report, KEY_reason, "ab");
	report_set_text(&report, KEY_cc, "c");
	counts_add(counts, &report);
	CHECK_STR(printed(counts), "{\"count\":1,\"reason\":\"a\",\"cc\":\"bc\"}\n"
				   "{\"count\":1,\"reason\":\"ab\",\"cc\":\"c\"}\n");
	counts_free(counts);
}

TEST(flows_are_seen_from_the_local_side)
{
	struct counts *counts = new_counts("flow,local,lport,remote,rport", COUNT_TABLE);

	make("drop", NULL);
	put_packet(false);
	counts_add(counts, &report);
	put_packet(true);
	counts_add(counts, &report);
	counts_add(counts, &report);
	counts_add(counts, make("drop", NULL));
	CHECK_STR(printed(counts),
		  "   COUNT  flow                           local     lport  remote    rport\n"
		  "       2  10.0.0.2:2000 > 10.0.0.1:1000  10.0.0.2  2000   10.0.0.1  1000\n"
		  "       1  10.0.0.1:1000 > 10.0.0.2:2000  10.0.0.1  1000   10.0.0.2  2000\n"
		  "       1  -                              -         -      -         -\n");
	counts_free(counts);
}

TEST(numbers_are_numbers_in_json)
{
	struct counts *counts = new_counts("uid,rport,ifname", COUNT_JSON);

	make("drop", NULL);
	put_packet(false);
	report_set_number(&report, KEY_uid, UINT64_MAX);
	report.ifname = "eth\"0";
	counts_add(counts, &report);
	CHECK_STR(printed(counts), "{\"count\":1,\"uid\":18446744073709551615,\"rport\":2000,"
				   "\"ifname\":\"eth\\\"0\"}\n");
	counts_free(counts);
}

TEST(stacks_are_one_line)
{
	struct counts *counts = new_counts("stack,event", COUNT_TABLE);

	CHECK(counts_need_stack(counts));
	make("drop", NULL)->frames = "  leaf+0x1 [m]\n  root+0x2";
	report_set_text(&report, KEY_stack, "own");
	counts_add(counts, &report);
	CHECK_STR(printed(counts), "   COUNT  event  stack\n"
				   "       1  drop   leaf+0x1 [m] <- root+0x2\n");
	counts_free(counts);
	counts = new_counts("stack", COUNT_JSON);
	counts_add(counts, &report);
	CHECK_STR(printed(counts), "{\"count\":1,\"stack\":[\"leaf+0x1 [m]\",\"root+0x2\"]}\n");
	counts_free(counts);
}

TEST(folded_stacks_are_functions_from_the_root)
{
	struct counts *counts = new_counts(NULL, COUNT_FOLDED);

	CHECK(counts && counts_need_stack(counts));
	make("drop", NULL)->frames = "  nft_do_chain+0x3b8 [nf_tables]\n  ?\n  ip_rcv+0x8c";
	counts_add(counts, &report);
	report.frames = "  nft_do_chain+0x111 [nf_tables]\n  ?\n  ip_rcv+0x9";
	counts_add(counts, &report);
	report.frames = "  a;b\x1b+0x1";
	counts_add(counts, &report);
	report.frames = NULL;
	counts_add(counts, &report);
	CHECK_STR(printed(counts), "ip_rcv;[unknown];nft_do_chain [nf_tables] 2\n"
				   "a:b\\x1b 1\n"
				   "- 1\n");
	counts_free(counts);
}

TEST(other_values_come_before_the_root)
{
	struct counts *counts = new_counts("stack,reason,kind", COUNT_FOLDED);

	make("drop", "A;B")->frames = "  leaf+0x1\n  root+0x2";
	counts_add(counts, &report);
	CHECK_STR(printed(counts), "A:B;-;root;leaf 1\n");
	counts_free(counts);
}

TEST(groups_beyond_the_limit_are_counted_together)
{
	static const enum count_form forms[] = { COUNT_TABLE, COUNT_JSON, COUNT_FOLDED };
	static const char *const rest[] = { "       3  other: more groups than are counted\n",
					    "{\"count\":3,\"other\":true}\n", "other 3\n" };

	for (size_t i = 0; i < 3; i++) {
		struct counts *counts = counts_new(&(struct count_config){ .by = "reason",
									   .form = forms[i],
									   .groups_max = 2 },
						   &error);

		for (int n = 0; n < 5; n++) {
			char reason[2] = { (char)('A' + n), '\0' };

			CHECK(counts_add(counts, make("drop", reason)) == 0);
		}
		CHECK(counts_add(counts, make("drop", "A")) == 0);
		CHECK(strstr(printed(counts), rest[i]));
		CHECK(strstr(strbuf_string(&out), "2"));
		CHECK(!strstr(printed(counts), rest[i]));
		counts_free(counts);
	}
}

TEST(losses_are_printed)
{
	struct counts *counts = new_counts("event", COUNT_TABLE);

	report_set_number(make("drop", NULL), KEY_lost, 3);
	counts_add(counts, &report);
	strbuf_clear(&out);
	counts_print(counts, &(struct count_view){ .lost = 4 }, &out);
	counts_clear(counts);
	CHECK(strstr(strbuf_string(&out), "# 7 events lost\n"));
	CHECK(!strstr(printed(counts), "lost"));
	counts_free(counts);
	counts = new_counts("event", COUNT_JSON);
	strbuf_clear(&out);
	counts_print(counts, &(struct count_view){ .lost = 4 }, &out);
	counts_clear(counts);
	CHECK_STR(strbuf_string(&out), "{\"lost\":4}\n");
	counts_free(counts);
}

TEST(many_groups_keep_their_counts)
{
	struct counts *counts = new_counts("uid", COUNT_JSON);
	char expected[64];

	make("drop", NULL);
	for (int round = 0; round < 3; round++) {
		for (uint64_t uid = 0; uid < 5000; uid++) {
			report_set_number(&report, KEY_uid, uid);
			CHECK(counts_add(counts, &report) == 0);
		}
	}
	printed(counts);
	for (int uid = 0; uid < 5000; uid++) {
		snprintf(expected, sizeof(expected), "{\"count\":3,\"uid\":%d}\n", uid);
		CHECK(strstr(strbuf_string(&out), expected));
	}
	counts_free(counts);
}

TEST(hostile_values_reach_no_terminal)
{
	static const enum count_form forms[] = { COUNT_TABLE, COUNT_JSON, COUNT_FOLDED };

	for (size_t i = 0; i < 3; i++) {
		struct counts *counts = new_counts("owner,stack,ifname", forms[i]);

		make("drop", NULL)->frames = "  a\x1b[1m\r+0x1";
		report_set_text(&report, KEY_owner, "\x1b[1m\n99 forged");
		report.ifname = "\xff\x1b";
		counts_add(counts, &report);
		for (const char *s = printed(counts); *s; s++)
			CHECK((unsigned char)*s >= 0x20 || *s == '\n');
		CHECK(!strstr(strbuf_string(&out), "\n99"));
		counts_free(counts);
	}
}

TEST(bad_keys_are_named)
{
	errno = 0;
	CHECK(!new_counts("event,nosuch", COUNT_TABLE) && errno == EINVAL);
	CHECK(strstr(error.text, "--by") && strstr(error.text, "'nosuch'"));
	CHECK(strstr(error.text, "'man tcpdropcap'"));
	CHECK(!new_counts("event,event", COUNT_TABLE) && strstr(error.text, "more than once"));
	CHECK(!new_counts("event,", COUNT_TABLE) && strstr(error.text, "empty"));
	CHECK(!new_counts("", COUNT_TABLE) && errno == EINVAL);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		struct counts *counts = new_counts(key_table[key].name, COUNT_TABLE);

		CHECK(counts);
		counts_free(counts);
	}
	counts_free(NULL);
}

/* Prints as the command does: four events in two seconds, one of them of three segments. */
static const char *printed_with(struct counts *counts, size_t top, double seconds)
{
	const struct count_view view = { .top = top, .shares = true, .seconds = seconds };

	for (int i = 0; i < 4; i++) {
		make("drop", i < 2 ? "A" : i == 2 ? "B" : "C");
		report.timestamp_ns = 1000000000 + (uint64_t)i * 500000000;
		if (i == 3)
			report_set_number(&report, KEY_segs, 3);
		if (counts_add(counts, &report))
			return "";
	}
	strbuf_clear(&out);
	counts_print(counts, &view, &out);
	return strbuf_string(&out);
}

TEST(shares_and_rates_are_of_all_events)
{
	struct counts *counts = new_counts("reason", COUNT_TABLE);

	CHECK_STR(printed_with(counts, 0, 2), "   COUNT      %        /s  reason\n"
					      "       2   50.0       1.0  A\n"
					      "       1   25.0       0.5  B\n"
					      "       1   25.0       0.5  C\n"
					      "# total: 4 events in 2.0 s\n");
	CHECK(counts_span(counts) > 1.4999 && counts_span(counts) < 1.5001);
	counts_clear(counts);
	CHECK(counts_span(counts) == 0);
	CHECK_STR(printed_with(counts, 1, 0), "   COUNT      %  reason\n"
					      "       2   50.0  A\n"
					      "       2   50.0  other: 2 more groups\n"
					      "# total: 4 events\n");
	counts_free(counts);
}

TEST(printing_does_not_reset_the_counts)
{
	struct counts *counts = new_counts("reason", COUNT_JSON);

	printed_with(counts, 0, 0);
	CHECK_STR(printed_with(counts, 2, 0), "{\"count\":4,\"reason\":\"A\"}\n"
					      "{\"count\":2,\"reason\":\"B\"}\n"
					      "{\"count\":2,\"other\":true,\"groups\":1}\n");
	counts_free(counts);
}

static struct counts *new_sums(const char *sum, enum count_form form)
{
	const struct count_config config = {
		.by = "reason", .sum = sum, .form = form, .groups_max = COUNT_GROUPS_MAX
	};

	return counts_new(&config, &error);
}

TEST(sums_order_the_groups)
{
	struct counts *counts = new_sums("segs", COUNT_TABLE);

	CHECK_STR(printed_with(counts, 2, 0), "   COUNT      segs      %  reason\n"
					      "       1         3   50.0  C\n"
					      "       2         2   33.3  A\n"
					      "       1         1   16.7  other: 1 more group\n"
					      "# total: 4 events, segs 6\n");
	counts_free(counts);
	counts = new_sums("segs", COUNT_JSON);
	CHECK_STR(printed_with(counts, 1, 0),
		  "{\"count\":1,\"sum\":3,\"reason\":\"C\"}\n"
		  "{\"count\":3,\"sum\":3,\"other\":true,\"groups\":2}\n");
	counts_free(counts);
}

TEST(only_numbers_are_summed)
{
	CHECK(!new_sums("owner", COUNT_TABLE) && errno == EINVAL);
	CHECK_STR(error.text, "--sum: 'owner' is not a key whose values are numbers; segs is one");
	CHECK(!new_sums("", COUNT_TABLE) && !new_sums("flow", COUNT_TABLE));
}
