// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "explain/explain_print.h"
#include "test.h"

static const struct explanation made = {
	"MADE_UP",
	EXPLAIN_WARN,
	"one_function, two_functions",
	"It is made up.",
	"A test makes it, and this sentence goes on for longer than a line has columns.",
	"Look here.",
};

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		longest = length > longest ? length : longest;
		text += length + (text[length] == '\n');
	}
	return longest;
}

TEST(paragraph_has_each_part)
{
	struct explain_entry entry = { EXPLAIN_DROP, "made_up", &made, 7 };
	struct strbuf out = { 0 };

	explain_print_text(&entry, 60, &out);
	CHECK_STR(strbuf_string(&out),
		  "7 x MADE_UP (reason of a drop, warn)\n"
		  "  Meaning:  It is made up.\n"
		  "  Origins:  A test makes it, and this sentence goes on for\n"
		  "            longer than a line has columns.\n"
		  "  Look at:  Look here.\n"
		  "  Kernel:   one_function, two_functions\n");
	strbuf_free(&out);
}

TEST(lines_fit_the_columns)
{
	for (unsigned int columns = 40; columns < 120; columns++) {
		for (size_t i = 0; i < explain_table_count; i++) {
			for (size_t row = 0; row < *explain_tables[i].count; row++) {
				struct explain_entry entry = { explain_tables[i].class,
							       explain_tables[i].rows[row].name,
							       &explain_tables[i].rows[row], 0 };
				struct strbuf out = { 0 };

				explain_print_text(&entry, columns, &out);
				/* A word may be longer than a narrow line. */
				CHECK(columns < 64 || longest_line(strbuf_string(&out)) <= columns);
				strbuf_free(&out);
			}
		}
	}
}

TEST(narrow_terminal_ends)
{
	struct explain_entry entry = { EXPLAIN_DROP, "made_up", &made, 0 };
	struct strbuf out = { 0 };

	explain_print_text(&entry, 0, &out);
	explain_print_text(&entry, 1, &out);
	CHECK(out.length > 0 && !out.failed);
	strbuf_free(&out);
}

TEST(json_has_the_same_parts)
{
	struct explain_entry entry = { EXPLAIN_RESET, "made_up", &made, 7 };
	struct strbuf out = { 0 };

	explain_print_json(&entry, &out);
	CHECK_STR(strbuf_string(&out),
		  "{\"class\":\"reset\",\"name\":\"MADE_UP\",\"count\":7,\"severity\":\"warn\","
		  "\"meaning\":\"It is made up.\",\"origins\":\"A test makes it, and this sentence "
		  "goes on for longer than a line has columns.\",\"look\":\"Look here.\","
		  "\"functions\":[\"one_function\",\"two_functions\"]}\n");
	strbuf_free(&out);
}

/* The names of a file are not to be trusted. */
TEST(hostile_name_without_an_explanation_is_escaped)
{
	struct explain_entry entry = { EXPLAIN_DROP, "\x1b[31m\"\n", NULL, 3 };
	struct strbuf out = { 0 };

	explain_print_text(&entry, 80, &out);
	CHECK_STR(strbuf_string(&out),
		  "3 x \\x1b[31m\"\\n (reason of a drop)\n"
		  "  Meaning:  There is no explanation: a later kernel may have this name.\n");
	strbuf_clear(&out);
	explain_print_line(&entry, &out);
	CHECK(!strchr(strbuf_string(&out), '\x1b') && longest_line(out.data) + 1 == out.length);
	strbuf_clear(&out);
	explain_print_json(&entry, &out);
	CHECK_STR(strbuf_string(&out),
		  "{\"class\":\"drop\",\"name\":\"\\u001b[31m\\\"\\u000a\",\"count\":3}\n");
	strbuf_free(&out);
}
