// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <time.h>

#include "sink/time_column.h"
#include "test.h"

#define START 1795770938478796123 /* 2026-11-27 09:15:38.478796123 UTC */

static struct strbuf line;

static const char *add(struct time_column *column, uint64_t ns)
{
	setenv("TZ", "XXX-01:30", 1); /* an hour and a half east of Greenwich */
	tzset();
	strbuf_clear(&line);
	time_column_add(column, ns, &line);
	return strbuf_string(&line);
}

TEST(each_form_fills_its_column)
{
	static const char *const texts[TIME_FORM_COUNT] = {
		[TIME_CLOCK] = "10:45:38.478796 ",
		[TIME_NONE] = "",
		[TIME_EPOCH] = "1795770938.478796 ",
		[TIME_PREVIOUS] = "00:00:00.000000  ",
		[TIME_DATE] = "2026-11-27 10:45:38.478796+0130 ",
		[TIME_FIRST] = "00:00:00.000000  ",
	};

	for (enum time_form form = 0; form < TIME_FORM_COUNT; form++) {
		struct time_column column = { .form = form };
		struct strbuf head = { 0 };

		CHECK_STR(add(&column, START), texts[form]);
		time_column_add_head(&column, &head);
		CHECK(head.length == line.length && line.length == time_column_width(&column));
		strbuf_free(&head);
	}
}

TEST(brief_clock_has_no_fraction)
{
	struct time_column column = { .brief = true };

	CHECK_STR(add(&column, START), "10:45:38 ");
	CHECK(time_column_width(&column) == 9);
}

TEST(differences_are_to_the_line_before_or_the_first)
{
	struct time_column previous = { .form = TIME_PREVIOUS }, first = { .form = TIME_FIRST };

	add(&previous, START);
	CHECK_STR(add(&previous, START + 1500000), "00:00:00.001500  ");
	CHECK_STR(add(&previous, START + 3661001500000), "01:01:01.000000  ");
	CHECK_STR(add(&previous, START), "-01:01:01.001500 ");
	add(&first, START);
	CHECK_STR(add(&first, START + 1500000), "00:00:00.001500  ");
	CHECK_STR(add(&first, START + 3000000), "00:00:00.003000  ");
}
