// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "report.h"

#define TEXT   VALUE_TEXT
#define NUMBER VALUE_NUMBER
const struct key_info key_table[KEY_COUNT] = {
#define KEY(id, type, group, unit, description)                             \
	[KEY_##id] = { #id,  sizeof(#id) - 1, " " #id "=", sizeof(#id) + 1, \
		       type, GROUP_##group,   unit,	   description },
	ANNOTATION_KEYS(KEY)
#undef KEY
};
#undef TEXT
#undef NUMBER

const char *const group_titles[GROUP_COUNT] = {
#define GROUP(id, title) [GROUP_##id] = title,
	ANNOTATION_GROUPS(GROUP)
#undef GROUP
};

enum key key_find_from(enum key first, const char *name, size_t length)
{
	enum key key = first;

	for (int tried = 0; tried < KEY_COUNT; tried++) {
		if (key >= KEY_COUNT)
			key = 0;
		if (key_table[key].name_length == length &&
		    memcmp(key_table[key].name, name, length) == 0)
			return key;
		key++;
	}
	return KEY_COUNT;
}

enum key key_find(const char *name, size_t length)
{
	return key_find_from(0, name, length);
}

const char *report_text(const struct drop_report *report, enum key key)
{
	return report_has(report, key) ? report->values[key].text : NULL;
}

uint64_t report_number(const struct drop_report *report, enum key key)
{
	return report_has(report, key) ? report->values[key].number : 0;
}
