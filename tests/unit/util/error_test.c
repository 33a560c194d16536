// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "util/error.h"
#include "test.h"

TEST(error_has_its_message_and_code)
{
	struct error error;

	CHECK(error_set(&error, -ENOENT, "%s: no such %s", "--netns", "thing") == -ENOENT);
	CHECK_STR(error.text, "--netns: no such thing");
}

TEST(error_escapes_control_characters)
{
	struct error error;

	error_set(&error, -EINVAL, "'%s'", "a\n\x1b[1m\xff");
	CHECK_STR(error.text, "'a\\n\\x1b[1m\\xff'");
}

TEST(long_error_is_truncated)
{
	struct error error;
	char longer[3 * sizeof(error.text)];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	error_set(&error, -EINVAL, "%s", longer);
	CHECK(strlen(error.text) == sizeof(error.text) - 1);
	memset(longer, '\n', sizeof(longer) - 1);
	error_set(&error, -EINVAL, "%s", longer);
	CHECK(strlen(error.text) == sizeof(error.text) - 1);
}
