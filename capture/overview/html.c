// SPDX-License-Identifier: GPL-2.0-or-later
#include "html.h"
#include "phrase.h"

static void add_escaped(struct strbuf *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		switch (text[i]) {
		case '&':
			strbuf_add(out, "&amp;");
			break;
		case '<':
			strbuf_add(out, "&lt;");
			break;
		case '>':
			strbuf_add(out, "&gt;");
			break;
		case '"':
			strbuf_add(out, "&quot;");
			break;
		case '\'':
			strbuf_add(out, "&#39;");
			break;
		default:
			strbuf_add_bytes(out, text + i, 1);
		}
	}
}

void html_text(struct strbuf *out, const char *text)
{
	struct strbuf printed = { 0 };

	strbuf_add_printable(&printed, text);
	add_escaped(out, strbuf_string(&printed), printed.length);
	out->failed |= printed.failed;
	strbuf_free(&printed);
}

/* The names in it were made printable when they were added. */
void html_marked(struct strbuf *out, const char *text)
{
	bool in_name = false, in_code = false;

	for (; *text; text++) {
		if (*text == *NAME_BEGIN || *text == *NAME_END) {
			in_name = *text == *NAME_BEGIN;
			strbuf_add(out, in_name ? "<code>" : "</code>");
		} else if (*text == '`' && !in_name) {
			in_code = !in_code;
			strbuf_add(out, in_code ? "<code>" : "</code>");
		} else {
			add_escaped(out, text, 1);
		}
	}
	strbuf_add(out, in_code ? "</code>" : "");
}

/* In JSON, these three are in strings alone. */
void html_json(struct strbuf *out, const char *json)
{
	for (; *json; json++) {
		if (*json == '<' || *json == '>' || *json == '&')
			strbuf_addf(out, "\\u%04x", (unsigned int)*json);
		else
			strbuf_add_bytes(out, json, 1);
	}
}

void html_cell_text(struct strbuf *out, const char *text)
{
	strbuf_add(out, "<td>");
	html_text(out, text);
	strbuf_add(out, "</td>");
}

void html_cell_name(struct strbuf *out, const char *name)
{
	strbuf_add(out, "<td><code>");
	html_text(out, name);
	strbuf_add(out, "</code></td>");
}

void html_cell_number(struct strbuf *out, uint64_t number)
{
	strbuf_add(out, "<td class=\"n\">");
	if (number)
		phrase_number(out, number);
	else
		strbuf_add(out, "<span class=\"zero\">0</span>");
	strbuf_add(out, "</td>");
}

void html_cell_empty(struct strbuf *out)
{
	strbuf_add(out, "<td class=\"zero\">-</td>");
}
