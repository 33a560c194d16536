// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "recorder/trigger.h"
#include "test.h"
#include "util/time.h"

static struct triggers *triggers;
static struct error error;
static struct drop_report report;

/* Returns what triggers_add returns, for triggers that consist of these texts. */
static int use(const char *first, const char *second)
{
	int err;

	triggers_free(triggers);
	triggers = NULL;
	report_clear(&report);
	err = triggers_add(&triggers, first, &error);
	return err || !second ? err : triggers_add(&triggers, second, &error);
}

static bool fires(void)
{
	return triggers_fired(triggers, &report) != NULL;
}

static bool fires_at(uint64_t ns)
{
	report.timestamp_ns = ns;
	return fires();
}

static bool says(const char *text)
{
	return strstr(error.text, "--trigger") && strstr(error.text, text);
}

TEST(no_trigger_never_fires)
{
	report_clear(&report);
	CHECK(!triggers_fired(NULL, &report));
	CHECK(!triggers_unknown_reason(NULL, ""));
}

TEST(reason_is_one_of_a_list)
{
	CHECK(use("reason=NO_SOCKET,skb_drop_reason_tcp_csum", NULL) == 0);
	CHECK(!fires());
	report_set_text(&report, KEY_reason, "NO_SOCKET");
	CHECK(fires() && fires());
	CHECK_STR(triggers_fired(triggers, &report), "reason=NO_SOCKET,skb_drop_reason_tcp_csum");
	report_set_text(&report, KEY_reason, "TCP_CSUM");
	CHECK(fires());
	report_set_text(&report, KEY_reason, "TCP_CSUM2");
	CHECK(!fires());
}

TEST(owner_may_have_a_plus)
{
	CHECK(use("owner=g++,c+reason=x", NULL) == 0);
	report_set_text(&report, KEY_owner, "g++");
	CHECK(!fires());
	report_set_text(&report, KEY_reason, "X");
	CHECK(fires());
	report_set_text(&report, KEY_owner, "c");
	CHECK(fires());
	report_set_text(&report, KEY_owner, "c+reason=x");
	CHECK(!fires());
}

TEST(retransmits_count_from_a_number_on)
{
	CHECK(use("retransmits=3", NULL) == 0);
	CHECK(!fires());
	report_set_number(&report, KEY_retransmits, 2);
	CHECK(!fires());
	report_set_number(&report, KEY_retransmits, 3);
	CHECK(fires());
	report_set_number(&report, KEY_retransmits, 200);
	CHECK(fires());
}

TEST(rate_is_of_any_second)
{
	CHECK(use("rate=3/s", NULL) == 0);
	CHECK(!fires_at(0) && !fires_at(600000000) && !fires_at(1000000000));
	CHECK(fires_at(1599999999));
	/* Three more are needed. */
	CHECK(!fires_at(1600000000) && !fires_at(1600000001) && fires_at(1600000002));
	/* Three a second are not within a second if they are evenly spaced. */
	for (uint64_t i = 0; i < 100; i++)
		CHECK(!fires_at(10 * NS_PER_S + i * NS_PER_S / 2));
}

TEST(rate_of_one_is_each_event)
{
	CHECK(use("rate=1/s", NULL) == 0);
	CHECK(fires_at(5) && fires_at(5) && fires_at(4));
}

TEST(rate_survives_clocks_and_order)
{
	CHECK(use("rate=3/s", NULL) == 0);
	/* Events of two CPUs. */
	CHECK(!fires_at(100 * NS_PER_S + 5) && !fires_at(100 * NS_PER_S + 9) &&
	      fires_at(100 * NS_PER_S + 7));
	/* The clock was set: what was before it counts no more. */
	CHECK(!fires_at(500 * NS_PER_S) && !fires_at(500 * NS_PER_S) && !fires_at(50 * NS_PER_S) &&
	      !fires_at(50 * NS_PER_S) && fires_at(50 * NS_PER_S));
}

TEST(conditions_with_a_plus_hold_together)
{
	CHECK(use("rate=2/s+reason=A+owner=nginx+retransmits=1", NULL) == 0);
	report_set_text(&report, KEY_reason, "A");
	report_set_text(&report, KEY_owner, "nginx");
	CHECK(!fires_at(1) && !fires_at(1));
	report_set_number(&report, KEY_retransmits, 1);
	CHECK(!fires_at(1));
	/* Others do not count. */
	report_set_text(&report, KEY_reason, "B");
	CHECK(!fires_at(1) && !fires_at(1));
	report_set_text(&report, KEY_reason, "A");
	CHECK(fires_at(1));
}

TEST(any_of_several_fires)
{
	CHECK(use("owner=a", "reason=B") == 0);
	report_set_text(&report, KEY_reason, "B");
	CHECK_STR(triggers_fired(triggers, &report), "reason=B");
	report_set_text(&report, KEY_owner, "a");
	CHECK_STR(triggers_fired(triggers, &report), "owner=a");
	/* A rate counts also what another trigger has fired for. */
	CHECK(use("owner=a", "rate=2/s") == 0);
	report_set_text(&report, KEY_owner, "a");
	CHECK_STR(triggers_fired(triggers, &report), "owner=a");
	report_unset(&report, KEY_owner);
	CHECK_STR(triggers_fired(triggers, &report), "rate=2/s");
}

TEST(wrong_triggers_are_refused)
{
	static const struct {
		const char *text;
		const char *message;
	} wrong[] = {
		{ "", "'' is not a condition" },
		{ "x", "'x' is not a condition" },
		{ "rate", "'rate' is not a condition" },
		{ "Rate=1/s", "is not a condition" },
		{ "rate=10", "write rate=N/s" },
		{ "rate=0/s", "from 1 to 100000" },
		{ "rate=100001/s", "from 1 to 100000" },
		{ "rate=-1/s", "write rate=N/s" },
		{ "rate=1/min", "write rate=N/s" },
		{ "rate=99999999999999999999/s", "write rate=N/s" },
		{ "retransmits=", "write retransmits=N" },
		{ "retransmits=0", "from 1 to 255" },
		{ "retransmits=256", "from 1 to 255" },
		{ "reason=", "empty item" },
		{ "reason=A,,B", "empty item" },
		{ "owner=0123456789abcdef", "longer than the 15 characters" },
		{ "rate=1/s+rate=2/s", "is there twice" },
		{ "reason=A+owner=b+reason=C", "reason= is there twice" },
		{ "rate=1/s,owner=x", "write rate=N/s" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK(use(wrong[i].text, NULL) == -EINVAL && !triggers);
		CHECK(says(wrong[i].message));
	}
	CHECK(use("rate=100000/s", "retransmits=255") == 0);
}

TEST(unknown_reasons_are_found)
{
	CHECK(use("owner=x", "reason=A,SKB_DROP_REASON_b") == 0);
	CHECK(!triggers_unknown_reason(triggers, "A, B, C"));
	CHECK_STR(triggers_unknown_reason(triggers, "A, C"), "SKB_DROP_REASON_b");
	CHECK_STR(triggers_unknown_reason(triggers, "B"), "A");
	triggers_free(triggers);
	triggers = NULL;
}
