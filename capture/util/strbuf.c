// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strbuf.h"
#include "utf8.h"

#define FIRST_CAPACITY 256

void strbuf_clear(struct strbuf *text)
{
	text->length = 0;
	text->failed = false;
	if (text->data)
		text->data[0] = '\0';
}

void strbuf_free(struct strbuf *text)
{
	free(text->data);
	*text = (struct strbuf){ 0 };
}

const char *strbuf_string(const struct strbuf *text)
{
	return text->data ? text->data : "";
}

bool strbuf_grow(struct strbuf *text, size_t length)
{
	size_t capacity = text->capacity ? text->capacity : FIRST_CAPACITY;
	char *data = NULL;

	if (length < PTRDIFF_MAX / 2 - text->length) {
		while (capacity <= text->length + length)
			capacity *= 2;
		data = realloc(text->data, capacity);
	}
	if (!data) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->capacity = capacity;
	return true;
}

void strbuf_add(struct strbuf *text, const char *string)
{
	strbuf_add_bytes(text, string, strlen(string));
}

void strbuf_insert(struct strbuf *text, size_t at, const char *string)
{
	size_t length = strlen(string);

	if (!strbuf_reserve(text, length))
		return;
	memmove(text->data + at + length, text->data + at, text->length - at);
	memcpy(text->data + at, string, length);
	text->length += length;
	text->data[text->length] = '\0';
}

static size_t count_digits(uint64_t number)
{
	size_t count = 1;

	for (; number >= 10000; number /= 10000)
		count += 4;
	return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

/* Writes two digits for each division, which takes longer than all else. */
void strbuf_add_number(struct strbuf *text, uint64_t number)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	const char digit = (char)('0' + number);
	size_t count;
	char *at;

	if (number < 10) { /* as most numbers */
		strbuf_add_bytes(text, &digit, 1);
		return;
	}
	count = count_digits(number);
	if (!strbuf_reserve(text, count))
		return;
	text->length += count;
	at = text->data + text->length;
	*at = '\0';
	for (; number >= 10; number /= 100)
		memcpy(at -= 2, &pairs[number % 100 * 2], 2);
	if (count % 2)
		at[-1] = (char)('0' + number);
}

void strbuf_addf(struct strbuf *text, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		text->failed = true;
	if (length < 0 || !strbuf_reserve(text, (size_t)length))
		return;
	va_start(args, format);
	vsnprintf(text->data + text->length, (size_t)length + 1, format, args);
	va_end(args);
	text->length += (size_t)length;
}

static void add_escape(struct strbuf *text, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char escape[4] = { '\\', 'x', hex[byte >> 4], hex[byte & 15] };

	if (byte == '\n')
		strbuf_add_bytes(text, "\\n", 2);
	else if (byte == '\r')
		strbuf_add_bytes(text, "\\r", 2);
	else if (byte == '\t')
		strbuf_add_bytes(text, "\\t", 2);
	else
		strbuf_add_bytes(text, escape, sizeof(escape));
}

/* Adds the string, with a backslash before each backslash and each character of quoted. */
static void add_escaped(struct strbuf *text, const char *string, const char *quoted)
{
	while (*string) {
		size_t length = utf8_visible_length(string);

		if (!length) {
			add_escape(text, (unsigned char)*string++);
			continue;
		}
		if (*string == '\\' || strchr(quoted, *string))
			strbuf_add_bytes(text, "\\", 1);
		strbuf_add_bytes(text, string, length);
		string += length;
	}
}

void strbuf_add_printable(struct strbuf *text, const char *string)
{
	add_escaped(text, string, "");
}

/* The ASCII characters of bare values. */
static const bool bare_ascii[256] = {
	['!'] = true,
	['#' ... '<'] = true,
	['>' ... '['] = true,
	[']' ... '~'] = true,
};

/* Returns the length of the string if it can be bare, else 0. Nearly all values are ASCII. */
static size_t bare_length(const char *string)
{
	const unsigned char *start = (const unsigned char *)string, *s = start;

	for (;;) {
		size_t length;

		while (bare_ascii[*s])
			s++;
		if (!*s)
			return (size_t)(s - start);
		length = *s < 0x80 ? 0 : utf8_visible_length((const char *)s);
		if (!length)
			return 0;
		s += length;
	}
}

void strbuf_add_logfmt(struct strbuf *text, const char *string)
{
	size_t length = bare_length(string);

	if (length) {
		strbuf_add_bytes(text, string, length);
		return;
	}
	strbuf_add_bytes(text, "\"", 1);
	add_escaped(text, string, "\"");
	strbuf_add_bytes(text, "\"", 1);
}

/*
 * Escapes one character, or one byte that is not UTF-8. JSON can escape code units of UTF-16, but
 * not bytes. Returns the length of what was escaped.
 */
static size_t add_json_escape(struct strbuf *text, const char *string)
{
	unsigned char byte = (unsigned char)*string;
	size_t length = utf8_length(string);
	unsigned int code_point = length ? utf8_code_point(string, length) : byte;

	if (code_point > 0xffff)
		strbuf_addf(text, "\\u%04x\\u%04x", 0xd7c0 + (code_point >> 10),
			    0xdc00 + (code_point & 0x3ff));
	else if (length || byte < 0x20 || byte == 0x7f)
		strbuf_addf(text, "\\u%04x", code_point);
	else
		strbuf_addf(text, "\\\\x%02x", byte);
	return length ? length : 1;
}

void strbuf_add_json(struct strbuf *text, const char *string)
{
	strbuf_add_bytes(text, "\"", 1);
	while (*string) {
		unsigned char byte = (unsigned char)*string;
		size_t length = utf8_visible_length(string);

		if (length) {
			if (byte == '"' || byte == '\\')
				strbuf_add_bytes(text, "\\", 1);
			strbuf_add_bytes(text, string, length);
			string += length;
			continue;
		}
		string += add_json_escape(text, string);
	}
	strbuf_add_bytes(text, "\"", 1);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Parses the escape after a backslash. Returns its length, 0 for an unknown escape. */
static size_t parse_escape(const char *s, char *out)
{
	static const char from[] = "nrt\"\\", to[] = "\n\r\t\"\\";
	const char *known = *s ? strchr(from, *s) : NULL;

	if (known) {
		*out = to[known - from];
		return 1;
	}
	if (s[0] != 'x' || hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
		return 0;
	*out = (char)(hex_digit(s[1]) << 4 | hex_digit(s[2]));
	return *out ? 3 : 0;
}

void strbuf_parse_printable(struct strbuf *text, const char *string)
{
	while (*string) {
		char c;
		size_t length = *string == '\\' ? parse_escape(string + 1, &c) : 0;

		strbuf_add_bytes(text, length ? &c : string, 1);
		string += 1 + length;
	}
}

/*
 * Returns whether the first bytes, which are whole characters, have no control character. Invisible
 * characters are accepted, because older versions did not escape them.
 */
static bool is_printable(const char *string, size_t bytes)
{
	const char *s = string;
	size_t length = 1;

	while (length && (size_t)(s - string) < bytes) {
		length = utf8_length(s);
		s += length;
	}
	return length > 0;
}

static int parse_quoted(struct strbuf *text, const char **cursor)
{
	const char *s = *cursor + 1;

	for (; *s && *s != '"'; s++) {
		char c = *s;

		if (c == '\\') {
			size_t length = parse_escape(s + 1, &c);

			if (!length)
				return -EINVAL;
			s += length;
		}
		strbuf_add_bytes(text, &c, 1);
	}
	*cursor = s + 1;
	return *s == '"' ? 0 : -EINVAL;
}

int strbuf_parse_logfmt(struct strbuf *text, const char **cursor)
{
	size_t length = strcspn(*cursor, " \"=\\\n");

	if (**cursor == '"')
		return parse_quoted(text, cursor);
	if (!length || !strchr(" \n", (*cursor)[length]))
		return -EINVAL;
	if (!is_printable(*cursor, length))
		return -EINVAL;
	strbuf_add_bytes(text, *cursor, length);
	*cursor += length;
	return 0;
}
