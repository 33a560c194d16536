/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STRBUF_H
#define STRBUF_H

/*
 * A growing string, and the ways in which a string from outside may enter one: printable (for a
 * terminal), logfmt (for the annotation), JSON. None lets a control character or a byte that is not
 * UTF-8 through. Running out of memory sets failed and drops what does not fit; check it once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Zero-initialized is empty. data is NUL-terminated once anything was added. */
struct strbuf {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

void strbuf_clear(struct strbuf *text);
void strbuf_free(struct strbuf *text);

/* The string so far, "" when empty; lives until the next call. */
const char *strbuf_string(const struct strbuf *text);

/* Makes room for length more bytes and a NUL. Returns false, and sets failed, without memory. */
bool strbuf_grow(struct strbuf *text, size_t length);

/* In the header: most texts are made of a few bytes at a time. */
static inline void strbuf_add_bytes(struct strbuf *text, const char *bytes, size_t length)
{
	if (text->length + length >= text->capacity && !strbuf_grow(text, length))
		return;
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void strbuf_add(struct strbuf *text, const char *string);
void strbuf_add_number(struct strbuf *text, uint64_t number);
void strbuf_addf(struct strbuf *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Control characters and invalid UTF-8 become \n, \t, \r or \xNN; a backslash is doubled. */
void strbuf_add_printable(struct strbuf *text, const char *string);

/* Undoes strbuf_add_printable; what is no escape of its kind stays as it is. */
void strbuf_parse_printable(struct strbuf *text, const char *string);

/*
 * A logfmt value: bare, or double-quoted with the same escapes and \" where it would be ambiguous.
 */
void strbuf_add_logfmt(struct strbuf *text, const char *string);

/* A JSON string with its quotes (RFC 8259). An invalid byte becomes the text \xNN. */
void strbuf_add_json(struct strbuf *text, const char *string);

/*
 * Undoes strbuf_add_logfmt for the value at *cursor, which it moves behind the value. Returns 0, or
 * -EINVAL for an open quote, an unknown escape or a character that a bare value must not hold.
 */
int strbuf_parse_logfmt(struct strbuf *text, const char **cursor);

#endif
