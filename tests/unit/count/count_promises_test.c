// SPDX-License-Identifier: GPL-2.0-or-later
/* The bounds of counting: 16 keys, 100,000 groups, and 64 MiB for the values of all groups. */
#include <stdlib.h>

#include "count/count.h"
#include "test.h"

#define SIXTEEN \
	"event,kind,reason,state,dir,cpu,netns,ifindex,uid,cgroup,owner,owner_pid,cwnd,rto_us,srtt_us,ca_state"

static struct error error;
static struct strbuf out;

static bool is_printed(struct counts *counts, const char *text)
{
	strbuf_clear(&out);
	counts_print(counts, &(struct count_view){ .lost = 0 }, &out);
	counts_clear(counts);
	return strstr(strbuf_string(&out), text) != NULL;
}

static struct counts *make(const char *by)
{
	const struct count_config config = { .by = by,
					     .form = COUNT_TABLE,
					     .groups_max = COUNT_GROUPS_MAX };

	return counts_new(&config, &error);
}

TEST(sixteen_keys_are_counted_by_and_no_more)
{
	struct counts *counts = make(SIXTEEN);

	CHECK(counts);
	counts_free(counts);
	CHECK(!make(SIXTEEN ",ssthresh"));
	CHECK(!make(SIXTEEN ",sport"));
	CHECK_STR(error.text, "--by: more than 16 keys");
}

static bool add_groups(struct counts *counts, uint32_t first, uint32_t last)
{
	struct drop_report report = { 0 };

	for (uint32_t i = first; i <= last; i++) {
		report_set_number(&report, KEY_owner_pid, i);
		if (counts_add(counts, &report))
			return false;
	}
	return true;
}

TEST(hundred_thousand_groups_are_counted_and_no_more)
{
	struct counts *counts = counts_new(&(struct count_config){ .by = "owner_pid",
								   .form = COUNT_JSON,
								   .groups_max = COUNT_GROUPS_MAX },
					   &error);

	CHECK(counts && add_groups(counts, 1, 100000));
	CHECK(!is_printed(counts, "\"other\":true"));
	CHECK(add_groups(counts, 1, 100003));
	CHECK(is_printed(counts, "{\"count\":3,\"other\":true}\n"));
	counts_free(counts);
}

/* Reasons of a MiB each, which differ in their first byte. */
static bool add_mebibytes(struct counts *counts, char first, char last)
{
	static char reason[(1 << 20) + 1];
	struct drop_report report = { 0 };

	memset(reason, 'x', sizeof(reason) - 1);
	for (char c = first; c <= last; c++) {
		reason[0] = c;
		report_set_text(&report, KEY_reason, reason);
		if (counts_add(counts, &report))
			return false;
	}
	return true;
}

TEST(values_of_all_groups_have_64_mebibytes)
{
	struct counts *counts = counts_new(&(struct count_config){ .by = "reason",
								   .form = COUNT_JSON,
								   .groups_max = COUNT_GROUPS_MAX },
					   &error);

	CHECK(counts && add_mebibytes(counts, '0', '0' + 62));
	CHECK(!is_printed(counts, "\"other\":true"));
	CHECK(add_mebibytes(counts, '0', '0' + 66));
	CHECK(is_printed(counts, "\"other\":true"));
	counts_free(counts);
}
