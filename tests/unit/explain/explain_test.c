// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "explain/explain.h"
#include "report/names.h"
#include "test.h"

#define FOR_EACH_ROW(table, row)                                    \
	for (const struct explain_table *table = explain_tables;    \
	     table < explain_tables + explain_table_count; table++) \
		for (const struct explanation *row = table->rows;   \
		     row < table->rows + *table->count; row++)

static bool is_sentence(const char *text, size_t most)
{
	size_t length = strlen(text);

	return length > 1 && length <= most && text[length - 1] == '.' && text[length - 2] != '.' &&
	       !strstr(text, "  ") && *text != ' ';
}

/* Each back quote has its partner: what is in them is a command. */
static bool quotes_match(const char *text)
{
	size_t quotes = 0;

	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
			return false;
		quotes += *text == '`';
	}
	return quotes % 2 == 0;
}

TEST(every_text_ends_with_a_full_stop_and_is_short)
{
	FOR_EACH_ROW(table, row)
	{
		bool good = is_sentence(row->meaning, 140) && is_sentence(row->origins, 330) &&
			    is_sentence(row->look, 330);

		CHECK_STR(good ? "" : row->name, "");
	}
}

TEST(every_text_is_ascii_with_quotes_in_pairs)
{
	FOR_EACH_ROW(table, row)
	{
		bool good = quotes_match(row->meaning) && quotes_match(row->origins) &&
			    quotes_match(row->look) && quotes_match(row->functions);

		CHECK_STR(good ? "" : row->name, "");
	}
}

TEST(a_meaning_begins_with_a_capital_letter_or_a_name)
{
	FOR_EACH_ROW(table, row)
	CHECK_STR(isupper((unsigned char)*row->meaning) ? "" : row->name, "");
}

TEST(names_are_unique_in_their_class)
{
	FOR_EACH_ROW(table, row)
	CHECK_STR(explain_find(table->class, row->name) == row ? "" : row->name, "");
}

TEST(reasons_are_sorted_by_name)
{
	for (size_t i = 0; i < explain_table_count; i++) {
		const struct explain_table *table = &explain_tables[i];

		if (table->class != EXPLAIN_DROP && table->class != EXPLAIN_RESET)
			continue;
		for (size_t row = 1; row < *table->count; row++)
			CHECK(strcmp(table->rows[row - 1].name, table->rows[row].name) < 0);
	}
}

TEST(every_reason_names_functions_of_the_kernel)
{
	FOR_EACH_ROW(table, row)
	{
		if (table->class == EXPLAIN_DROP || table->class == EXPLAIN_RESET)
			CHECK_STR(*row->functions ? "" : row->name, "");
	}
}

TEST(no_reason_with_an_explanation_belongs_to_another_protocol)
{
	FOR_EACH_ROW(table, row)
	{
		if (table->class == EXPLAIN_DROP)
			CHECK_STR(explain_is_not_tcp(row->name) ? row->name : "", "");
	}
	CHECK(explain_is_not_tcp("UDP_CSUM") && explain_is_not_tcp("SKB_DROP_REASON_UDP_CSUM"));
	CHECK(explain_is_not_tcp("IPV6_NDISC_SOMETHING_NEW"));
	CHECK(!explain_is_not_tcp("IPV6_BAD_EXTHDR") && !explain_is_not_tcp("UDP_CSUM_NEW"));
	CHECK(!explain_is_not_tcp("") && !explain_is_not_tcp("SKB_DROP_REASON_"));
}

TEST(ends_of_lists_are_no_reasons)
{
	CHECK(explain_is_marker("QDISC_DROP_MAX") && explain_is_marker("OVS_DROP_MAX"));
	CHECK(explain_is_marker("QDISC_DROP_UNSPEC") && explain_is_marker("__QDISC_DROP_REASON"));
	FOR_EACH_ROW(table, row)
	CHECK_STR(explain_is_marker(row->name) ? row->name : "", "");
}

TEST(every_state_and_event_of_the_tool_is_explained)
{
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		CHECK(explain_find(EXPLAIN_STATE, state_name(state)));
	for (unsigned int state = 0; ca_state_name(state); state++)
		CHECK(explain_find(EXPLAIN_CA_STATE, ca_state_name(state)));
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++)
		CHECK(explain_find(EXPLAIN_EVENT, event_kind_name(kind)));
}

TEST(prefix_of_its_class_is_accepted_and_of_another_is_not)
{
	CHECK(explain_find(EXPLAIN_DROP, "skb_drop_reason_no_socket"));
	CHECK(explain_find(EXPLAIN_RESET, "SK_RST_REASON_NO_SOCKET"));
	CHECK(!explain_find(EXPLAIN_DROP, "SK_RST_REASON_NO_SOCKET"));
	CHECK(!explain_find(EXPLAIN_RESET, "SKB_DROP_REASON_NO_SOCKET"));
	CHECK(!explain_find(EXPLAIN_STATE, "SKB_DROP_REASON_CLOSE"));
	CHECK_STR(explain_without_prefix("SKB_DROP_REASON_X"), "X");
	CHECK_STR(explain_without_prefix("Sk_Rst_Reason_"), "");
	CHECK_STR(explain_without_prefix("SKB_DROP"), "SKB_DROP");
}

TEST(unknown_names_have_no_explanation)
{
	static const char *const names[] = { "", "NO_SOCKE", "NO_SOCKET ", "SKB_DROP_REASON_" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (enum explain_class class = 0; class < EXPLAIN_CLASSES; class ++)
			CHECK(!explain_find(class, names[i]));
	}
}

static bool suggests(const char *word, const char *want)
{
	struct strbuf names = { 0 };
	bool same;

	explain_suggest(word, &names);
	same = strcmp(strbuf_string(&names), want) == 0;
	if (!same)
		printf("# %s: %s\n", word, strbuf_string(&names));
	strbuf_free(&names);
	return same;
}

TEST(similar_names_are_suggested)
{
	CHECK(suggests("NO_SOKET", "NO_SOCKET"));
	CHECK(suggests("skb_drop_reason_netfliter_drop", "NETFILTER_DROP"));
	CHECK(suggests("overflow", "TCP_LISTEN_OVERFLOW, listen-overflow"));
	CHECK(suggests("keepalive", "TCP_KEEPALIVE_TIMEOUT"));
}

TEST(nothing_is_suggested_for_what_resembles_nothing)
{
	CHECK(suggests("", "") && suggests("SKB_DROP_REASON_", "") && suggests("x", ""));
	CHECK(suggests("zzzzzzzzzzzz", ""));
	CHECK(suggests("a_word_that_is_far_longer_than_any_name_of_a_reason", ""));
}

TEST(suggestions_are_few)
{
	struct strbuf names = { 0 };
	size_t commas = 0;

	explain_suggest("TCP", &names);
	for (const char *at = strbuf_string(&names); *at; at++)
		commas += *at == ',';
	CHECK(names.length && commas < 8);
	strbuf_free(&names);
}
