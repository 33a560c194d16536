// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/strbuf.h"
#include "util/utf8.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef void add_function(struct strbuf *text, const char *string);

static add_function *const add_functions[] = { strbuf_add_printable, strbuf_add_logfmt,
					       strbuf_add_json };

/*
 * Every sort of byte sequence that is not a printable character of UTF-8: all from 0x80 on is
 * escaped.
 */
static const char *const invalid[] = {
	"\x80",
	"\xbf",
	"a\x80z",
	"\xff",
	"\xfe", /* not a first byte */
	"\xc2",
	"\xc2z",
	"\xe2\x82",
	"\xe2\x82z",
	"\xe2(\xa1", /* incomplete */
	"\xf0\x9f",
	"\xf0\x9f\x98",
	"\xf0\x9f\x98z",
	"\xf0(\x8c\xbc",
	"\xc0\x80",
	"\xc0\xaf",
	"\xc1\xbf",
	"\xe0\x80\x80",
	"\xe0\x9f\xbf", /* overlong */
	"\xf0\x80\x80\x80",
	"\xf0\x8f\xbf\xbf",
	"\xed\xa0\x80",
	"\xed\xaf\xbf",
	"\xed\xb0\x80",
	"\xed\xbf\xbf", /* surrogates */
	"\xf4\x90\x80\x80",
	"\xf5\x80\x80\x80",
	"\xf7\xbf\xbf\xbf", /* above U+10FFFF */
	"\xf8\x88\x80\x80\x80",
	"\xfc\x84\x80\x80\x80\x80",
	"\xc2\x80",
	"\xc2\x85",
	"\xc2\x9bm",
	"\xc2\x9f", /* C1 controls */
};

static const char *const valid[] = {
	"\xc2\xa0",	    "\xdf\xbf",		"\xe0\xa0\x80", "\xe2\x82\xac",
	"\xed\x9f\xbf",	    "\xee\x80\x80",	"\xef\xbf\xbf", "\xf0\x90\x80\x80",
	"\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "caf\xc3\xa9",
};

static uint64_t random_state;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Encodes the code point in its shortest form; returns the length. */
static size_t encode(uint32_t code, unsigned char out[4])
{
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = length; --i > 0; code >>= 6)
		out[i] = (unsigned char)(0x80 | (code & 0x3f));
	out[0] = (unsigned char)(leads[length] | code);
	return length;
}

/* Whether the string is UTF-8 without control characters: decode naively, encode, compare. */
static bool is_clean(const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	unsigned char again[4];

	while (*s) {
		size_t length = *s < 0x80 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
		uint32_t code = length == 1 ? *s : *s & (0xffU >> (length + 1));

		for (size_t i = 1; i < length; i++) {
			if (!s[i])
				return false;
			code = code << 6 | (s[i] & 0x3f);
		}
		if (encode(code, again) != length || memcmp(again, s, length) != 0)
			return false;
		if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff ||
		    (code >= 0xd800 && code < 0xe000))
			return false;
		s += length;
	}
	return true;
}

/* The result is valid until the next call. */
static const char *added(add_function *add, const char *string)
{
	static struct strbuf text;

	strbuf_clear(&text);
	add(&text, string);
	return strbuf_string(&text);
}

/* Whether parsing returns the text that strbuf_add_logfmt wrote, to its end. */
static bool logfmt_round_trips(const char *string)
{
	struct strbuf written = { 0 }, parsed = { 0 };
	const char *cursor;
	bool same;

	strbuf_add_logfmt(&written, string);
	cursor = strbuf_string(&written);
	same = strbuf_parse_logfmt(&parsed, &cursor) == 0 && *cursor == '\0' &&
	       parsed.length == strlen(string) && strcmp(strbuf_string(&parsed), string) == 0 &&
	       is_clean(strbuf_string(&written));
	strbuf_free(&written);
	strbuf_free(&parsed);
	return same;
}

TEST(printable_escapes)
{
	CHECK_STR(added(strbuf_add_printable, "a b=\"c\""), "a b=\"c\"");
	CHECK_STR(added(strbuf_add_printable, "a\\b"), "a\\\\b");
	CHECK_STR(added(strbuf_add_printable, "\n\r\t"), "\\n\\r\\t");
	CHECK_STR(added(strbuf_add_printable, "\x01\x1b[1m\x7f"), "\\x01\\x1b[1m\\x7f");
}

TEST(logfmt_quotes_only_what_is_ambiguous)
{
	CHECK_STR(added(strbuf_add_logfmt, "nft_do_chain+0x3b8"), "nft_do_chain+0x3b8");
	CHECK_STR(added(strbuf_add_logfmt, ""), "\"\"");
	CHECK_STR(added(strbuf_add_logfmt, "a b"), "\"a b\"");
	CHECK_STR(added(strbuf_add_logfmt, "a=b"), "\"a=b\"");
	CHECK_STR(added(strbuf_add_logfmt, "a\"b"), "\"a\\\"b\"");
	CHECK_STR(added(strbuf_add_logfmt, "a\\b"), "\"a\\\\b\"");
	CHECK_STR(added(strbuf_add_logfmt, "a\nb"), "\"a\\nb\"");
	CHECK_STR(added(strbuf_add_logfmt, "\x1b"), "\"\\x1b\"");
	CHECK_STR(added(strbuf_add_logfmt, "\xff"), "\"\\xff\"");
	CHECK_STR(added(strbuf_add_logfmt, "caf\xc3\xa9"), "caf\xc3\xa9");
}

TEST(json_escapes)
{
	CHECK_STR(added(strbuf_add_json, ""), "\"\"");
	CHECK_STR(added(strbuf_add_json, "a/b c"), "\"a/b c\"");
	CHECK_STR(added(strbuf_add_json, "a\"b\\c"), "\"a\\\"b\\\\c\"");
	CHECK_STR(added(strbuf_add_json, "\x1b"), "\"\\u001b\"");
	CHECK_STR(added(strbuf_add_json, "\xff"), "\"\\\\xff\"");
}

TEST(each_byte_that_is_not_printable_utf8_is_escaped)
{
	for (size_t i = 0; i < COUNT(invalid); i++) {
		char want[64] = "", json[80];

		for (const char *s = invalid[i]; *s; s++)
			sprintf(want + strlen(want), *s & 0x80 ? "\\x%02x" : "%c",
				(unsigned char)*s);
		CHECK_STR(added(strbuf_add_printable, invalid[i]), want);
		sprintf(json, "\"%s\"", want);
		CHECK_STR(added(strbuf_add_logfmt, invalid[i]), json);
		CHECK(is_clean(added(strbuf_add_json, invalid[i])));
		CHECK(strstr(added(strbuf_add_json, invalid[i]), "\\\\x"));
	}
}

TEST(printable_utf8_is_not_changed)
{
	for (size_t i = 0; i < COUNT(valid); i++) {
		char quoted[32];

		CHECK_STR(added(strbuf_add_printable, valid[i]), valid[i]);
		CHECK_STR(added(strbuf_add_logfmt, valid[i]), valid[i]);
		sprintf(quoted, "\"%s\"", valid[i]);
		CHECK_STR(added(strbuf_add_json, valid[i]), quoted);
	}
}

TEST(every_code_point_is_printed_or_escaped_alike)
{
	for (uint32_t code = 1; code < 0x120000; code++) {
		char string[5] = { 0 };
		bool clean;

		encode(code, (unsigned char *)string);
		clean = is_clean(string) && code != '\\' && utf8_visible_length(string);
		CHECK((strcmp(added(strbuf_add_printable, string), string) == 0) == clean);
	}
}

TEST(escapes_let_no_control_or_broken_utf8_through)
{
	char string[16];

	random_state = 0x1234567;
	for (int round = 0; round < 100000; round++) {
		size_t length = next_random() % (sizeof(string) - 1);

		for (size_t i = 0; i < length; i++)
			string[i] = (char)(1 + next_random() % 255);
		string[length] = '\0';
		for (size_t i = 0; i < COUNT(add_functions); i++)
			CHECK(is_clean(added(add_functions[i], string)));
		CHECK(logfmt_round_trips(string));
	}
}

TEST(logfmt_round_trips_every_byte_and_pair)
{
	char string[3] = { 0 };

	CHECK(logfmt_round_trips(""));
	for (int first = 1; first < 256; first++) {
		string[0] = (char)first;
		for (int second = 0; second < 256; second++) {
			string[1] = (char)second;
			CHECK(logfmt_round_trips(string));
		}
	}
	for (size_t i = 0; i < COUNT(invalid); i++)
		CHECK(logfmt_round_trips(invalid[i]));
	for (size_t i = 0; i < COUNT(valid); i++)
		CHECK(logfmt_round_trips(valid[i]));
}

TEST(escapes_do_not_read_after_the_string)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);

	CHECK(map != MAP_FAILED && !mprotect(map + page, page, PROT_NONE));
	for (size_t i = 0; i < COUNT(invalid); i++) {
		size_t size = strlen(invalid[i]) + 1;
		char *string = memcpy(map + page - size, invalid[i], size);

		for (size_t j = 0; j < COUNT(add_functions); j++)
			CHECK(is_clean(added(add_functions[j], string)));
	}
	munmap(map, 2 * page);
}

TEST(parse_ends_after_the_value)
{
	struct strbuf text = { 0 };
	const char *cursor = "drop \"a b\\\"\" x\nrest";

	CHECK(strbuf_parse_logfmt(&text, &cursor) == 0);
	CHECK_STR(strbuf_string(&text), "drop");
	CHECK_STR(cursor++, " \"a b\\\"\" x\nrest");
	strbuf_clear(&text);
	CHECK(strbuf_parse_logfmt(&text, &cursor) == 0);
	CHECK_STR(strbuf_string(&text), "a b\"");
	CHECK_STR(cursor++, " x\nrest");
	CHECK(strbuf_parse_logfmt(&text, &cursor) == 0);
	CHECK_STR(strbuf_string(&text), "a b\"x");
	strbuf_free(&text);
}

static int parse_error(const char *string)
{
	struct strbuf text = { 0 };
	int err = strbuf_parse_logfmt(&text, &string);

	strbuf_free(&text);
	return err;
}

TEST(parse_refuses_damage)
{
	static const char *const damaged[] = {
		"",	     " a",	  "=",	     "a\"b",	    "a=b",
		"a\\b",	     "\\",	  "\"",	     "\"open",	    "\"a\\",
		"\"a\\\"",   "\"\\q\"",	  "\"\\x\"", "\"\\x4\"",    "\"\\xg0\"",
		"\"\\x4g\"", "\"\\x00\"", "\"\\0\"", "\"\\u0041\"", "\"\\x",
	};

	for (size_t i = 0; i < COUNT(damaged); i++)
		CHECK(parse_error(damaged[i]) == -EINVAL);
}

/* strbuf_add_logfmt quotes these, so a bare value with one of them is damage. */
TEST(parse_refuses_bare_control_characters_and_broken_utf8)
{
	CHECK(parse_error("a\tb") == -EINVAL);
	CHECK(parse_error("a\x1b[1m") == -EINVAL);
	CHECK(parse_error("a\x7f") == -EINVAL);
	CHECK(parse_error("a\xff") == -EINVAL);
}

static const char *unescaped(const char *string)
{
	static struct strbuf text;

	strbuf_clear(&text);
	strbuf_parse_printable(&text, string);
	return strbuf_string(&text);
}

TEST(printable_form_is_undone)
{
	static const char *const strings[] = { "",	  "eth0",     "\\",    "a\nb\t\r",
					       "\x1b[1m", "\xff\xfe", "\\x41", "caf\xc3\xa9",
					       "\"",	  "\\\\n" };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		struct strbuf text = { 0 };

		strbuf_add_printable(&text, strings[i]);
		CHECK_STR(unescaped(strbuf_string(&text)), strings[i]);
		strbuf_free(&text);
	}
}

TEST(text_that_is_not_an_escape_stays)
{
	CHECK_STR(unescaped("\\Device\\NPF"), "\\Device\\NPF");
	CHECK_STR(unescaped("a\\"), "a\\");
	CHECK_STR(unescaped("\\x4"), "\\x4");
	CHECK_STR(unescaped("\\x00"), "\\x00");
}
