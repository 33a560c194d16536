// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 8259 does not demand it, but no control character of a name reaches a terminal, DEL included.
 */
#include "test.h"
#include "util/strbuf.h"

TEST(json_escapes_each_control_character)
{
	struct strbuf text = { 0 };
	char string[2] = "", escaped[16];

	for (int c = 1; c < 0x80; c += c == 0x1f ? 0x60 : 1) {
		string[0] = (char)c;
		snprintf(escaped, sizeof(escaped), "\"\\u%04x\"", (unsigned int)c);
		strbuf_clear(&text);
		strbuf_add_json(&text, string);
		CHECK_STR(strbuf_string(&text), escaped);
	}
	strbuf_free(&text);
}
