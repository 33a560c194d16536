/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_H
#define TEST_H

/*
 * A unit test file is a list of TEST(behaviour) bodies. Each prints "ok NAME" or, after the first
 * CHECK that does not hold, "not ok NAME: file:line: condition". The program exits 1 on any
 * failure; its last line is "end", so that an exit during the tests is noticed.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

extern struct test *test_list;
extern bool test_failed, test_skipped;
extern const char *test_name;

#define TEST(id)                                                     \
	static void id(void);                                        \
	static struct test test_##id = { #id, id, NULL };            \
	__attribute__((constructor)) static void register_##id(void) \
	{                                                            \
		test_##id.next = test_list;                          \
		test_list = &test_##id;                              \
	}                                                            \
	static void id(void)

/* The running test cannot run here, and must return at once. */
void test_skip(const char *reason);

#define CHECK(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			test_failed = true;                                             \
			printf("not ok %s: %s:%d: %s\n", test_name, __FILE__, __LINE__, \
			       #condition);                                             \
			return;                                                         \
		}                                                                       \
	} while (0)

#define CHECK_STR(got, want)                                                                       \
	do {                                                                                       \
		const char *got_ = (got), *want_ = (want);                                         \
		if (strcmp(got_, want_) != 0) {                                                    \
			test_failed = true;                                                        \
			printf("not ok %s: %s:%d: got \"%s\", want \"%s\"\n", test_name, __FILE__, \
			       __LINE__, got_, want_);                                             \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#endif
