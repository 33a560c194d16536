// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/annotation.h"
#include "report/annotation_reader.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t random_state;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static bool same_values(const struct drop_report *a, const struct drop_report *b)
{
	for (enum key key = 0; key < KEY_COUNT; key++) {
		const union value *left = &a->values[key], *right = &b->values[key];

		if (report_has(a, key) != report_has(b, key))
			return false;
		if (!report_has(a, key))
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

/* The same of one comment as it is in a file. */
static int parse_comment(const char *comment)
{
	static struct annotation_reader reader;

	annotation_reader_begin(&reader, &report);
	annotation_reader_take(&reader, comment, strlen(comment));
	return annotation_reader_end(&reader);
}

static size_t present_count(void)
{
	size_t count = 0;

	for (enum key key = 0; key < KEY_COUNT; key++)
		count += report_has(&report, key);
	return count;
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
		"tcpdropcap/2",
		"tcpdropcap/2event=drop",
		"tcpdropcap/3 Packet dropped: event=drop",
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

TEST(unknown_keys_are_no_values)
{
	CHECK(parse("tcpdropcap/1 future=\"x =\\\" y\" event=drop other=1 cpu=9") == 0);
	CHECK(present_count() == 2);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK(report_number(&report, KEY_cpu) == 9);
	CHECK(parse("tcpdropcap/1 events=drop even=drop") == 0);
	CHECK(present_count() == 0);
}

TEST(duplicate_key_is_damage)
{
	CHECK(parse("tcpdropcap/1 other=1 other=2 cpu=9") == -EINVAL);
	CHECK(report_number(&report, KEY_cpu) == 9);
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
		CHECK(!report_has(&report, KEY_cpu));
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
		for (int schema = 1; schema <= 2; schema++) {
			char comment[64];

			snprintf(comment, sizeof(comment), "tcpdropcap/%d%s event=drop %s", schema,
				 schema == 1 ? "" : " Event:", damage[i]);
			CHECK(parse_comment(comment) == -EINVAL);
			CHECK_STR(report_text(&report, KEY_event), "drop");
		}
	}
}

/* In a child process: a read after the end of the string hits an unmapped page. */
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
		parse_comment(memcpy(map + page - size, comment, size));
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static const char *const whole[] = {
	"tcpdropcap/1 event=drop reason_code=2 at=\"a b\\x1b\\n\" cpu=3 cpu_comm=x",
	"tcpdropcap/2 Event: event=drop at=\"a b\\x1b\\n\" cpu=3 owner[1/2]=a owner[2/2]=b",
	"tcpdropcap/2 Stack 12, frame 1 of 2, part 1/1:\n  a\n  b",
};

TEST(parse_stays_in_a_comment_cut_anywhere)
{
	for (size_t i = 0; i < COUNT(whole); i++) {
		for (size_t length = 0; length <= strlen(whole[i]); length++) {
			char cut[128] = { 0 };

			memcpy(cut, whole[i], length);
			CHECK(child_parses_at_page_end(cut));
		}
	}
}

TEST(each_parsed_text_round_trips)
{
	random_state = 0x9e3779b9;
	for (int round = 0; round < 100000; round++) {
		const char *text = whole[next_random() % COUNT(whole)];
		char mutant[128] = { 0 };

		strcpy(mutant, text);
		for (uint64_t i = next_random() % 4; i-- > 0;)
			mutant[next_random() % strlen(text)] = (char)(next_random() % 256);
		if (parse_comment(mutant) == 0)
			CHECK(round_trips(&report));
	}
}

TEST(unknown_keys_are_kept)
{
	static const char file[] = "tcpdropcap/2 Packet dropped: event=drop new=1 cpu=3 "
				   "later=\"a b\\x1b\" \x1b[1m=x new[=y";
	struct strbuf text = { 0 };

	CHECK(parse(file) == -EINVAL); /* the last two are no names */
	CHECK(parse("tcpdropcap/2 Event: new=1 cpu=3 later=\"a b\\x1b\"") == 0);
	annotation_format(&report, &text);
	CHECK_STR(strbuf_string(&text), "tcpdropcap/2 Event: cpu=3 new=1 later=\"a b\\x1b\"");
	strbuf_clear(&text);
	CHECK(parse("tcpdropcap/1 new=1 cpu=3 \"x=2") == 0);
	annotation_format(&report, &text);
	CHECK_STR(strbuf_string(&text), "tcpdropcap/2 Event: cpu=3 new=1");
	strbuf_free(&text);
}

TEST(comments_may_come_in_any_order)
{
	CHECK(parse("tcpdropcap/2 CPU: cpu=3 cpu_comm=b\ntcpdropcap/2 Packet dropped: event=drop\n"
		    "tcpdropcap/2 cgroup of a pod: cgroup[2/2]=b\n"
		    "tcpdropcap/2 Socket: cgroup[1/2]=\"a \" uid=0") == 0);
	CHECK(present_count() == 5);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK_STR(report_text(&report, KEY_cgroup), "a b");
	CHECK(report_number(&report, KEY_cpu) == 3);
}

TEST(damage_of_one_comment_leaves_the_others)
{
	CHECK(parse("tcpdropcap/2 Event: event=drop junk\ntcpdropcap/2 CPU: cpu=3") == -EINVAL);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK(report_number(&report, KEY_cpu) == 3);
	CHECK(parse("tcpdropcap/2 event=drop\ntcpdropcap/2 CPU: cpu=3") == -EINVAL);
	CHECK(!report_has(&report, KEY_event) && report_number(&report, KEY_cpu) == 3);
}

TEST(value_of_which_a_part_is_missing_is_absent)
{
	static const char *const faults[] = {
		"cgroup[1/2]=a",
		"cgroup[2/2]=b",
		"cgroup[1/2]=a cgroup[1/2]=a",
		"cgroup[1/2]=a cgroup[2/2]=b cgroup[2/2]=b",
		"cgroup[1/2]=a cgroup[2/3]=b",
		"cgroup[1/2]=a cgroup[2/2]=b cgroup=c",
		"cgroup[0/1]=a",
		"cgroup[2/1]=a",
		"cgroup[1/100000]=a",
		"cgroup[1/99999999999999999999]=a",
		"cgroup[1]=a",
		"cgroup[1/2=a",
		"cgroup[/]=a",
		"cgroup[1/1]x=a",
		"[1/1]=a",
		"cpu[1/2]=1 cpu[2/2]=x",
	};

	for (size_t i = 0; i < COUNT(faults); i++) {
		char comment[128];

		snprintf(comment, sizeof(comment), "tcpdropcap/2 Event: uid=5 %s", faults[i]);
		CHECK(parse(comment) == -EINVAL);
		CHECK(report_number(&report, KEY_uid) == 5);
		CHECK(!report_has(&report, KEY_cpu));
		CHECK(!report_has(&report, KEY_cgroup) ||
		      strcmp(report_text(&report, KEY_cgroup), "c") == 0);
	}
	CHECK(parse("tcpdropcap/2 Event: cpu[2/2]=2 cpu[1/2]=4") == 0);
	CHECK(report_number(&report, KEY_cpu) == 42);
}

TEST(unknown_keys_are_bounded)
{
	struct strbuf text = { 0 };

	strbuf_add(&text, "tcpdropcap/2 Event:");
	for (int i = 0; i < 65; i++)
		strbuf_addf(&text, " new%d=1", i);
	strbuf_add(&text, " cpu=3");
	CHECK(parse(strbuf_string(&text)) == -EINVAL);
	CHECK(report_number(&report, KEY_cpu) == 3);
	CHECK(strcmp(report.unknown, "new0") == 0);
	strbuf_free(&text);
}

TEST(unknown_key_in_parts_is_kept)
{
	struct strbuf text = { 0 };

	CHECK(parse("tcpdropcap/2 Event: new[1/2]=a new[2/2]=b") == 0);
	annotation_format(&report, &text);
	CHECK_STR(strbuf_string(&text), "tcpdropcap/2 Event: new=ab");
	strbuf_free(&text);
}
