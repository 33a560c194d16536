/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_H
#define TEXT_H

/*
 * A growing string, and the ways in which a string from outside may enter one: printable (for a
 * terminal), logfmt (for the annotation), JSON. None lets a control character or a byte that is not
 * UTF-8 through. Running out of memory sets failed and drops what does not fit; check it once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialized is empty. data is NUL-terminated once anything was added. */
struct text {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

void text_clear(struct text *text);
void text_free(struct text *text);

/* The string so far, "" when empty; lives until the next call. */
const char *text_string(const struct text *text);

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_number(struct text *text, uint64_t number);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Control characters and invalid UTF-8 become \n, \t, \r or \xNN; a backslash is doubled. */
void text_add_printable(struct text *text, const char *string);

/* Undoes text_add_printable; what is no escape of its kind stays as it is. */
void text_parse_printable(struct text *text, const char *string);

/*
 * A logfmt value: bare, or double-quoted with the same escapes and \" where it would be ambiguous.
 */
void text_add_logfmt(struct text *text, const char *string);

/* A JSON string with its quotes (RFC 8259). An invalid byte becomes the text \xNN. */
void text_add_json(struct text *text, const char *string);

/*
 * Undoes text_add_logfmt for the value at *cursor, which it moves behind the value. Returns 0, or
 * -EINVAL for an open quote, an unknown escape or a character that a bare value must not hold.
 */
int text_parse_logfmt(struct text *text, const char **cursor);

#endif
