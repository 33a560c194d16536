// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: make_reasons markdown|lua|missing Writes the table of explanations as docs/reasons.md or
 * as the part of the dissector; or reads lines "drop NAME" and "reset NAME", and prints those that
 * TCP can meet and that have no explanation.
 */
#include <stdio.h>
#include <string.h>

#include "explain/explain.h"

#define LUA_COLUMNS 100
#define TAB_COLUMNS 4 /* as luacheck and editors of Lua count it */

static void put_functions(const char *functions)
{
	while (*functions) {
		size_t length = strcspn(functions, ",");
		bool is_name = !memchr(functions, ' ', length);

		printf(is_name ? "`%.*s`" : "%.*s", (int)length, functions);
		functions += length;
		if (*functions)
			printf(", ");
		functions += strspn(functions, ", ");
	}
}

static void put_section(const struct explain_table *table)
{
	printf("\n## %s\n", table->title);
	for (size_t i = 0; i < *table->count; i++) {
		const struct explanation *row = &table->rows[i];

		printf("\n### %s\n\n", row->name);
		printf("**%s.** %s\n\n", explain_severity_name(row->severity), row->meaning);
		printf("- Usual origins: %s\n", row->origins);
		printf("- Look at: %s", row->look);
		if (*row->functions) {
			printf("\n- Kernel: ");
			put_functions(row->functions);
		}
		printf("\n");
	}
}

static void put_markdown(void)
{
	puts("# Reasons\n\n"
	     "What the reasons of drops and resets mean that TCP can meet on Linux 5.17 to 7.2, and the\n"
	     "other words of an event. `tcpdropcap explain REASON` prints the same, and\n"
	     "`tcpdropcap explain -r FILE` what is in a file. The first word says how serious it usually\n"
	     "is: *chat* is a part of ordinary traffic, *note* is unusual but mostly harmless, *warn* makes\n"
	     "a connection slower or fail (it may be intended), *error* is a fault or a limit that is too\n"
	     "small. This page is made by `make reasons`.");
	for (size_t i = 0; i < explain_table_count; i++)
		put_section(&explain_tables[i]);
}

/* A literal of Lua, in pieces that fit the columns. */
static void put_lua_text(const char *text)
{
	size_t used = 0, room = LUA_COLUMNS - 3 * TAB_COLUMNS - 6;

	printf("\t\t\t\"");
	while (*text) {
		size_t length = strcspn(text, " ") + 1;

		length = length > strlen(text) ? strlen(text) : length;
		if (used + length > room) {
			printf("\"\n\t\t\t\t.. \"");
			used = TAB_COLUMNS + 3;
		}
		for (size_t i = 0; i < length; i++)
			printf(text[i] == '"' || text[i] == '\\' ? "\\%c" : "%c", text[i]);
		used += length;
		text += length;
	}
	printf("\" },\n");
}

static void put_lua_class(enum explain_class class)
{
	printf("\t%s = {\n", explain_class_name(class));
	for (size_t i = 0; i < explain_table_count; i++) {
		const struct explain_table *table = &explain_tables[i];

		for (size_t row = 0; table->class == class && row < *table->count; row++) {
			/* A name with a dash is no identifier of Lua. */
			printf(strchr(table->rows[row].name, '-') ? "\t\t[\"%s\"] = { \"%s\",\n"
								  : "\t\t%s = { \"%s\",\n",
			       table->rows[row].name,
			       explain_severity_name(table->rows[row].severity));
			put_lua_text(table->rows[row].meaning);
		}
	}
	printf("\t},\n");
}

static void put_lua(void)
{
	static const enum explain_class classes[] = { EXPLAIN_DROP, EXPLAIN_RESET, EXPLAIN_CAUSE,
						      EXPLAIN_KIND, EXPLAIN_EVENT };

	puts("local EXPLANATIONS = {");
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		put_lua_class(classes[i]);
	puts("}");
}

static void put_missing(void)
{
	char class[16], name[128];

	while (scanf("%15s %127s", class, name) == 2) {
		bool reset = strcmp(class, "reset") == 0;

		if (!explain_find(reset ? EXPLAIN_RESET : EXPLAIN_DROP, name) &&
		    (reset || !explain_is_not_tcp(name)) && !explain_is_marker(name))
			puts(name);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "markdown") == 0) {
		put_markdown();
	} else if (strcmp(what, "lua") == 0) {
		put_lua();
	} else if (strcmp(what, "missing") == 0) {
		put_missing();
	} else {
		fputs("usage: make_reasons markdown|lua|missing\n", stderr);
		return 2;
	}
	return fflush(stdout) ? 1 : 0;
}
