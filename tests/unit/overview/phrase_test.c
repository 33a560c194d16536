// SPDX-License-Identifier: GPL-2.0-or-later
#include "overview/phrase.h"
#include "overview_case.h"
#include "test.h"
#include "util/time.h"

#define CHECK_PHRASE(call, want)                          \
	do {                                              \
		struct strbuf out_ = { 0 }, *out = &out_; \
		call;                                     \
		CHECK_STR(strbuf_string(out), want);      \
		strbuf_free(out);                         \
	} while (0)

TEST(numbers_have_commas)
{
	CHECK_PHRASE(phrase_number(out, 0), "0");
	CHECK_PHRASE(phrase_number(out, 999), "999");
	CHECK_PHRASE(phrase_number(out, 1000), "1,000");
	CHECK_PHRASE(phrase_number(out, 1234567), "1,234,567");
	CHECK_PHRASE(phrase_number(out, UINT64_MAX), "18,446,744,073,709,551,615");
	CHECK_PHRASE(phrase_count(out, 1, "drop", "drops"), "1 drop");
	CHECK_PHRASE(phrase_count(out, 0, "drop", "drops"), "0 drops");
}

TEST(share_is_all_only_if_it_is_all)
{
	CHECK_PHRASE(phrase_share(out, 0, 0), "0%");
	CHECK_PHRASE(phrase_share(out, 1, 1000), "less than 1%");
	CHECK_PHRASE(phrase_share(out, 999, 1000), "99%");
	CHECK_PHRASE(phrase_share(out, 1000, 1000), "100%");
	CHECK_PHRASE(phrase_share(out, UINT64_MAX - 1, UINT64_MAX), "99%");
}

TEST(times_are_local_and_short)
{
	case_utc();
	CHECK_PHRASE(phrase_time(out, CASE_TIME), "12:05:17");
	CHECK_PHRASE(phrase_date(out, CASE_TIME), "2026-11-27 12:05:17");
	CHECK_PHRASE(phrase_zone(out, CASE_TIME), "+00:00");
	CHECK_PHRASE(phrase_range(out, CASE_TIME, CASE_TIME + 5), "at 12:05:17");
	CHECK_PHRASE(phrase_range(out, CASE_TIME, CASE_TIME + 60 * NS_PER_S),
		     "from 12:05:17 to 12:06:17");
	CHECK_PHRASE(phrase_range(out, CASE_TIME, CASE_TIME + 86400 * NS_PER_S),
		     "from 2026-11-27 12:05:17 to 2026-11-28 12:05:17");
	CHECK_PHRASE(phrase_span(out, CASE_TIME, CASE_TIME), "2026-11-27 12:05:17");
	CHECK_PHRASE(phrase_span(out, CASE_TIME, CASE_TIME + NS_PER_S),
		     "2026-11-27 12:05:17 to 12:05:18");
}

TEST(durations_have_a_unit)
{
	CHECK_PHRASE(phrase_duration(out, 44000), "44 us");
	CHECK_PHRASE(phrase_duration(out, 1500000), "1.5 ms");
	CHECK_PHRASE(phrase_duration(out, 204 * NS_PER_MS), "204 ms");
	CHECK_PHRASE(phrase_duration(out, 60 * NS_PER_S), "60 s");
	CHECK_PHRASE(phrase_duration(out, 125 * NS_PER_S), "2 min 5 s");
	CHECK_PHRASE(phrase_duration(out, 600 * NS_PER_S), "10 min");
	CHECK_PHRASE(phrase_duration(out, 7200 * NS_PER_S), "2 h");
	CHECK_PHRASE(phrase_duration(out, 7260 * NS_PER_S), "2 h 1 min");
}

TEST(name_cannot_have_marks)
{
	CHECK_PHRASE(phrase_name(out, "a\001b\002"), NAME_BEGIN "a\\x01b\\x02" NAME_END);
}
