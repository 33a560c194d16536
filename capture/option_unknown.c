// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "option_hint.h"
#include "option_table.h"
#include "option_unknown.h"
#include "util/wrong_word.h"

/* Appends the long options that begin with the text, a space between two. Returns how many. */
static size_t list_options(enum option_command command, const char *beginning, struct strbuf *names)
{
	size_t count = 0;

	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];

		if (!(spec->commands & command) ||
		    strncmp(spec->name, beginning, strlen(beginning)) != 0)
			continue;
		strbuf_addf(names, "%s--%s", count++ ? " " : "", spec->name);
	}
	return count;
}

/* getopt accepts the beginning of a long option, but not that of several ones. */
static bool is_ambiguous(enum option_command command, const char *name, struct error *error)
{
	struct strbuf names = { 0 };
	bool several = list_options(command, name + 2, &names) > 1;

	if (several)
		error_set(error, -EINVAL, "%s: several options begin with this: %s", name,
			  strbuf_string(&names));
	strbuf_free(&names);
	return several;
}

static void suggest(enum option_command command, const char *name, struct error *error)
{
	struct strbuf names = { 0 }, nearest = { 0 };

	list_options(command, "", &names);
	if (wrong_word_nearest(name, strbuf_string(&names), &nearest))
		error_set(error, -EINVAL,
			  "%s: unknown option; did you mean %s? --help lists the options", name,
			  strbuf_string(&nearest));
	else
		error_set(error, -EINVAL, "%s: unknown option; --help lists the options", name);
	strbuf_free(&names);
	strbuf_free(&nearest);
}

int option_unknown(enum option_command command, const char *word, struct error *error)
{
	const char *hint = option_hint(command, word);
	bool is_long = strncmp(word, "--", 2) == 0;
	char *name = strndup(word, is_long ? strcspn(word, "=") : strlen(word));

	if (!name)
		return error_set(error, -ENOMEM, "out of memory");
	if (hint)
		error_set(error, -EINVAL, "%s: unknown option; %s", word, hint);
	else if (!is_long)
		error_set(error, -EINVAL, "%s: unknown option; --help lists the options", name);
	else if (!is_ambiguous(command, name, error))
		suggest(command, name, error);
	free(name);
	return -EINVAL;
}
