// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>

#include "report/report.h"
#include "test.h"

TEST(every_key_is_found_by_its_name)
{
	for (enum key key = 0; key < KEY_COUNT; key++)
		CHECK(key_find(key_table[key].name, strlen(key_table[key].name)) == key);
}

TEST(only_whole_names_are_found)
{
	CHECK(key_find("event=drop", 5) == KEY_event);
	CHECK(key_find("reason_code", 6) == KEY_reason);
	CHECK(key_find("reason_cod", 10) == KEY_COUNT);
	CHECK(key_find("", 0) == KEY_COUNT);
	CHECK(key_find("event", 0) == KEY_COUNT);
	CHECK(key_find("Event", 5) == KEY_COUNT);
	CHECK(key_find("event\0", 6) == KEY_COUNT);
	CHECK(key_find("no_such_key", 11) == KEY_COUNT);
}

TEST(keys_are_lower_case_and_described)
{
	for (enum key key = 0; key < KEY_COUNT; key++) {
		const struct key_info *info = &key_table[key];

		CHECK(info->name[0] && info->description[0] && info->unit);
		CHECK(info->type == VALUE_TEXT || info->type == VALUE_NUMBER);
		for (const char *c = info->name; *c; c++)
			CHECK(islower((unsigned char)*c) || isdigit((unsigned char)*c) ||
			      *c == '_');
		for (enum key other = 0; other < key; other++)
			CHECK(strcmp(info->name, key_table[other].name) != 0);
	}
}

TEST(absent_values_read_as_nothing)
{
	struct drop_report report = { 0 };

	for (enum key key = 0; key < KEY_COUNT; key++) {
		CHECK(!report_text(&report, key));
		CHECK(report_number(&report, key) == 0);
	}
}

TEST(values_are_set_alone)
{
	struct drop_report report = { 0 };

	report_set_number(&report, KEY_cpu, UINT64_MAX);
	report_set_text(&report, KEY_event, "drop");
	report_set_number(&report, KEY_netns, 0);
	for (enum key key = 0; key < KEY_COUNT; key++)
		CHECK(report_has(&report, key) ==
		      (key == KEY_cpu || key == KEY_event || key == KEY_netns));
	CHECK(report_number(&report, KEY_cpu) == UINT64_MAX);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	report_set_text(&report, KEY_event, "synack");
	CHECK_STR(report_text(&report, KEY_event), "synack");
}
