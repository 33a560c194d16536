// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"
#include "top/top_order.h"

/* Returns the addresses of the sockets in that order, as digits. */
static const char *ordered(enum top_sort sort)
{
	static char digits[4];
	struct top_row a = { .rx_bytes = 10, .tx_bytes = 20, .retransmits = 1, .drops = 7 };
	struct top_row b = { .rx_bytes = 25, .tx_bytes = 1, .retransmits = 3, .drops = 7 };
	struct top_row c = { .rx_bytes = 2, .tx_bytes = 18, .retransmits = 2, .drops = 9 };
	struct top_row *rows[] = { &c, &b, &a };

	a.sample.id.address = 1;
	a.sample.srtt_us = 500;
	b.sample.id.address = 2;
	b.sample.srtt_us = 90;
	c.sample.id.address = 3;
	c.sample.srtt_us = 1000000;
	top_order(rows, 3, sort);
	for (int i = 0; i < 3; i++)
		digits[i] = (char)('0' + rows[i]->sample.id.address);
	return digits;
}

TEST(connections_are_sorted_by_each_key_the_largest_first)
{
	CHECK_STR(ordered(TOP_SORT_BOTH), "123");
	CHECK_STR(ordered(TOP_SORT_RX), "213");
	CHECK_STR(ordered(TOP_SORT_TX), "132");
	CHECK_STR(ordered(TOP_SORT_RETRANS), "231");
	CHECK_STR(ordered(TOP_SORT_DROPS), "312");
	CHECK_STR(ordered(TOP_SORT_RTT), "312");
}

TEST(equal_connections_keep_their_places)
{
	struct top_row one = { .rx_bytes = 1 }, other = { .tx_bytes = 1 };
	struct top_row *rows[] = { &one, &other };

	one.sample.id.address = 2;
	other.sample.id.address = 1;
	top_order(rows, 2, TOP_SORT_BOTH);
	CHECK(rows[0] == &other);
	top_order(rows, 2, TOP_SORT_BOTH);
	CHECK(rows[0] == &other);
}

TEST(a_pid_chooses_the_connections_that_it_owns)
{
	struct filter filter = { .pids = { 5, 6 }, .pid_count = 2 };
	struct filter none = { 0 };
	struct top_row row = { .owner = { .known = true, .pid = 6 } };

	CHECK(top_requests_pid(&filter, &row) && top_requests_pid(&none, &row));
	row.owner.pid = 7;
	CHECK(!top_requests_pid(&filter, &row));
	row.owner = (struct top_owner){ .known = false, .pid = 6 };
	CHECK(!top_requests_pid(&filter, &row) && top_requests_pid(&none, &row));
}

TEST(the_path_of_a_cgroup_chooses_it_and_those_below_it)
{
	CHECK(top_requests_cgroup("/a/b", "/a/b") && top_requests_cgroup("/a/b", "/a/b/c"));
	CHECK(top_requests_cgroup("/a/b/", "/a/b") && top_requests_cgroup("/", "/a"));
	CHECK(!top_requests_cgroup("/a/b", "/a/bc") && !top_requests_cgroup("/a/b", "/a"));
	CHECK(!top_requests_cgroup("/b", "/a/b"));
}

TEST(a_part_of_a_path_chooses_all_that_contain_it)
{
	CHECK(top_requests_cgroup("docker", "/system.slice/docker-12.scope"));
	CHECK(!top_requests_cgroup("docker", "/system.slice"));
	CHECK(top_requests_cgroup(NULL, NULL) && !top_requests_cgroup("a", NULL));
}
