// SPDX-License-Identifier: GPL-2.0-or-later
/* An annotation from any text: what was understood is written so that it is understood the same. */
#include <errno.h>
#include <string.h>

#include "report/annotation.h"
#include "fuzz.h"

static void written_again_it_is_the_same(const struct drop_report *report)
{
	struct drop_report parsed = { 0 };
	struct text first = { 0 }, second = { 0 }, storage = { 0 };

	annotation_format(report, &first);
	PROPERTY(annotation_parse(text_string(&first), &parsed, &storage) == 0);
	annotation_format(&parsed, &second);
	PROPERTY(strcmp(text_string(&first), text_string(&second)) == 0);
	text_free(&first);
	text_free(&second);
	text_free(&storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct drop_report report = { 0 };
	struct text storage = { 0 };
	char *comment = malloc(length + 1);
	int result;

	PROPERTY(comment);
	if (length)
		memcpy(comment, bytes, length);
	comment[length] = '\0';
	result = annotation_parse(comment, &report, &storage);
	PROPERTY(result == 0 || result == -ENOENT || result == -EINVAL);
	if (result != -ENOENT)
		written_again_it_is_the_same(&report);
	text_free(&storage);
	free(comment);
	return 0;
}
