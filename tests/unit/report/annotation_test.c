// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/annotation.h"
#include "test.h"

#define HOSTILE	     "a\n\x1b[1m\" state=ESTABLISHED"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t random_state;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void set_value(struct drop_report *report, enum key key, const char *text, uint64_t number)
{
	if (key_table[key].type == VALUE_NUMBER)
		report_set_number(report, key, number);
	else
		report_set_text(report, key, text);
}

static bool same_values(const struct drop_report *a, const struct drop_report *b)
{
	for (enum key key = 0; key < KEY_COUNT; key++) {
		const struct value *left = &a->values[key], *right = &b->values[key];

		if (left->present != right->present)
			return false;
		if (!left->present)
			continue;
		if (key_table[key].type == VALUE_NUMBER ? left->number != right->number
							: strcmp(left->text, right->text) != 0)
			return false;
	}
	return true;
}

static bool round_trips(const struct drop_report *report)
{
	struct strbuf written = { 0 }, storage = { 0 };
	static struct drop_report parsed;
	bool same;

	annotation_format(report, &written);
	same = annotation_parse(strbuf_string(&written), &parsed, &storage) == 0 &&
	       same_values(report, &parsed);
	strbuf_free(&written);
	strbuf_free(&storage);
	return same;
}

/* Parses into a static report, whose texts live until the next call. */
static struct drop_report report;
static struct strbuf report_storage;

static int parse(const char *comment)
{
	return annotation_parse(comment, &report, &report_storage);
}

static size_t present_count(void)
{
	size_t count = 0;

	for (enum key key = 0; key < KEY_COUNT; key++)
		count += report.values[key].present;
	return count;
}

TEST(absent_keys_are_not_written)
{
	struct drop_report empty = { 0 };
	struct strbuf text = { 0 };

	annotation_format(&empty, &text);
	CHECK_STR(strbuf_string(&text), "tcpdropcap/1");
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
	CHECK(strncmp(strbuf_string(&text), "tcpdropcap/1", 12) == 0);
	cursor = strbuf_string(&text) + 12;
	for (enum key key = 0; key < KEY_COUNT; key++) {
		char want[64];
		int length = snprintf(want, sizeof(want), " %s=%s", key_table[key].name,
				      key_table[key].type == VALUE_NUMBER ? "7" : "x");

		CHECK(strncmp(cursor, want, (size_t)length) == 0);
		cursor += length;
	}
	CHECK_STR(cursor, "");
	strbuf_free(&text);
}

TEST(comment_is_appended)
{
	struct drop_report one = { 0 };
	struct strbuf text = { 0 };

	strbuf_add(&text, "before ");
	report_set_text(&one, KEY_event, "drop");
	report_set_number(&one, KEY_cpu, 0);
	annotation_format(&one, &text);
	CHECK_STR(strbuf_string(&text), "before tcpdropcap/1 event=drop cpu=0");
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
	CHECK(parse(strbuf_string(&text)) == 0);
	CHECK(present_count() == 1);
	CHECK_STR(report_text(&report, KEY_cpu_comm), HOSTILE);
	strbuf_free(&text);
}

TEST(parse_reads_values)
{
	CHECK(parse("tcpdropcap/1 event=drop reason=NETFILTER_DROP at=\"a b\" cpu=3") == 0);
	CHECK(present_count() == 4);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK_STR(report_text(&report, KEY_reason), "NETFILTER_DROP");
	CHECK_STR(report_text(&report, KEY_at), "a b");
	CHECK(report_number(&report, KEY_cpu) == 3);
	CHECK(parse("tcpdropcap/1") == 0);
	CHECK(present_count() == 0);
}

TEST(parse_takes_keys_in_any_order)
{
	CHECK(parse("tcpdropcap/1 cpu=3 event=drop") == 0);
	CHECK(report_number(&report, KEY_cpu) == 3);
	CHECK_STR(report_text(&report, KEY_event), "drop");
}

TEST(foreign_comments_are_told_apart)
{
	static const char *const foreign[] = {
		"",
		"hello",
		"tcpdropcap",
		"tcpdropcap/",
		"tcpdropcap/2 event=drop",
		"tcpdropcap/10 event=drop",
		"tcpdropcap/1.1",
		"Tcpdropcap/1",
		" tcpdropcap/1",
		"tcpdropcap/1event=drop",
		"stack 12\n  tcp_v4_rcv+0x10",
	};

	for (size_t i = 0; i < COUNT(foreign); i++)
		CHECK(parse(foreign[i]) == -ENOENT);
}

TEST(unknown_keys_are_passed_over)
{
	CHECK(parse("tcpdropcap/1 future=\"x =\\\" y\" event=drop other=1 other=2 cpu=9") == 0);
	CHECK(present_count() == 2);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK(report_number(&report, KEY_cpu) == 9);
	CHECK(parse("tcpdropcap/1 events=drop even=drop") == 0);
	CHECK(present_count() == 0);
}

TEST(duplicate_key_is_damage)
{
	CHECK(parse("tcpdropcap/1 cpu=1 cpu=2") == -EINVAL);
	CHECK(report_number(&report, KEY_cpu) == 1);
	CHECK(parse("tcpdropcap/1 event=drop event=drop") == -EINVAL);
	CHECK_STR(report_text(&report, KEY_event), "drop");
}

TEST(junk_numbers_are_damage)
{
	static const char *const junk[] = {
		"x",   "1x",   "-1",	 "+1",	   "0x1",      "1.5",
		"1e3", "\"\"", "\" 1\"", "\"1 \"", "\"1\\n\"", "\"-0\""
	};

	for (size_t i = 0; i < COUNT(junk); i++) {
		char comment[64];

		snprintf(comment, sizeof(comment), "tcpdropcap/1 event=drop cpu=%s", junk[i]);
		CHECK(parse(comment) == -EINVAL);
		CHECK(!report.values[KEY_cpu].present);
		CHECK_STR(report_text(&report, KEY_event), "drop");
	}
}

TEST(number_overflow_is_damage)
{
	CHECK(parse("tcpdropcap/1 bytes_acked=18446744073709551615") == 0);
	CHECK(report_number(&report, KEY_bytes_acked) == UINT64_MAX);
	CHECK(parse("tcpdropcap/1 bytes_acked=18446744073709551616") == -EINVAL);
	CHECK(parse("tcpdropcap/1 bytes_acked=99999999999999999999999") == -EINVAL);
}

TEST(damage_keeps_the_values_before_it)
{
	static const char *const damage[] = { "cpu",	 "cpu=",       "=1",	  " cpu=1",
					      "",	 "cpu=\"1",    "cpu=1\n", "cpu=\"1\"x",
					      "at=a\"b", "at=\"\\q\"", "at=a=b",  "\n" };

	for (size_t i = 0; i < COUNT(damage); i++) {
		char comment[64];

		snprintf(comment, sizeof(comment), "tcpdropcap/1 event=drop %s", damage[i]);
		CHECK(parse(comment) == -EINVAL);
		CHECK_STR(report_text(&report, KEY_event), "drop");
	}
}

/* In a child of its own: a read behind the string ends at an unmapped page. */
static bool child_parses_at_page_end(const char *comment)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = strlen(comment) + 1;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		close(STDERR_FILENO);
		if (map == MAP_FAILED || mprotect(map + page, page, PROT_NONE))
			_exit(1);
		parse(memcpy(map + page - size, comment, size));
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

TEST(parse_stays_in_a_comment_cut_anywhere)
{
	static const char whole[] = "tcpdropcap/1 event=drop at=\"a b\\x1b\\n\" cpu=3";

	for (size_t length = 0; length < sizeof(whole); length++) {
		char cut[sizeof(whole)] = { 0 };

		memcpy(cut, whole, length);
		CHECK(child_parses_at_page_end(cut));
	}
}

TEST(whatever_parses_round_trips)
{
	static const char whole[] =
		"tcpdropcap/1 event=drop reason_code=2 at=\"a b\\x1b\\n\" cpu=3 cpu_comm=x";

	random_state = 0x9e3779b9;
	for (int round = 0; round < 100000; round++) {
		char mutant[sizeof(whole) + 1] = { 0 }; /* ends in two zeros */

		memcpy(mutant, whole, sizeof(whole));
		for (uint64_t i = next_random() % 4; i-- > 0;)
			mutant[next_random() % (sizeof(whole) - 1)] = (char)(next_random() % 256);
		if (parse(mutant) == 0)
			CHECK(round_trips(&report));
	}
}

TEST(stack_comment_is_written_where_the_packet_has_its_own)
{
	struct drop_report one = { .frames = "  a+0x1 [m]\n  b+0x2" };
	struct strbuf text = { 0 };

	report_set_number(&one, KEY_stack_id, 12);
	CHECK(!annotation_format_stack(&one, &text));
	report_set_text(&one, KEY_stack, "sampled");
	CHECK(!annotation_format_stack(&one, &text));
	report_set_text(&one, KEY_stack, "none");
	CHECK(!annotation_format_stack(&one, &text));
	CHECK(text.length == 0);
	report_set_text(&one, KEY_stack, "own");
	CHECK(annotation_format_stack(&one, &text));
	CHECK_STR(strbuf_string(&text), "stack 12\n  a+0x1 [m]\n  b+0x2");
	one.frames = NULL;
	strbuf_clear(&text);
	CHECK(!annotation_format_stack(&one, &text));
	CHECK(text.length == 0);
	strbuf_free(&text);
}
