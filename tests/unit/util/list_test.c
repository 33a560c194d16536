// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "util/list.h"
#include "test.h"

static char visited[128];

static int visit(void *context, const char *item, struct error *failure)
{
	strcat(strcat(visited, item), ";");
	if (context && strcmp(item, context) == 0)
		return error_set(failure, -E2BIG, "too big");
	return 0;
}

TEST(each_item_is_visited_until_one_fails)
{
	struct error error;

	visited[0] = '\0';
	CHECK(list_each("--x", "a,b c,d", visit, NULL, &error) == 0);
	CHECK_STR(visited, "a;b c;d;");
	visited[0] = '\0';
	CHECK(list_each("--x", "a,b,c", visit, "b", &error) == -E2BIG);
	CHECK_STR(visited, "a;b;");
	CHECK_STR(error.text, "too big");
	CHECK(list_each("--x", "", visit, NULL, &error) == -EINVAL && strstr(error.text, "--x"));
}
