// SPDX-License-Identifier: GPL-2.0-or-later
/* An annotation from any text: what was understood is written so that it is understood the same. */
#include <errno.h>
#include <string.h>

#include "report/annotation.h"
#include "fuzz.h"

static void written_again_it_is_the_same(const struct drop_report *report)
{
	struct drop_report parsed = { 0 };
	struct strbuf first = { 0 }, second = { 0 }, storage = { 0 };

	annotation_format(report, &first);
	PROPERTY(annotation_parse(strbuf_string(&first), &parsed, &storage) == 0);
	annotation_format(&parsed, &second);
	PROPERTY(strcmp(strbuf_string(&first), strbuf_string(&second)) == 0);
	strbuf_free(&first);
	strbuf_free(&second);
	strbuf_free(&storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct drop_report report = { 0 };
	struct strbuf storage = { 0 };
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
	strbuf_free(&storage);
	free(comment);
	return 0;
}
