// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/strbuf.h"
#include "util/utf8.h"
#include "test.h"

TEST(length_is_that_of_one_character)
{
	CHECK(utf8_length("a") == 1 && utf8_length("\xc3\xa9") == 2);
	CHECK(utf8_length("\xe2\x82\xac") == 3 && utf8_length("\xf0\x9f\x98\x80") == 4);
	CHECK(!utf8_length("") && !utf8_length("\n") && !utf8_length("\x7f"));
	CHECK(!utf8_length("\xc2\x9b") && !utf8_length("\xe2\x82") && !utf8_length("\xff"));
}

TEST(code_points_are_decoded)
{
	CHECK(utf8_code_point("z", 1) == 'z' && utf8_code_point("\xc3\xa9", 2) == 0xe9);
	CHECK(utf8_code_point("\xe2\x82\xac", 3) == 0x20ac);
	CHECK(utf8_code_point("\xf0\x9f\x98\x80", 4) == 0x1f600);
}

/* Of each range the first and the last, and their neighbours. */
TEST(characters_without_a_shape_are_invisible)
{
	static const char *const invisible[] = {
		"\xc2\xad",	    "\xd8\x9c",	    "\xe2\x80\x8b",	"\xe2\x80\x8f",
		"\xe2\x80\xa8",	    "\xe2\x80\xae", "\xe2\x81\xa0",	"\xe2\x81\xaf",
		"\xef\xbb\xbf",	    "\xef\xbf\xbb", "\xf0\x9d\x85\xb3", "\xf3\xa0\x80\x80",
		"\xf3\xa0\xbf\xbf",
	};
	static const char *const visible[] = {
		"\xc2\xac",	"\xc2\xae",	"\xe2\x80\x8a",	    "\xe2\x80\x90",
		"\xe2\x80\xa7", "\xe2\x80\xaf", "\xe2\x81\xb0",	    "\xef\xbf\xbc",
		"\xe2\x82\xac", "\xd8\xa7",	"\xf0\x9f\x98\x80",
	};

	for (size_t i = 0; i < sizeof(invisible) / sizeof(*invisible); i++)
		CHECK(utf8_length(invisible[i]) && !utf8_visible_length(invisible[i]));
	for (size_t i = 0; i < sizeof(visible) / sizeof(*visible); i++)
		CHECK(utf8_visible_length(visible[i]) == utf8_length(visible[i]));
}

TEST(no_form_of_text_shows_them_raw)
{
	static const char name[] = "a\xe2\x80\xae"
				   "b\xf3\xa0\x80\x81";
	static const char bytes[] = "a\\xe2\\x80\\xaeb\\xf3\\xa0\\x80\\x81";
	struct strbuf text = { 0 }, back = { 0 };

	strbuf_add_printable(&text, name);
	CHECK_STR(strbuf_string(&text), bytes);
	strbuf_parse_printable(&back, strbuf_string(&text));
	CHECK_STR(strbuf_string(&back), name);
	strbuf_clear(&text);
	strbuf_add_json(&text, name);
	CHECK_STR(strbuf_string(&text), "\"a\\u202eb\\udb40\\udc01\"");
	strbuf_free(&text);
	strbuf_free(&back);
}

TEST(older_annotations_with_them_are_read)
{
	static const char raw[] = "a\xe2\x80\xaez";
	const char *cursor = raw;
	struct strbuf text = { 0 };

	CHECK(!strbuf_parse_logfmt(&text, &cursor));
	CHECK_STR(strbuf_string(&text), raw);
	strbuf_clear(&text);
	strbuf_add_logfmt(&text, raw);
	CHECK_STR(strbuf_string(&text), "\"a\\xe2\\x80\\xaez\"");
	strbuf_free(&text);
}
