// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account/account_text.h"
#include "test.h"
#include "xorshift.h"

static struct account account;
static struct strbuf text;

static void add(const char *name, struct account_line line)
{
	struct account_line *added = account_add(&account);

	*added = line;
	strncpy(added->name, name, sizeof(added->name) - 1);
}

static void begin(void)
{
	account_free(&account);
	strbuf_clear(&text);
}

static const char *printed(bool all)
{
	strbuf_clear(&text);
	account_print(&account, all, &text);
	return strbuf_string(&text);
}

TEST(one_line_says_that_all_is_explained)
{
	begin();
	CHECK_STR(printed(false), "");
	add("TcpRetransSegs", (struct account_line){ .netns = 1, .counted = 3, .events = 3 });
	add("TcpRetransSegs", (struct account_line){ .netns = 2, .counted = 4, .events = 4 });
	add("TcpInCsumErrors", (struct account_line){ .netns = 2, .counted = 1, .events = 1 });
	CHECK_STR(printed(false), "account: events explain what the kernel counted: "
				  "7 TcpRetransSegs, 1 TcpInCsumErrors\n");
	CHECK_STR(printed(true),
		  "account: TcpRetransSegs: 3 counted in namespace 1, 3 in events\n"
		  "account: TcpRetransSegs: 4 counted in namespace 2, 4 in events\n"
		  "account: TcpInCsumErrors: 1 counted in namespace 2, 1 in events\n");
}

TEST(an_account_without_a_line_says_that_it_was_made)
{
	begin();
	account.read = 1;
	CHECK_STR(printed(false), "");
	CHECK_STR(printed(true), "account: the counters of 1 namespace were read\n");
	account.read = 2;
	CHECK_STR(printed(true), "account: the counters of 2 namespaces were read\n");
}

TEST(a_line_says_what_is_not_explained_and_where_to_look)
{
	begin();
	add("TcpExtTCPBacklogDrop", (struct account_line){ .netns = 1,
							   .counted = 5,
							   .doubt = 2,
							   .events = 3,
							   .missing = 2,
							   .state = ACCOUNT_UNEXPLAINED });
	CHECK_STR(printed(false),
		  "account: TcpExtTCPBacklogDrop: 5 to 7 counted in namespace 1, 3 in events, not "
		  "explained: 2; see: ss -tm shows the backlog (bl) of each socket\n");
}

TEST(a_line_says_why_the_account_is_open)
{
	begin();
	add("TcpInCsumErrors", (struct account_line){ .netns = 1,
						      .counted = 5,
						      .events = 3,
						      .missing = 2,
						      .state = ACCOUNT_OPEN,
						      .why = ACCOUNT_FILTERED });
	CHECK(strstr(printed(false), ", 2 may be among the filtered events; see: "));
}

TEST(counters_that_are_shared_take_one_line)
{
	begin();
	add("Ip6InDiscards",
	    (struct account_line){
		    .netns = 1, .counted = 5, .missing = 5, .state = ACCOUNT_SHARED });
	add("softnet drops",
	    (struct account_line){
		    .counted = 9, .events = 2, .missing = 7, .state = ACCOUNT_SHARED });
	add("rx_missed_errors",
	    (struct account_line){ .netns = 1, .counted = 4, .state = ACCOUNT_NOTED });
	CHECK_STR(printed(false), "account: not of TCP, or without an event: 5 Ip6InDiscards, "
				  "7 softnet drops (-v has more)\n");
	CHECK(strstr(printed(true), "softnet drops: 9 counted, 2 in events, 7 may be packets of "
				    "other protocols"));
}

TEST(packets_outside_of_skbs_have_a_line_for_each_device)
{
	const struct outside_count outside[] = {
		{ .kind = OUTSIDE_XDP_ABORTED, .netns = 1, .ifname = "eth0", .packets = 3 },
		{ .kind = OUTSIDE_XDP_REDIRECT, .packets = 2 },
		{ .kind = OUTSIDE_TRAP, .netns = 1, .ifname = "sw\x1b", .packets = 5 },
	};
	const char *printed_text;

	begin();
	for (size_t i = 0; i < 3; i++)
		account_add_outside(&account, &outside[i]);
	account.xdp = 2;
	printed_text = printed(false);
	CHECK(strstr(printed_text, "account: XDP aborted: 3 counted on eth0 in namespace 1 ("));
	CHECK(strstr(printed_text, "account: XDP redirect failed: 2 counted ("));
	CHECK(strstr(printed_text, "account: devlink trap: 5 counted on sw\\x1b in namespace 1 ("));
	CHECK(strstr(printed_text, "account: devices with XDP in their driver: 2;"));
	CHECK(account_unexplained(&account) == 0);
	account.xdp = 0;
}

TEST(each_kind_outside_of_skbs_has_a_row)
{
	for (int kind = 0; kind < OUTSIDE_KIND_COUNT; kind++) {
		const struct outside_count outside = { .kind = kind, .packets = 1 };

		begin();
		account_add_outside(&account, &outside);
		CHECK(account_row_find(account.lines[0].name));
	}
}

TEST(a_name_of_a_later_version_is_printed_without_control_characters)
{
	begin();
	add("\x1b[31mNew",
	    (struct account_line){ .counted = 5, .missing = 5, .state = ACCOUNT_UNEXPLAINED });
	CHECK_STR(printed(false),
		  "account: \\x1b[31mNew: 5 counted, 0 in events, not explained: 5\n");
}

TEST(json_has_an_object_for_each_counter)
{
	begin();
	add("qdisc drops", (struct account_line){ .netns = 1,
						  .counted = 5,
						  .doubt = 1,
						  .events = 3,
						  .missing = 2,
						  .state = ACCOUNT_SHARED });
	add("softnet drops",
	    (struct account_line){
		    .counted = 1, .missing = 1, .state = ACCOUNT_OPEN, .why = ACCOUNT_LOST });
	account_print_json(&account, &text);
	CHECK_STR(strbuf_string(&text),
		  "{\"account\":\"qdisc drops\",\"netns\":1,\"counted\":5,\"doubt\":1,\"events\":3,"
		  "\"state\":\"shared\",\"missing\":2}\n"
		  "{\"account\":\"softnet drops\",\"counted\":1,\"events\":0,\"state\":\"open\","
		  "\"missing\":1,\"why\":\"lost\"}\n");
}

/* Reads the comments of the text into *read. */
static int read_all(const char *comments, struct account *read)
{
	char *copy = strdup(comments), *rest = copy, *comment;
	int err = 0;

	while (!err && rest && *rest) {
		comment = strsep(&rest, "\n");
		err = account_read_comment(comment, read);
	}
	free(copy);
	return err;
}

TEST(comments_are_read_back)
{
	struct account read = { 0 };

	begin();
	for (int state = 0; state < ACCOUNT_STATE_COUNT; state++)
		add("qdisc drops",
		    (struct account_line){ .netns = UINT32_MAX,
					   .counted = UINT64_MAX,
					   .doubt = 1,
					   .events = 2,
					   .missing = 3,
					   .state = (enum account_state)state,
					   .why = state == ACCOUNT_OPEN ? ACCOUNT_UNPARSED
									: ACCOUNT_CLOSED });
	add("softnet drops", (struct account_line){ .counted = 1 });
	account_add_comments(&account, &text);
	CHECK(read_all(strbuf_string(&text), &read) == 0);
	CHECK(read.count == account.count);
	CHECK(memcmp(read.lines, account.lines, read.count * sizeof(*read.lines)) == 0);
	account_free(&read);
}

TEST(an_account_without_a_line_is_one_comment)
{
	struct account read = { 0 };

	begin();
	account_add_comments(&account, &text);
	CHECK_STR(strbuf_string(&text), "tcpdropcap account:\n");
	CHECK(read_all(strbuf_string(&text), &read) == 0);
	CHECK(read.count == 0);
}

TEST(other_and_damaged_comments_add_nothing)
{
	static const char head[] = "tcpdropcap account: counter=A counted=1 events=1 state=equal";
	static const char *const damaged[] = {
		"tcpdropcap account: ",
		"tcpdropcap account: counted=1",
		"tcpdropcap account: counter=",
		"tcpdropcap account: counter=A counted=-1",
		"tcpdropcap account: counter=A counted=18446744073709551616",
		"tcpdropcap account: counter=A netns=4294967296",
		"tcpdropcap account: counter=A state=none",
		"tcpdropcap account: counter=\"A",
		"tcpdropcap account: counter=A  counted=1",
		"tcpdropcap account:counter=A",
		"tcpdropcap account: counter=0123456789012345678901234567890123456789012345678901234567890123",
	};

	begin();
	CHECK(account_read_comment("", &account) == -ENOENT);
	CHECK(account_read_comment("tcpdropcap/2 drop", &account) == -ENOENT);
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		if (account_read_comment(damaged[i], &account) != -EINVAL)
			printf("# %s\n", damaged[i]);
		CHECK(account_read_comment(damaged[i], &account) == -EINVAL);
	}
	CHECK(account.count == 0);
	CHECK(account_read_comment(head, &account) == 0);
	CHECK(account_read_comment("tcpdropcap account: counter=B later=\"x y\" why=new",
				   &account) == 0);
	CHECK(account.count == 2);
	CHECK_STR(account.lines[1].name, "B");
}

/* No bytes may make the reader read past the end, or fail otherwise than it says. */
TEST(changed_comments_are_read_or_refused)
{
	static const char head[] = "tcpdropcap account: counter=\"q d\" netns=7 counted=1 doubt=2 "
				   "events=1 state=open missing=3 why=lost";
	uint64_t state = 20261127;
	char comment[sizeof(head)];

	begin();
	for (int i = 0; i < 200000; i++) {
		strcpy(comment, head);
		for (int j = 0; j < 3; j++)
			comment[19 + xorshift(&state) % (sizeof(head) - 20)] =
				(char)(xorshift(&state) % 127 + 1);
		if (i % 3 == 0)
			comment[19 + xorshift(&state) % (sizeof(head) - 20)] = '\0';
		int err = account_read_comment(comment, &account);

		CHECK(err == 0 || err == -EINVAL || err == -ENOENT);
		if (account.count > 1000)
			account_free(&account);
	}
	account_free(&account);
	strbuf_free(&text);
}

TEST(no_more_lines_than_an_account_can_have)
{
	begin();
	for (size_t i = 0; i < ACCOUNT_LINES_MAX; i++)
		add("A", (struct account_line){ .counted = 1 });
	CHECK(account_read_comment("tcpdropcap account: counter=B", &account) == -EINVAL);
	account_free(&account);
	strbuf_free(&text);
}
