// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "explain_print.h"

#define LABEL_COLUMNS 11 /* "  Origins:  " without the last blank */
#define COLUMNS_MIN   40

static const char no_text[] = "There is no explanation: a later kernel may have this name.";
static const char number_text[] = "Only the number is known: names differ in each kernel.";
static const char not_tcp_text[] = "The reason belongs to another protocol: TCP does not meet it.";

static const char *missing_text(const struct explain_entry *entry)
{
	bool foreign = entry->class == EXPLAIN_DROP && explain_is_not_tcp(entry->name);

	if (isdigit((unsigned char)*entry->name))
		return number_text;
	return foreign ? not_tcp_text : no_text;
}

/* Appends the text after its label; further lines are indented like the first. */
static void add_wrapped(struct strbuf *out, const char *label, const char *text,
			unsigned int columns)
{
	size_t room = (columns > COLUMNS_MIN ? columns : COLUMNS_MIN) - LABEL_COLUMNS - 1;
	size_t used = 0;

	strbuf_addf(out, "  %-*s", LABEL_COLUMNS - 2, label);
	while (*text) {
		size_t length = strcspn(text, " ");

		if (used && used + 1 + length > room) {
			strbuf_addf(out, "\n%*s", LABEL_COLUMNS, "");
			used = 0;
		}
		strbuf_add(out, " ");
		strbuf_add_bytes(out, text, length);
		used += length + (used > 0);
		text += length;
		text += strspn(text, " ");
	}
	strbuf_add(out, "\n");
}

void explain_print_text(const struct explain_entry *entry, unsigned int columns, struct strbuf *out)
{
	const struct explanation *text = entry->text;

	if (entry->count)
		strbuf_addf(out, "%" PRIu64 " x ", entry->count);
	strbuf_add_printable(out, text ? text->name : entry->name);
	strbuf_addf(out, " (%s%s%s)\n", explain_class_title(entry->class), text ? ", " : "",
		    text ? explain_severity_name(text->severity) : "");
	if (!text) {
		add_wrapped(out, "Meaning:", missing_text(entry), columns);
		return;
	}
	add_wrapped(out, "Meaning:", text->meaning, columns);
	add_wrapped(out, "Origins:", text->origins, columns);
	add_wrapped(out, "Look at:", text->look, columns);
	if (*text->functions)
		add_wrapped(out, "Kernel:", text->functions, columns);
}

static void add_field(struct strbuf *out, const char *key, const char *value)
{
	strbuf_addf(out, ",\"%s\":", key);
	strbuf_add_json(out, value);
}

static void add_functions(struct strbuf *out, const char *functions)
{
	const char *separator = "";

	strbuf_add(out, ",\"functions\":[");
	while (*functions) {
		size_t length = strcspn(functions, ",");

		strbuf_addf(out, "%s\"%.*s\"", separator, (int)length, functions);
		functions += length;
		functions += strspn(functions, ", ");
		separator = ",";
	}
	strbuf_add(out, "]");
}

void explain_print_json(const struct explain_entry *entry, struct strbuf *out)
{
	const struct explanation *text = entry->text;

	strbuf_addf(out, "{\"class\":\"%s\"", explain_class_name(entry->class));
	add_field(out, "name", text ? text->name : entry->name);
	if (entry->count)
		strbuf_addf(out, ",\"count\":%" PRIu64, entry->count);
	if (text) {
		add_field(out, "severity", explain_severity_name(text->severity));
		add_field(out, "meaning", text->meaning);
		add_field(out, "origins", text->origins);
		add_field(out, "look", text->look);
		add_functions(out, text->functions);
	}
	strbuf_add(out, "}\n");
}

void explain_print_head(struct strbuf *out)
{
	strbuf_addf(out, "%-8s  %-28s  %-8s  %s\n", "CLASS", "NAME", "SEVERITY", "MEANING");
}

void explain_print_line(const struct explain_entry *entry, struct strbuf *out)
{
	size_t start;

	strbuf_addf(out, "%-8s  ", explain_class_name(entry->class));
	start = out->length;
	strbuf_add_printable(out, entry->name);
	while (!out->failed && out->length < start + 28)
		strbuf_add(out, " ");
	strbuf_addf(out, "  %-8s  %s\n",
		    entry->text ? explain_severity_name(entry->text->severity) : "-",
		    entry->text ? entry->text->meaning : missing_text(entry));
}
