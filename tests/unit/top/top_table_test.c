// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "test.h"
#include "top/top_table.h"

#define ROOM 100

static struct socket_sample sample(uint64_t address, uint64_t rx, uint64_t tx)
{
	return (struct socket_sample){
		.id = { address, address * 31 },
		.rx_bytes = rx,
		.tx_bytes = tx,
		.acked_bytes = tx,
	};
}

static struct socket_sample held(struct socket_sample base, uint32_t pid, const char *comm)
{
	base.has_holder = true;
	base.pid = pid;
	strcpy(base.comm, comm);
	return base;
}

static void add(struct top_table *table, struct socket_sample one)
{
	top_table_add(table, &one);
}

/* A table whose baseline has a connection at address 1, with 100 bytes each way. */
static struct top_table *with_baseline(void)
{
	struct top_table *table = top_table_new(NULL, 0, ROOM);

	top_table_begin_round(table);
	add(table, sample(1, 100, 100));
	top_table_end_namespaces(table);
	top_table_end_baseline(table);
	return table;
}

static struct top_row **rows;
static size_t count;

/* The rows of the round, in `rows` and `count`; freed by the next call. */
static void read_rows(struct top_table *table)
{
	free(rows);
	top_table_rows(table, &rows, &count);
}

TEST(a_row_has_what_was_moved_since_the_round_before)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	add(table, sample(1, 107, 103));
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 7 && rows[0]->tx_bytes == 3);
	top_table_begin_round(table);
	add(table, sample(1, 107, 113));
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 0 && rows[0]->tx_bytes == 10);
	top_table_free(table);
}

TEST(what_was_moved_before_the_baseline_does_not_count)
{
	struct top_table *table = with_baseline();

	read_rows(table);
	CHECK(count == 0);
	top_table_begin_round(table);
	add(table, sample(1, 100, 100));
	read_rows(table);
	CHECK(count == 0);
	top_table_free(table);
}

TEST(a_connection_that_comes_after_the_baseline_counts_with_all_its_bytes)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	add(table, sample(2, 5000, 60));
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 5000 && rows[0]->tx_bytes == 60);
	top_table_free(table);
}

TEST(two_samples_of_one_round_count_once)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	add(table, sample(1, 110, 100));
	add(table, sample(1, 112, 100));
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 12);
	top_table_begin_round(table);
	add(table, sample(1, 113, 100));
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 1);
	top_table_free(table);
}

TEST(a_round_that_misses_a_connection_shows_nothing_and_loses_nothing)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	top_table_end_namespaces(table);
	read_rows(table);
	CHECK(count == 0 && top_table_size(table) == 1);
	top_table_begin_round(table);
	add(table, sample(1, 150, 100));
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 50);
	top_table_free(table);
}

TEST(two_scans_of_all_namespaces_without_a_connection_forget_it)
{
	struct top_table *table = with_baseline();

	top_table_end_namespaces(table);
	CHECK(top_table_size(table) == 1);
	top_table_end_namespaces(table);
	CHECK(top_table_size(table) == 0);
	top_table_free(table);
}

TEST(a_scan_of_files_keeps_a_connection)
{
	struct top_table *table = with_baseline();

	for (int i = 0; i < 5; i++) {
		top_table_begin_files(table);
		add(table, held(sample(1, 100, 100), 7, "a"));
		top_table_end_namespaces(table);
	}
	CHECK(top_table_size(table) == 1);
	top_table_free(table);
}

TEST(counters_that_went_backwards_are_of_a_new_connection)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	add(table, sample(1, 40, 200));
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 40 && rows[0]->tx_bytes == 200);
	top_table_free(table);
}

TEST(another_cookie_is_another_connection_though_its_counters_are_greater)
{
	struct top_table *table = top_table_new(NULL, 0, ROOM);
	struct socket_sample one = sample(1, 100, 100);

	one.cookie = 11;
	top_table_begin_round(table);
	add(table, one);
	top_table_end_baseline(table);
	one = sample(1, 130, 120);
	one.cookie = 12;
	top_table_begin_round(table);
	add(table, one);
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 130 && rows[0]->tx_bytes == 120);
	top_table_free(table);
}

TEST(the_first_cookie_of_a_connection_does_not_make_it_another)
{
	struct top_table *table = with_baseline();
	struct socket_sample one = sample(1, 101, 100);

	one.cookie = 5;
	top_table_begin_round(table);
	add(table, one);
	read_rows(table);
	CHECK(count == 1 && rows[0]->rx_bytes == 1);
	top_table_free(table);
}

TEST(with_the_same_cookie_smaller_counters_count_as_nothing)
{
	struct top_table *table = top_table_new(NULL, 0, ROOM);
	struct socket_sample one = sample(1, 100, 100);

	one.cookie = 11;
	top_table_begin_round(table);
	add(table, one);
	top_table_end_baseline(table);
	top_table_begin_round(table);
	one.tx_bytes = 90; /* a retransmission whose bytes are not added yet */
	add(table, one);
	read_rows(table);
	CHECK(count == 0);
	top_table_begin_round(table);
	one.tx_bytes = 110;
	add(table, one);
	read_rows(table);
	CHECK(count == 1 && rows[0]->tx_bytes == 10);
	top_table_free(table);
}

TEST(a_fin_that_was_taken_for_a_byte_does_not_make_another_connection)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	add(table, sample(1, 101, 100));
	top_table_begin_round(table);
	add(table, sample(1, 100, 100));
	read_rows(table);
	CHECK(count == 0);
	top_table_free(table);
}

TEST(retransmissions_and_drops_alone_make_a_row)
{
	struct top_table *table = with_baseline();
	struct socket_sample one = sample(1, 100, 100);

	one.retransmits = 3;
	one.drops = 2;
	top_table_begin_round(table);
	add(table, one);
	read_rows(table);
	CHECK(count == 1 && rows[0]->retransmits == 3 && rows[0]->drops == 2);
	top_table_free(table);
}

TEST(the_owner_is_the_holder_with_the_lowest_pid)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	top_table_begin_files(table);
	add(table, held(sample(1, 101, 100), 70, "late"));
	add(table, held(sample(1, 101, 100), 7, "early"));
	add(table, held(sample(1, 101, 100), 700, "last"));
	read_rows(table);
	CHECK(count == 1 && rows[0]->owner.known && rows[0]->owner.is_current);
	CHECK(rows[0]->owner.pid == 7);
	CHECK_STR(rows[0]->owner.comm, "early");
	top_table_free(table);
}

TEST(a_requested_process_is_the_owner_if_it_is_a_holder)
{
	const uint32_t pids[] = { 5, 700 };
	struct top_table *table = top_table_new(pids, 2, ROOM);

	top_table_end_baseline(table);
	top_table_begin_round(table);
	top_table_begin_files(table);
	add(table, held(sample(1, 1, 1), 7, "early"));
	add(table, held(sample(1, 1, 1), 700, "asked"));
	add(table, held(sample(1, 1, 1), 8, "other"));
	read_rows(table);
	CHECK(count == 1 && rows[0]->owner.pid == 700);
	top_table_free(table);
}

TEST(a_connection_that_was_passed_on_has_its_new_owner)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	top_table_begin_files(table);
	add(table, held(sample(1, 101, 100), 7, "giver"));
	top_table_begin_round(table);
	top_table_begin_files(table);
	add(table, held(sample(1, 102, 100), 70, "taker"));
	read_rows(table);
	CHECK(count == 1 && rows[0]->owner.pid == 70 && rows[0]->owner.is_current);
	top_table_free(table);
}

TEST(the_owner_of_a_closed_connection_stays_known_and_is_not_current)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	top_table_begin_files(table);
	add(table, held(sample(1, 101, 100), 7, "a"));
	top_table_begin_round(table);
	top_table_begin_files(table);
	add(table, sample(1, 101, 130));
	read_rows(table);
	CHECK(count == 1 && rows[0]->owner.known && !rows[0]->owner.is_current);
	CHECK(rows[0]->owner.pid == 7 && rows[0]->tx_bytes == 30);
	top_table_free(table);
}

TEST(another_connection_does_not_inherit_the_owner)
{
	struct top_table *table = with_baseline();

	top_table_begin_round(table);
	top_table_begin_files(table);
	add(table, held(sample(1, 101, 100), 7, "a"));
	top_table_begin_round(table);
	add(table, sample(1, 5, 5));
	read_rows(table);
	CHECK(count == 1 && !rows[0]->owner.known);
	top_table_free(table);
}

TEST(a_full_table_leaves_out_counts_that_and_takes_nothing_for_new_afterwards)
{
	struct top_table *table = with_baseline();

	for (uint64_t i = 2; i <= ROOM + 1; i++)
		add(table, sample(i, 1, 1));
	CHECK(top_table_left_out(table) == 1 && top_table_size(table) == ROOM);
	for (int i = 0; i < 3; i++)
		top_table_end_namespaces(table);
	CHECK(top_table_size(table) == 0);
	top_table_begin_round(table);
	add(table, sample(ROOM + 1, 9000, 0));
	read_rows(table);
	CHECK(count == 0);
	top_table_free(table);
}
