// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "annotation_case.h"
#include "report/annotation.h"

struct drop_report parsed;

static bool same_values(const struct drop_report *a, const struct drop_report *b)
{
	for (enum key key = 0; key < KEY_COUNT; key++) {
		const union value *left = &a->values[key], *right = &b->values[key];

		if (report_has(a, key) != report_has(b, key))
			return false;
		if (!report_has(a, key))
			continue;
		if (key_table[key].type == VALUE_NUMBER ? left->number != right->number
							: strcmp(left->text, right->text) != 0)
			return false;
	}
	return true;
}

bool round_trips(const struct drop_report *original)
{
	struct strbuf written = { 0 }, storage = { 0 };
	static struct drop_report again;
	bool same;

	annotation_format(original, &written);
	same = annotation_parse(strbuf_string(&written), &again, &storage) == 0 &&
	       same_values(original, &again);
	strbuf_free(&written);
	strbuf_free(&storage);
	return same;
}

int parse(const char *comment)
{
	static struct strbuf storage;

	return annotation_parse(comment, &parsed, &storage);
}

size_t present_count(void)
{
	size_t count = 0;

	for (enum key key = 0; key < KEY_COUNT; key++)
		count += report_has(&parsed, key);
	return count;
}
