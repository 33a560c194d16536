// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "annotation_case.h"
#include "report/annotation.h"
#include "test.h"

#define HOSTILE	     "a\n\x1b[1m\" state=ESTABLISHED"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void set_value(struct drop_report *report, enum key key, const char *text, uint64_t number)
{
	if (key_table[key].type == VALUE_NUMBER)
		report_set_number(report, key, number);
	else
		report_set_text(report, key, text);
}

TEST(absent_keys_are_not_written)
{
	struct drop_report empty = { 0 };
	struct strbuf text = { 0 };

	annotation_format(&empty, &text);
	CHECK_STR(strbuf_string(&text), "tcpdropcap/2 Event:");
	strbuf_free(&text);
	CHECK(round_trips(&empty));
}

TEST(keys_are_written_in_the_order_of_the_table)
{
	struct drop_report full = { 0 };
	struct strbuf text = { 0 };
	const char *cursor;

	for (enum key key = KEY_COUNT; key-- > 0;)
		set_value(&full, key, "x", 7);
	annotation_format(&full, &text);
	cursor = strbuf_string(&text);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		char want[64];

		snprintf(want, sizeof(want), " %s=%s", key_table[key].name,
			 key_table[key].type == VALUE_NUMBER ? "7" : "x");
		cursor = strstr(cursor, want);
		CHECK(cursor);
		if (!cursor)
			break;
		cursor += strlen(want);
	}
	strbuf_free(&text);
}

TEST(keys_of_a_group_follow_each_other)
{
	for (enum key key = 1; key < KEY_COUNT; key++)
		CHECK(key_table[key].group == key_table[key - 1].group ||
		      key_table[key].group == key_table[key - 1].group + 1);
	CHECK(key_table[0].group == 0 && key_table[KEY_COUNT - 1].group == GROUP_COUNT - 1);
}

/* The comments of a text, one to a line of the result: "LENGTH TITLE:" each. */
static const char *comment_heads(const struct strbuf *text)
{
	static char heads[1024];
	const char *cursor = strbuf_string(text), *comment;
	size_t length, used = 0;

	heads[0] = '\0';
	while ((comment = annotation_next(&cursor, &length)) && used < sizeof(heads) - 64)
		used += (size_t)snprintf(heads + used, sizeof(heads) - used,
					 "%s%.*s:", used ? "|" : "", (int)strcspn(comment, ":"),
					 comment);
	return heads;
}

static size_t longest_comment(const struct strbuf *text)
{
	const char *cursor = strbuf_string(text);
	size_t length, longest = 0;

	while (annotation_next(&cursor, &length))
		longest = length > longest ? length : longest;
	return longest;
}

TEST(first_comment_reads_as_a_sentence)
{
	struct drop_report one = { 0 };
	struct strbuf text = { 0 };

	report_set_text(&one, KEY_event, "drop");
	report_set_text(&one, KEY_reason, "NETFILTER_DROP");
	report_set_text(&one, KEY_at, "nft_do_chain+0x3b8");
	report_set_text(&one, KEY_state, "ESTABLISHED");
	report_set_number(&one, KEY_owner_pid, 812);
	report_set_text(&one, KEY_owner, "nginx");
	report_set_number(&one, KEY_cpu, 0);
	annotation_format(&one, &text);
	CHECK_STR(strbuf_string(&text),
		  "tcpdropcap/2 Packet dropped: event=drop reason=NETFILTER_DROP "
		  "at=nft_do_chain+0x3b8 state=ESTABLISHED owner_pid=812 owner=nginx cpu=0");
	strbuf_free(&text);
}

TEST(title_names_the_event)
{
	static const struct {
		const char *event, *dir, *err, *title;
	} cases[] = {
		{ "drop", "in", NULL, "Packet dropped" },
		{ "retransmit", "out", NULL, "Segment retransmitted" },
		{ "retransmit", "out", "EHOSTUNREACH", "Retransmission failed" },
		{ "synack", "out", NULL, "SYN-ACK retransmitted" },
		{ "tlp", "out", NULL, "Loss probe sent" },
		{ "reset", "out", NULL, "Reset sent" },
		{ "reset", "in", NULL, "Reset received" },
		{ "state", NULL, NULL, "State changed" },
		{ "life", NULL, NULL, "Connection ended" },
		{ "teleport", NULL, NULL, "Event" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct drop_report one = { 0 };
		struct strbuf text = { 0 };
		char want[64];

		report_set_text(&one, KEY_event, cases[i].event);
		if (cases[i].dir)
			report_set_text(&one, KEY_dir, cases[i].dir);
		if (cases[i].err)
			report_set_text(&one, KEY_err, cases[i].err);
		annotation_format(&one, &text);
		snprintf(want, sizeof(want), "tcpdropcap/2 %s:", cases[i].title);
		CHECK_STR(comment_heads(&text), want);
		strbuf_free(&text);
	}
}

/* A report of which each key of the groups up to this one has a value of so many bytes. */
static struct drop_report filled(enum key_group last, size_t bytes)
{
	static char value[256];
	struct drop_report full = { 0 };

	memset(value, 'v', bytes);
	value[bytes] = '\0';
	for (enum key key = 0; key < KEY_COUNT && key_table[key].group <= last; key++)
		set_value(&full, key, key == KEY_event ? "drop" : value, 12345678);
	return full;
}

TEST(group_stays_in_one_comment_where_it_fits)
{
	struct drop_report full = filled(GROUP_SOCKET, 10);
	struct strbuf text = { 0 };

	/* No event has a cause and a queue discipline, or queues of a listener and a subflow. */
	for (enum key key = KEY_qdisc; key <= KEY_tx_queue; key++)
		report_unset(&full, key);
	for (enum key key = KEY_mptcp_token; key <= KEY_mptcp_remote_id; key++)
		report_unset(&full, key);
	annotation_format(&full, &text);
	CHECK_STR(comment_heads(&text),
		  "tcpdropcap/2 Packet dropped:|tcpdropcap/2 Owner:|tcpdropcap/2 Connection:|"
		  "tcpdropcap/2 Verdict:");
	CHECK(strstr(strbuf_string(&text), "Connection: duration_us=") &&
	      strstr(strbuf_string(&text), "Verdict: verdict="));
	CHECK(longest_comment(&text) <= COMMENT_MAX);
	CHECK(round_trips(&full));
	strbuf_free(&text);
}

TEST(no_comment_is_longer_than_wireshark_shows)
{
	for (size_t bytes = 0; bytes < 256; bytes++) {
		struct drop_report full = filled(GROUP_STACK, bytes);
		struct strbuf text = { 0 };

		annotation_format(&full, &text);
		CHECK(longest_comment(&text) <= 239);
		CHECK(!strchr(strbuf_string(&text), '[') || bytes > 200);
		CHECK(round_trips(&full));
		strbuf_free(&text);
	}
}

TEST(comment_that_fits_exactly_is_not_split)
{
	char value[COMMENT_MAX] = { 0 };
	size_t head = strlen("tcpdropcap/2 Packet dropped: event=drop at=");
	struct drop_report one = { 0 };
	struct strbuf text = { 0 };

	memset(value, 'v', COMMENT_MAX - head);
	report_set_text(&one, KEY_event, "drop");
	report_set_text(&one, KEY_at, value);
	annotation_format(&one, &text);
	CHECK(text.length == COMMENT_MAX);
	CHECK_STR(comment_heads(&text), "tcpdropcap/2 Packet dropped:");
	value[COMMENT_MAX - head] = 'v';
	strbuf_clear(&text);
	annotation_format(&one, &text);
	CHECK_STR(comment_heads(&text), "tcpdropcap/2 Packet dropped:|tcpdropcap/2 Event:");
	CHECK(round_trips(&one));
	strbuf_free(&text);
}

TEST(value_longer_than_a_comment_is_split_between_characters)
{
	struct drop_report one = { 0 };
	struct strbuf text = { 0 };
	char value[1201] = { 0 };
	const char *cursor, *comment;
	size_t length, parts = 0;

	for (size_t i = 0; i + 3 < sizeof(value); i += 3)
		memcpy(value + i, "\xe2\x82\xac", 3); /* the euro sign */
	report_set_text(&one, KEY_event, "drop");
	report_set_text(&one, KEY_cgroup, value);
	report_set_number(&one, KEY_netns, 7);
	annotation_format(&one, &text);
	cursor = strbuf_string(&text);
	while ((comment = annotation_next(&cursor, &length))) {
		CHECK(length <= COMMENT_MAX);
		CHECK(!memmem(comment, length, "\\x", 2));
		parts += memmem(comment, length, " cgroup[", 8) != NULL;
	}
	CHECK(parts == 7);
	CHECK(strstr(strbuf_string(&text), "\ntcpdropcap/2 Socket: cgroup[7/7]="));
	CHECK(strstr(strbuf_string(&text), "\ntcpdropcap/2 Socket: netns=7"));
	CHECK(round_trips(&one));
	strbuf_free(&text);
}

TEST(comments_are_appended)
{
	struct drop_report one = { 0 };
	struct strbuf text = { 0 };

	strbuf_add(&text, "before");
	report_set_text(&one, KEY_event, "drop");
	report_set_number(&one, KEY_cpu, 0);
	annotation_format(&one, &text);
	CHECK_STR(strbuf_string(&text), "before\ntcpdropcap/2 Packet dropped: event=drop cpu=0");
	strbuf_free(&text);
}

TEST(report_with_every_key_round_trips)
{
	struct drop_report full = { 0 };

	for (enum key key = 0; key < KEY_COUNT; key++)
		set_value(&full, key, HOSTILE, UINT64_MAX - key);
	CHECK(round_trips(&full));
	for (enum key key = 0; key < KEY_COUNT; key++)
		set_value(&full, key, "", 0);
	CHECK(round_trips(&full));
}

TEST(each_key_alone_round_trips)
{
	static const char *const texts[] = {
		"",   " ",    "=",   "\"",    "\\",    "\\n",	       "\n",
		"\t", "\xff", "a b", "\"a\"", HOSTILE, "tcpdropcap/1", "caf\xc3\xa9"
	};

	for (enum key key = 0; key < KEY_COUNT; key++) {
		for (size_t i = 0; i < COUNT(texts); i++) {
			struct drop_report one = { 0 };

			set_value(&one, key, texts[i], i);
			CHECK(round_trips(&one));
		}
	}
}

TEST(long_texts_round_trip)
{
	struct drop_report full = { 0 };
	char text[5000];

	memset(text, '"', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (enum key key = 0; key < KEY_COUNT; key++)
		set_value(&full, key, text + key * 16, key);
	CHECK(round_trips(&full));
}

TEST(hostile_text_forges_no_key_and_no_line)
{
	struct drop_report one = { 0 };
	struct strbuf text = { 0 };

	report_set_text(&one, KEY_cpu_comm, HOSTILE);
	annotation_format(&one, &text);
	for (size_t i = 0; i < text.length; i++)
		CHECK(text.data[i] >= 0x20 && text.data[i] < 0x7f);
	CHECK_STR(comment_heads(&text), "tcpdropcap/2 Event:");
	CHECK(parse(strbuf_string(&text)) == 0);
	CHECK(present_count() == 1);
	CHECK_STR(report_text(&parsed, KEY_cpu_comm), HOSTILE);
	strbuf_free(&text);
}

/* The name leaves room for length bytes of a value in a comment. */
static bool splits_with_room(size_t length)
{
	static char unknown[512], part[32];
	struct strbuf text = { 0 };
	struct drop_report other = { .unknown = unknown };
	size_t name = COMMENT_MAX - strlen("tcpdropcap/2 Other:[99999/99999] =") - length;
	bool found;

	memset(unknown, 0, sizeof(unknown));
	memset(unknown, 'n', name);
	memset(unknown + name + 1, '\n', 64);
	annotation_format(&other, &text);
	snprintf(part, sizeof(part), "[1/");
	found = strstr(strbuf_string(&text), part) && !text.failed;
	strbuf_free(&text);
	return found;
}

TEST(value_is_split_however_little_room_its_name_leaves)
{
	for (size_t length = 0; length <= 16; length++)
		CHECK(splits_with_room(length));
}
