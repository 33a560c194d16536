/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STRBUF_H
#define STRBUF_H

/*
 * A growing string, and the three forms in which untrusted text is added to it: printable (for a
 * terminal), logfmt (for the annotation), JSON. Each form escapes control characters, characters
 * that are invisible or reorder the text (utf8.h), and bytes that are not UTF-8. For lack of memory
 * an addition is dropped and failed is set: one check at the end is enough.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Zero-initialized, it is empty. After the first addition, data ends in a NUL. */
struct strbuf {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

/* Makes the string empty, and not failed; keeps its memory. */
void strbuf_clear(struct strbuf *text);

/* Frees the memory. The string is empty, and not failed, and can be used again. */
void strbuf_free(struct strbuf *text);

/* Returns the string, "" if it is empty. It is valid until the next addition. */
const char *strbuf_string(const struct strbuf *text);

/* Makes room for length more bytes and a NUL. Returns false, and sets failed, without memory. */
bool strbuf_grow(struct strbuf *text, size_t length);

/* The same; inline, because there is room most of the time. */
static inline bool strbuf_reserve(struct strbuf *text, size_t length)
{
	return length < text->capacity - text->length || strbuf_grow(text, length);
}

/* Adds bytes. Inline, because most additions are of a few bytes. */
static inline void strbuf_add_bytes(struct strbuf *text, const char *bytes, size_t length)
{
	if (!strbuf_reserve(text, length))
		return;
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

/*
 * Adds the first length bytes of an array of STRBUF_ARRAY. It copies them all, which takes three
 * instructions where a copy of length bytes is a call.
 */
#define STRBUF_ARRAY 24
static inline void strbuf_add_array(struct strbuf *text, const char bytes[STRBUF_ARRAY],
				    size_t length)
{
	if (!strbuf_reserve(text, STRBUF_ARRAY))
		return;
	memcpy(text->data + text->length, bytes, STRBUF_ARRAY);
	text->length += length;
	text->data[text->length] = '\0';
}

/* Adds the string as it is. */
void strbuf_add(struct strbuf *text, const char *string);

/* Inserts the string before the byte at this offset, text->length at most. */
void strbuf_insert(struct strbuf *text, size_t at, const char *string);

/* Adds the number in decimal digits. */
void strbuf_add_number(struct strbuf *text, uint64_t number);

/* Adds what printf() would print. */
void strbuf_addf(struct strbuf *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The bytes of control and invisible characters and of invalid UTF-8 become \n, \t, \r or \xNN; a
 * backslash is doubled.
 */
void strbuf_add_printable(struct strbuf *text, const char *string);

/* Adds the string with the escapes of strbuf_add_printable undone; other text is unchanged. */
void strbuf_parse_printable(struct strbuf *text, const char *string);

/*
 * Adds a logfmt value: bare, or in double quotes, with the same escapes and \", where a bare one
 * would be ambiguous.
 */
void strbuf_add_logfmt(struct strbuf *text, const char *string);

/* Adds a JSON string with its quotes (RFC 8259). An invalid byte becomes the text \xNN. */
void strbuf_add_json(struct strbuf *text, const char *string);

/*
 * Adds the text of the logfmt value at *cursor and moves *cursor after the value. Returns 0, or
 * -EINVAL for a missing quote, an unknown escape or a character that a bare value cannot have.
 */
int strbuf_parse_logfmt(struct strbuf *text, const char **cursor);

#endif
