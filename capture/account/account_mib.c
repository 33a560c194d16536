// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account_mib.h"

#define NAME_BYTES 96

/* Calls found for each name and its value; both lists end at the shorter one. */
static void pair_up(const char *group, char *names, char *values, account_counter *found,
		    void *context)
{
	char name[NAME_BYTES], *word, *value, *end;

	while ((word = strsep(&names, " ")) && (value = strsep(&values, " "))) {
		uint64_t number = strtoull(value, &end, 10);

		if (!*word || end == value || *end ||
		    snprintf(name, sizeof(name), "%s%s", group, word) >= (int)sizeof(name))
			continue;
		found(context, name, number);
	}
}

/* Ends the group's name at the colon. Returns what follows it, or NULL. */
static char *split_group(char *line)
{
	char *colon = strstr(line, ": ");

	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 2;
}

void account_parse_mib(char *text, account_counter *found, void *context)
{
	char *line, *group = NULL, *names = NULL, *rest;

	while ((line = strsep(&text, "\n"))) {
		rest = split_group(line);
		if (rest && names && strcmp(group, line) == 0) {
			pair_up(group, names, rest, found, context);
			names = NULL;
		} else {
			group = line;
			names = rest;
		}
	}
}

void account_parse_list(char *text, account_counter *found, void *context)
{
	char *line, *name, *value, *end;

	while ((line = strsep(&text, "\n"))) {
		name = strsep(&line, " \t");
		if (!line)
			continue;
		value = line + strspn(line, " \t");
		uint64_t number = strtoull(value, &end, 10);

		if (*name && end != value && !*end)
			found(context, name, number);
	}
}

/* Returns the next word of the line, after any number of spaces; NULL at its end. */
static char *next_word(char **line)
{
	char *word = *line ? *line + strspn(*line, " ") : NULL;

	if (!word || !*word)
		return NULL;
	*line = word;
	return strsep(line, " ");
}

void account_parse_columns(char *text, account_counter *found, void *context)
{
	char *names = strsep(&text, "\n"), *line, *name, *value, *copy, *at, *end;

	while (names && (line = strsep(&text, "\n"))) {
		copy = at = strdup(names);
		while (at && (name = next_word(&at)) && (value = next_word(&line))) {
			uint64_t number = strtoull(value, &end, 16);

			if (end != value && !*end)
				found(context, name, number);
		}
		free(copy);
	}
}

void account_parse_softnet(char *text, account_counter *found, void *context)
{
	char *line, *value, *end;

	while ((line = strsep(&text, "\n"))) {
		value = next_word(&line) ? next_word(&line) : NULL;
		if (!value)
			continue;
		uint64_t number = strtoull(value, &end, 16);

		if (end != value && !*end)
			found(context, "dropped", number);
	}
}
