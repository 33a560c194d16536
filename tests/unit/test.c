// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

struct test *test_list;
bool test_failed;
const char *test_name;

int main(void)
{
	int status = 0;

	for (struct test *test = test_list; test; test = test->next) {
		test_failed = false;
		test_name = test->name;
		test->run();
		if (test_failed)
			status = 1;
		else
			printf("ok %s\n", test->name);
		fflush(stdout);
	}
	return status;
}
