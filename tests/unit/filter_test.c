// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "../../capture/filter.h"
#include "test.h"

static struct filter filter;
static struct drop_report report;
static struct error error;

static bool matches(uint32_t pid, const char *comm)
{
	memset(&report, 0, sizeof(report));
	report_set_number(&report, KEY_owner_pid, pid);
	report_set_text(&report, KEY_owner, comm);
	return filter_matches(&filter, &report);
}

/* What runs on the CPU, and the owner if that is asked for, too. */
static bool matches_without_owner(void)
{
	memset(&report, 0, sizeof(report));
	report_set_number(&report, KEY_cpu_pid, 812);
	report_set_text(&report, KEY_cpu_comm, "nginx");
	return filter_matches(&filter, &report);
}

TEST(empty_filter_lets_everything_pass)
{
	filter = (struct filter){ 0 };
	CHECK(matches(812, "nginx") && matches_without_owner());
}

TEST(any_of_the_pids_passes)
{
	CHECK(filter_add_pid(&filter, "812", &error) == 0);
	CHECK(filter_add_pid(&filter, "4294967295", &error) == 0);
	CHECK(matches(812, "nginx") && matches(UINT32_MAX, "x"));
	CHECK(!matches(811, "nginx") && !matches(8120, "nginx") && !matches(0, ""));
	CHECK(!matches_without_owner());
	filter_free(&filter);
}

TEST(any_of_the_comms_passes_as_a_whole)
{
	CHECK(filter_add_comm(&filter, "nginx", &error) == 0);
	CHECK(filter_add_comm(&filter, "a:b c", &error) == 0);
	CHECK(matches(1, "nginx") && matches(2, "a:b c"));
	CHECK(!matches(1, "ngin") && !matches(1, "nginx2") && !matches(1, "Nginx"));
	CHECK(!matches(1, "") && !matches_without_owner());
	filter_free(&filter);
}

TEST(pid_and_comm_must_both_pass)
{
	CHECK(filter_add_pid(&filter, "812", &error) == 0);
	CHECK(filter_add_comm(&filter, "nginx", &error) == 0);
	CHECK(matches(812, "nginx"));
	CHECK(!matches(812, "curl") && !matches(813, "nginx") && !matches_without_owner());
	filter_free(&filter);
	CHECK(matches(813, "curl") && matches_without_owner());
}

TEST(what_is_no_pid_is_refused)
{
	static const char *const texts[] = {
		"",	"0",  "x",   "1x", "0x10",	 " 1",	       "1 ",
		"+1",	"-1", "1.0", "\n", "4294967296", "4294967297", "99999999999999999999999",
		"1\x1b"
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CHECK(filter_add_pid(&filter, texts[i], &error) == -EINVAL);
		CHECK(strstr(error.text, "--pid") && strstr(error.text, "is not a process id"));
	}
	CHECK(filter.pid_count == 0 && matches_without_owner());
}

/* The kernel cuts names at 15 characters: a longer one would match nothing, ever. */
TEST(comm_longer_than_the_kernels_is_refused)
{
	CHECK(filter_add_comm(&filter, "123456789012345", &error) == 0);
	CHECK(filter_add_comm(&filter, "1234567890123456", &error) == -EINVAL);
	CHECK(strstr(error.text, "--comm") && strstr(error.text, "'1234567890123456'"));
	CHECK(strstr(error.text, "15"));
	CHECK(matches(1, "123456789012345") && filter.comm_count == 1);
	filter_free(&filter);
}

TEST(too_many_items_are_refused)
{
	char text[16];

	for (int i = 1; i <= FILTER_ITEMS_MAX; i++) {
		snprintf(text, sizeof(text), "%d", i);
		CHECK(filter_add_pid(&filter, text, &error) == 0);
		CHECK(filter_add_comm(&filter, text, &error) == 0);
	}
	CHECK(matches(1, "1") && matches(FILTER_ITEMS_MAX, text));
	CHECK(filter_add_pid(&filter, "99", &error) == -EINVAL && strstr(error.text, "--pid"));
	CHECK(filter_add_comm(&filter, "x", &error) == -EINVAL && strstr(error.text, "--comm"));
	CHECK(!matches(99, "1") && !matches(1, "x"));
	filter_free(&filter);
	filter_free(&filter);
}
