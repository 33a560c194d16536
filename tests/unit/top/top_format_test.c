// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "test.h"
#include "top/top_format.h"

#define ESTABLISHED 1

static struct top_row row(int family, const char *local, const char *remote)
{
	struct top_row made = {
		.sample = { .family = family,
			    .local_port = 80,
			    .remote_port = 54321,
			    .srtt_us = 12345,
			    .netns = 4026531840,
			    .uid = 33,
			    .state = ESTABLISHED,
			    .has_cgroup = true,
			    .cgroup_id = 1 },
		.owner = { .known = true, .is_current = true, .pid = 4321, .comm = "server" },
		.rx_bytes = 2047,
		.tx_bytes = 1048576,
		.retransmits = 3,
		.drops = 5,
	};

	inet_pton(family, local, made.sample.local);
	inet_pton(family, remote, made.sample.remote);
	return made;
}

static const char *path_of(void *context, uint64_t id)
{
	return id == 1 ? context : NULL;
}

static struct strbuf text;

/* The table of these rows in a terminal of that width. */
static const char *table(struct top_row *one, struct top_row *two, unsigned int width,
			 const char *path)
{
	struct top_row *rows[] = { one, two };
	struct top_block block = {
		.rows = rows, .count = two ? 2 : 1, .cgroup_path = path_of, .context = (void *)path
	};

	strbuf_clear(&text);
	top_format_table(&text, &block, width, false);
	return strbuf_string(&text);
}

/* The longest line of a text of ASCII. */
static size_t widest(const char *lines)
{
	size_t width = 0;

	for (; *lines; lines += strcspn(lines, "\n") + 1) {
		if (strcspn(lines, "\n") > width)
			width = strcspn(lines, "\n");
	}
	return width;
}

TEST(eighty_columns_have_the_columns_of_tcptop)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "192.168.100.200");

	CHECK_STR(
		table(&one, NULL, 80, "/"),
		"PID     COMM         LADDR                 RADDR                  RX_KB  TX_KB\n"
		"4321    server       10.0.0.1:80           192.168.100.200:54321      1   1024\n");
}

TEST(a_narrow_terminal_has_no_local_address_and_then_no_name)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");

	CHECK_STR(table(&one, NULL, 60, "/"),
		  "PID     COMM         RADDR                  RX_KB  TX_KB\n"
		  "4321    server       10.0.0.2:54321             1   1024\n");
	CHECK_STR(table(&one, NULL, 50, "/"), "PID     RADDR                  RX_KB  TX_KB\n"
					      "4321    10.0.0.2:54321             1   1024\n");
}

TEST(a_wide_terminal_has_all_columns)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");

	CHECK_STR(table(&one, NULL, 132, "/a"),
		  "PID     COMM         LADDR                 RADDR                  RX_KB  TX_KB"
		  "  RETR  RTT_MS SKDROP STATE       CGROUP\n"
		  "4321    server       10.0.0.1:80           10.0.0.2:54321             1   1024"
		  "     3  12.345      5 ESTABLISHED /a\n");
}

TEST(no_line_is_wider_than_the_terminal)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "192.168.100.200");
	struct top_row two = row(AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666",
				 "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");

	two.rx_bytes = 123456789012345;
	strcpy(two.owner.comm, "a_name_of_15_ch");
	for (unsigned int width = 40; width < 200; width++)
		CHECK(widest(table(&one, &two, width, "/a/long/path/of/a/cgroup.slice")) <= width);
}

TEST(an_ipv6_address_leaves_the_columns_where_they_are)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");
	struct top_row two = row(AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666",
				 "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");

	CHECK_STR(
		table(&one, &two, 80, "/"),
		"PID     COMM         LADDR                 RADDR                    RX_KB  TX_KB\n"
		"4321    server       10.0.0.1:80           10.0.0.2:54321               1   1024\n"
		"4321    server       [2001:db8~55:6666]:80 [2001:db~ee:ffff]:54321      1   1024\n");
}

TEST(a_wide_terminal_shows_ipv6_addresses_whole)
{
	struct top_row two = row(AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666",
				 "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
	const char *got = table(&two, NULL, 180, "/");

	CHECK(strstr(got, "[2001:db8:1111:2222:3333:4444:5555:6666]:80"));
	CHECK(strstr(got, "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:54321"));
}

TEST(without_a_terminal_nothing_is_shortened)
{
	struct top_row two = row(AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666",
				 "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
	const char *path =
		"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod12345678"
		"_1234_1234_1234_123456789012.slice/cri-containerd-0123456789abcdef.scope";
	const char *got = table(&two, NULL, 0, path);

	CHECK(strstr(got, path) && !strchr(got, '~'));
	CHECK(strstr(got, "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:54321"));
}

TEST(a_long_cgroup_is_shown_by_its_last_part)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");
	const char *got = table(&one, NULL, 130, "/system.slice/docker-0123456789abcdef.scope");

	CHECK(strstr(got, "ESTABLISHED ~/docker-01234567~\n"));
}

TEST(numbers_are_never_shortened)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");
	const char *got;

	one.tx_bytes = 1234567890123456;
	got = table(&one, NULL, 80, "/");
	CHECK(strstr(got, " 1205632705198\n") && widest(got) <= 80);
}

TEST(names_from_outside_are_escaped)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");
	const char *got;

	strcpy(one.owner.comm, "\033[2Jx\n");
	got = table(&one, NULL, 0, "/a\033b\n");
	CHECK(strstr(got, "\\x1b[2Jx\\n") && strstr(got, "/a\\x1bb\\n"));
	CHECK(!strchr(got, '\033'));
	got = table(&one, NULL, 80, "/");
	CHECK(!strchr(got, '\033') && strstr(got, "\\x1b[2Jx\\n "));
}

TEST(a_character_of_several_bytes_is_one_column_and_is_not_cut)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");

	strcpy(one.owner.comm, "öö");
	CHECK(strstr(table(&one, NULL, 80, "/"), "4321    öö           10.0.0.1:80 "));
	CHECK(strstr(table(&one, NULL, 122, "/öööööööööööööö"), " /öööööööö~\n"));
}

TEST(what_is_unknown_is_a_dash)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");

	one.owner.known = false;
	one.sample.srtt_us = 0;
	one.sample.cgroup_id = 2;
	CHECK_STR(table(&one, NULL, 132, "/a") + strcspn(strbuf_string(&text), "\n") + 1,
		  "-       -            10.0.0.1:80           10.0.0.2:54321             1   1024"
		  "     3       -      5 ESTABLISHED -\n");
}

TEST(json_has_exact_numbers_and_no_unknown_key)
{
	struct top_row one = row(AF_INET, "10.0.0.1", "10.0.0.2");
	struct top_row two = row(AF_INET6, "::1", "fe80::1");
	struct top_row *rows[] = { &one, &two };
	struct top_block block = { .rows = rows,
				   .count = 2,
				   .cgroup_path = path_of,
				   .context = "/a\"b",
				   .time_ns = 1500000000000000042,
				   .interval_ns = 1000600000 };

	two.owner.known = false;
	two.sample.has_cgroup = false;
	two.sample.srtt_us = 0;
	strbuf_clear(&text);
	top_format_json(&text, &block);
	CHECK_STR(
		strbuf_string(&text),
		"{\"time\":1500000000.000000042,\"interval_ms\":1001,\"local\":\"10.0.0.1\","
		"\"lport\":80,\"remote\":\"10.0.0.2\",\"rport\":54321,\"rx_bytes\":2047,"
		"\"tx_bytes\":1048576,\"retrans\":3,\"sk_drops\":5,\"srtt_us\":12345,"
		"\"state\":\"ESTABLISHED\",\"owner_pid\":4321,\"owner\":\"server\","
		"\"owner_src\":\"exact\",\"uid\":33,\"cgroup\":\"/a\\\"b\",\"netns\":4026531840}\n"
		"{\"time\":1500000000.000000042,\"interval_ms\":1001,\"local\":\"::1\","
		"\"lport\":80,\"remote\":\"fe80::1\",\"rport\":54321,\"rx_bytes\":2047,"
		"\"tx_bytes\":1048576,\"retrans\":3,\"sk_drops\":5,"
		"\"state\":\"ESTABLISHED\",\"uid\":33,\"netns\":4026531840}\n");
}

TEST(the_summary_is_a_line_with_the_load_average)
{
	setenv("TZ", "UTC", 1);
	strbuf_clear(&text);
	top_format_summary(&text, 1500000000000000000, "0.10 0.20 0.30 1/234 567\n");
	CHECK_STR(strbuf_string(&text), "02:40:00 loadavg: 0.10 0.20 0.30 1/234 567\n");
}
