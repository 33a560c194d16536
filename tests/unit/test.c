// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

struct test *test_list;
bool test_failed, test_skipped;
const char *test_name;

void test_skip(const char *reason)
{
	test_skipped = true;
	printf("skip %s: %s\n", test_name, reason);
}

int main(void)
{
	int status = 0;

	for (struct test *test = test_list; test; test = test->next) {
		test_failed = test_skipped = false;
		test_name = test->name;
		test->run();
		if (test_failed)
			status = 1;
		else if (!test_skipped)
			printf("ok %s\n", test->name);
		fflush(stdout);
	}
	puts("end");
	return status;
}
