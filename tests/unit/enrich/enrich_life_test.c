// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/tcp.h>

#include "enrich/enrich_life.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The keys of a change of state, and of a connection at its end. */

#define ATTACHED_NS 5000000000ULL
#define END_NS	    9000000000ULL

static struct drop_event event;
static struct drop_report report;

static void make_life(uint8_t old_state)
{
	event = (struct drop_event){
		.kind = EVENT_LIFE,
		.boottime_ns = END_NS,
		.state = TCP_CLOSE,
		.old_state = old_state,
		.life = { .birth_ns = END_NS - 1234567, .opened = OPENED_ACTIVE },
	};
}

static void name(void)
{
	report = (struct drop_report){ 0 };
	enrich_life(&event, ATTACHED_NS, &report);
}

static const char *text(enum key key)
{
	const char *value = report_text(&report, key);

	return value ? value : "absent";
}

static const char *ended(void)
{
	name();
	return text(KEY_ended);
}

static bool is_number(enum key key, uint64_t number)
{
	return report_has(&report, key) && report_number(&report, key) == number;
}

TEST(other_events_get_no_key)
{
	make_life(TCP_LAST_ACK);
	event.kind = EVENT_DROP;
	name();
	for (enum key key = 0; key < KEY_COUNT; key++)
		CHECK(!report_has(&report, key));
}

TEST(change_of_state_has_the_old_state_alone)
{
	make_life(TCP_SYN_SENT);
	event.kind = EVENT_STATE;
	name();
	CHECK_STR(text(KEY_old_state), "SYN_SENT");
	for (enum key key = 0; key < KEY_COUNT; key++)
		CHECK(report_has(&report, key) == (key == KEY_old_state));
	event.old_state = 99;
	name();
	CHECK_STR(text(KEY_old_state), "absent");
}

TEST(seen_birth_gives_an_exact_duration)
{
	make_life(TCP_LAST_ACK);
	name();
	CHECK(is_number(KEY_duration_us, 1234));
	CHECK(!report_has(&report, KEY_duration_min_us) && !report_has(&report, KEY_born));
	CHECK_STR(text(KEY_opened), "active");
	event.life.opened = OPENED_PASSIVE;
	name();
	CHECK_STR(text(KEY_opened), "passive");
	event.life.birth_ns = END_NS + 1; /* damaged: no duration is better than a wrong one */
	name();
	CHECK(!report_has(&report, KEY_duration_us));
}

TEST(unseen_birth_gives_a_lower_bound)
{
	make_life(TCP_LAST_ACK);
	event.life.birth_ns = 0;
	event.life.opened = OPENED_UNKNOWN;
	name();
	CHECK_STR(text(KEY_born), "before-start");
	CHECK(is_number(KEY_duration_min_us, (END_NS - ATTACHED_NS) / 1000));
	CHECK(!report_has(&report, KEY_duration_us) && !report_has(&report, KEY_opened));
	/* It may have been born while the kernel side had no room. */
	event.life.unnoted_ns = ATTACHED_NS + 1000000000;
	name();
	CHECK_STR(text(KEY_born), "unknown");
	CHECK(is_number(KEY_duration_min_us, 3000000));
	event.life.unnoted_ns = END_NS + 1;
	name();
	CHECK(!report_has(&report, KEY_duration_min_us));
}

TEST(bound_is_unknown_without_the_time_of_the_start)
{
	make_life(TCP_LAST_ACK);
	event.life.birth_ns = 0;
	report = (struct drop_report){ 0 };
	enrich_life(&event, 0, &report);
	CHECK_STR(text(KEY_born), "before-start");
	CHECK(!report_has(&report, KEY_duration_min_us));
}

TEST(restored_connection_is_older_than_its_socket)
{
	make_life(TCP_LAST_ACK);
	event.life.opened = OPENED_RESTORED;
	name();
	CHECK_STR(text(KEY_born), "restored");
	CHECK(is_number(KEY_duration_min_us, 1234) && !report_has(&report, KEY_opened));
}

/* Each field of the end that is true in a case. */
#define END(...)            \
	{                   \
		__VA_ARGS__ \
	}

TEST(end_follows_from_the_state_and_the_error)
{
	static const struct {
		uint8_t old_state;
		struct life_end end;
		const char *ended;
	} cases[] = {
		{ TCP_LAST_ACK, END(.closed = true, .all_acked = true), "peer-close" },
		{ TCP_LAST_ACK, END(.in_call = true), "local-reset" },
		{ TCP_LAST_ACK, END(.closed = true), "absent" },
		{ TCP_LAST_ACK, END(.err = ECONNRESET), "peer-reset" },
		{ TCP_CLOSING, END(.closed = true, .all_acked = true), "local-close" },
		{ TCP_FIN_WAIT2, END(.fin_received = true), "local-close" },
		{ TCP_FIN_WAIT2, END(.closed = true), "local-close" },
		{ TCP_FIN_WAIT2, END(.closed = true, .no_fin_wait2 = true), "local-reset" },
		{ TCP_FIN_WAIT2, END(.in_call = true), "local-reset" },
		{ TCP_FIN_WAIT2, END(.err = ECONNRESET), "peer-reset" },
		{ TCP_FIN_WAIT2, END(.err = ECONNRESET, .read_shutdown = true),
		  "reset-after-close" },
		{ TCP_FIN_WAIT1, END(.err = ECONNRESET, .read_shutdown = true),
		  "reset-after-close" },
		{ TCP_FIN_WAIT1, END(.closed = true), "absent" },
		{ TCP_FIN_WAIT1, END(.err = ETIMEDOUT, .closed = true), "timeout" },
		{ TCP_ESTABLISHED, END(.in_call = true), "local-reset" },
		{ TCP_ESTABLISHED, END(.no_process = true), "local-reset" },
		{ TCP_ESTABLISHED, END(.no_process = true, .closed = true), "absent" },
		{ TCP_ESTABLISHED, END(.err = 0), "absent" },
		{ TCP_ESTABLISHED, END(.in_call = true, .repair = true), "absent" },
		{ TCP_ESTABLISHED, END(.err = ECONNRESET), "peer-reset" },
		{ TCP_CLOSE_WAIT, END(.err = EPIPE), "peer-reset" },
		{ TCP_ESTABLISHED, END(.err = ETIMEDOUT), "timeout" },
		{ TCP_ESTABLISHED, END(.err = EHOSTUNREACH, .err_soft = EHOSTUNREACH), "timeout" },
		{ TCP_ESTABLISHED, END(.err = EHOSTUNREACH), "absent" },
		{ TCP_ESTABLISHED, END(.err = ECONNABORTED), "aborted" },
		{ TCP_ESTABLISHED, END(.err = EBADMSG), "absent" },
		{ TCP_SYN_SENT, END(.err = ECONNREFUSED), "refused" },
		{ TCP_SYN_RECV, END(.err = ECONNREFUSED), "refused" },
		{ TCP_SYN_SENT, END(.err = EHOSTUNREACH), "unreachable" },
		{ TCP_SYN_SENT, END(.err = ENETUNREACH, .err_soft = ENETUNREACH), "unreachable" },
		{ TCP_SYN_SENT, END(.err = ETIMEDOUT), "timeout" },
		{ TCP_SYN_SENT, END(.in_call = true), "local-close" },
		{ TCP_SYN_SENT, END(.err = 0), "absent" },
		{ TCP_SYN_RECV, END(.closed = true, .no_process = true), "absent" },
		{ TCP_SYN_RECV, END(.no_process = true), "local-reset" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		make_life(cases[i].old_state);
		event.life.end = cases[i].end;
		CHECK_STR(ended(), cases[i].ended);
	}
}

TEST(error_has_its_name)
{
	make_life(TCP_ESTABLISHED);
	event.life.end.err = ETIMEDOUT;
	name();
	CHECK_STR(text(KEY_sk_err), "ETIMEDOUT");
	event.life.end.err = 99999;
	name();
	CHECK_STR(text(KEY_sk_err), "absent");
	event.life.end.err = -1;
	name();
	CHECK_STR(text(KEY_sk_err), "absent");
	event.life.end.err = 0;
	name();
	CHECK_STR(text(KEY_sk_err), "absent");
}

TEST(unmeasured_values_have_no_key)
{
	static const enum key keys[] = { KEY_drops, KEY_min_rtt_us, KEY_rto_time_ms,
					 KEY_rto_count };

	make_life(TCP_LAST_ACK);
	event.life.drops = event.life.min_rtt_us = 7;
	event.life.rto_time_ms = event.life.rto_count = 7;
	name();
	for (size_t i = 0; i < COUNT(keys); i++)
		CHECK(!report_has(&report, keys[i]));
	event.life.has_drops = event.life.has_min_rtt = event.life.has_rto = true;
	name();
	for (size_t i = 0; i < COUNT(keys); i++)
		CHECK(is_number(keys[i], 7));
}
