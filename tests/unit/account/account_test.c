// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "account_case.h"
#include "test.h"

#define NS 4026531840U

static struct account_reading readings[4];
static struct account_input input;
static struct account account;
static struct account_events *events;

/* Four readings of one namespace, in which the counters have these values. */
static void begin(const char *row, const uint64_t values[4])
{
	memset(readings, 0, sizeof(readings));
	account = (struct account){ 0 };
	events = account_events_new(find_any, NULL);
	input = (struct account_input){
		.start = { &readings[0], &readings[1] },
		.end = { &readings[2], &readings[3] },
		.events = events,
		.kinds = 1U << EVENT_DROP | 1U << EVENT_RETRANSMIT | 1U << EVENT_SYNACK,
		.is_host = true,
		.has_results = true,
	};
	for (size_t i = 0; i < 4; i++)
		add_values(&readings[i], NS, 7)->rows[row_of(row)] = values[i];
}

static void end(void)
{
	for (size_t i = 0; i < 4; i++)
		free(readings[i].namespaces);
	account_events_free(events);
	account_free(&account);
}

static void add_drops(const char *reason, int count)
{
	for (int i = 0; i < count; i++)
		add_drop(events, NS, reason);
}

#define ROW    "TcpExtTCPBacklogDrop"
#define REASON "SOCKET_BACKLOG"

/* The line of ROW; the test has failed if there is none. */
static struct account_line balance(void)
{
	const struct account_line *line;

	account_balance(&input, &account);
	line = line_of(&account, ROW);
	return line ? *line : (struct account_line){ .state = ACCOUNT_STATE_COUNT };
}

TEST(events_for_all_that_was_counted_close_the_account)
{
	struct account_line line;

	begin(ROW, (uint64_t[]){ 5, 5, 12, 12 });
	add_drops(REASON, 7);
	line = balance();
	CHECK(line.state == ACCOUNT_EQUAL);
	CHECK(line.netns == NS && line.counted == 7 && line.events == 7 && !line.doubt);
	CHECK(account.count == 1);
	CHECK(account_unexplained(&account) == 0);
	end();
}

TEST(counters_that_did_not_move_have_no_line)
{
	begin(ROW, (uint64_t[]){ 5, 5, 5, 5 });
	account_balance(&input, &account);
	CHECK(account.count == 0);
	end();
}

TEST(what_has_no_event_is_not_explained)
{
	struct account_line line;

	begin(ROW, (uint64_t[]){ 5, 5, 12, 12 });
	add_drops(REASON, 4);
	line = balance();
	CHECK(line.state == ACCOUNT_UNEXPLAINED && line.missing == 3);
	CHECK(account_unexplained(&account) == 3);
	end();
}

TEST(more_events_than_counted_are_said)
{
	struct account_line line;

	begin(ROW, (uint64_t[]){ 5, 5, 7, 7 });
	add_drops(REASON, 3);
	line = balance();
	CHECK(line.state == ACCOUNT_MORE && line.missing == 1);
	end();
}

TEST(what_happened_while_hooks_were_attached_or_detached_is_in_doubt)
{
	struct account_line line;

	for (int seen = 5; seen <= 10; seen++) {
		begin(ROW, (uint64_t[]){ 0, 2, 7, 10 });
		add_drops(REASON, seen);
		line = balance();
		CHECK(line.state == ACCOUNT_EQUAL);
		CHECK(line.counted == 5 && line.doubt == 5);
		end();
	}
	begin(ROW, (uint64_t[]){ 0, 2, 7, 10 });
	add_drops(REASON, 4);
	CHECK(balance().state == ACCOUNT_UNEXPLAINED);
	end();
	begin(ROW, (uint64_t[]){ 0, 2, 7, 10 });
	add_drops(REASON, 11);
	CHECK(balance().state == ACCOUNT_MORE);
	end();
}

TEST(events_that_the_capture_does_not_have_leave_it_open)
{
	static const enum account_why whys[] = { ACCOUNT_FILTERED, ACCOUNT_LOST, ACCOUNT_UNPARSED };

	for (size_t i = 0; i < 3; i++) {
		struct account_line line;
		uint64_t *hidden[3];

		begin(ROW, (uint64_t[]){ 0, 0, 7, 7 });
		hidden[0] = &input.hidden[EVENT_DROP].filtered;
		hidden[1] = &input.hidden[EVENT_DROP].lost;
		hidden[2] = &input.hidden[EVENT_DROP].unparsed;
		*hidden[i] = 7;
		line = balance();
		CHECK(line.state == ACCOUNT_OPEN && line.missing == 7 && line.why == whys[i]);
		account_free(&account);
		*hidden[i] = 4;
		line = balance();
		CHECK(line.state == ACCOUNT_UNEXPLAINED && line.missing == 3);
		CHECK(account_unexplained(&account) == 3);
		end();
	}
}

TEST(hidden_events_of_another_kind_explain_nothing)
{
	begin(ROW, (uint64_t[]){ 0, 0, 7, 7 });
	input.hidden[EVENT_RETRANSMIT].lost = 100;
	CHECK(balance().state == ACCOUNT_UNEXPLAINED);
	end();
}

TEST(a_lost_event_may_have_been_any_number_of_segments)
{
	begin("TcpRetransSegs", (uint64_t[]){ 0, 0, 90, 90 });
	input.hidden[EVENT_RETRANSMIT].lost = 1;
	account_balance(&input, &account);
	CHECK(line_of(&account, "TcpRetransSegs")->state == ACCOUNT_OPEN);
	end();
}

TEST(an_event_without_a_namespace_may_be_the_missing_one)
{
	begin(ROW, (uint64_t[]){ 0, 0, 1, 1 });
	add_drop(events, 0, REASON);
	CHECK(balance().state == ACCOUNT_OPEN);
	end();
}

TEST(a_counter_of_other_protocols_is_never_forced_to_agree)
{
	const struct account_line *line;

	begin("IpOutNoRoutes", (uint64_t[]){ 0, 0, 9, 9 });
	add_drops("IP_OUTNOROUTES", 4);
	account_balance(&input, &account);
	line = line_of(&account, "IpOutNoRoutes");
	CHECK(line && line->state == ACCOUNT_SHARED && line->missing == 5);
	CHECK(account_unexplained(&account) == 0);
	end();
	begin("IpOutNoRoutes", (uint64_t[]){ 0, 0, 2, 2 });
	add_drops("IP_OUTNOROUTES", 4);
	account_balance(&input, &account);
	CHECK(line_of(&account, "IpOutNoRoutes")->state == ACCOUNT_EQUAL);
	end();
}

TEST(rows_of_kinds_that_are_not_captured_are_left_out)
{
	begin(ROW, (uint64_t[]){ 0, 0, 9, 9 });
	input.kinds = 1U << EVENT_RETRANSMIT | 1U << EVENT_SYNACK;
	account_balance(&input, &account);
	CHECK(account.count == 0);
	end();
}

TEST(a_kernel_that_names_no_such_drop_leaves_it_open)
{
	static char lacking[] = REASON;
	struct account_line line;

	begin(ROW, (uint64_t[]){ 0, 0, 9, 9 });
	account_events_free(events);
	input.events = events = account_events_new(find_any, lacking);
	line = balance();
	CHECK(line.state == ACCOUNT_OPEN && line.why == ACCOUNT_NO_NAME);
	end();
}

TEST(a_syn_that_could_not_be_sent_is_no_event_where_events_have_no_result)
{
	begin("TcpExtTCPSynRetrans", (uint64_t[]){ 0, 0, 2, 2 });
	input.has_results = false;
	account_balance(&input, &account);
	CHECK(line_of(&account, "TcpExtTCPSynRetrans")->why == ACCOUNT_FAILED);
	CHECK(account_unexplained(&account) == 0);
	end();
}

TEST(a_namespace_that_is_new_has_counted_from_zero)
{
	struct account_line line;

	begin(ROW, (uint64_t[]){ 0, 0, 9, 9 });
	readings[0].count = readings[1].count = 0;
	line = balance();
	CHECK(line.state == ACCOUNT_UNEXPLAINED && line.missing == 9);
	account_free(&account);
	readings[0].is_refused = true; /* then it may not be new */
	account_balance(&input, &account);
	CHECK(account.count == 0);
	end();
}

TEST(a_namespace_with_the_number_of_another_is_not_compared_with_it)
{
	struct account_line line;

	begin(ROW, (uint64_t[]){ 100, 100, 9, 9 });
	readings[2].namespaces[0].cookie = readings[3].namespaces[0].cookie = 8;
	add_drops(REASON, 50); /* of both */
	line = balance();
	CHECK(line.state == ACCOUNT_EQUAL && line.counted == 9);
	CHECK(account.ended == 1);
	end();
}

TEST(without_cookies_only_a_single_namespace_is_known_to_be_the_same)
{
	begin(ROW, (uint64_t[]){ 5, 5, 7, 7 });
	for (size_t i = 0; i < 4; i++)
		readings[i].namespaces[0].cookie = 0;
	add_drops(REASON, 3);
	CHECK(balance().state == ACCOUNT_EQUAL);
	account_free(&account);
	input.is_host = false;
	CHECK(balance().state == ACCOUNT_MORE);
	end();
}

TEST(a_namespace_that_ended_is_counted)
{
	begin(ROW, (uint64_t[]){ 0, 0, 0, 0 });
	readings[2].count = readings[3].count = 0;
	account_balance(&input, &account);
	CHECK(account.count == 0 && account.ended == 1);
	end();
}

TEST(softnet_drops_are_those_of_the_host)
{
	const struct account_line *line;

	begin(ROW, (uint64_t[]){ 0, 0, 0, 0 });
	readings[0].softnet = readings[1].softnet = 3;
	readings[2].softnet = readings[3].softnet = 5;
	add_drop(events, NS + 1, "CPU_BACKLOG");
	account_balance(&input, &account);
	line = line_of(&account, "softnet drops");
	CHECK(line && line->netns == 0 && line->counted == 2 && line->events == 1);
	account_free(&account);
	input.is_host = false;
	account_balance(&input, &account);
	CHECK(!line_of(&account, "softnet drops"));
	end();
}

TEST(a_missing_reading_is_no_account)
{
	begin(ROW, (uint64_t[]){ 0, 0, 9, 9 });
	input.start[0] = NULL;
	account_balance(&input, &account);
	CHECK(account.count == 0 && account.error);
	input.start[0] = &readings[0];
	input.end[0] = NULL;
	account_balance(&input, &account);
	CHECK(account.count == 0 && account.error);
	end();
}

TEST(a_namespace_that_ends_during_the_last_readings_has_no_upper_bound)
{
	struct account_line line;

	begin(ROW, (uint64_t[]){ 0, 0, 2, 2 });
	readings[3].count = 0;
	add_drops(REASON, 3);
	line = balance();
	CHECK(line.state == ACCOUNT_EQUAL && line.counted == 2);
	end();
}
