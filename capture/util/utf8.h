/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UTF8_H
#define UTF8_H

/* Decodes UTF-8 text from outside, and finds characters that are dangerous to show. */

#include <stddef.h>

/*
 * Returns the length in bytes of the character at s; 0 for a control character (also C1, which
 * terminals obey) and for a byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF). s ends with NUL, for which the length is 0.
 */
size_t utf8_length(const char *s);

/*
 * The same, and 0 for a character that is invisible, or that changes the order or the lines of the
 * text around it: with such characters, a name can look like another one. They are the code points
 * that Unicode 15 calls Default_Ignorable_Code_Point, line and paragraph separators, and the
 * annotations of U+FFF9 to U+FFFB.
 */
size_t utf8_visible_length(const char *s);

/* Returns the code point of the character at s, whose length is that of utf8_length(). */
unsigned int utf8_code_point(const char *s, size_t length);

#endif
