// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "edit_distance.h"
#include "wrong_word.h"

#define SEPARATORS    ", "
#define SUBSTRING_MIN 3 /* letters; shorter words are in too many names */

/* One letter more than edit_distance() takes, so that it sees that a word is too long. */
static void fold(char out[EDIT_WORD_MAX + 2], const char *word, size_t length)
{
	size_t i = 0;

	for (; i < EDIT_WORD_MAX + 1 && i < length; i++)
		out[i] = (char)tolower((unsigned char)word[i]);
	out[i] = '\0';
}

/* 0: the same, but for case; a name that has the word in it is nearer than any misspelled one. */
static unsigned int distance(const char *word, const char *name)
{
	unsigned int letters = edit_distance(word, name);

	if (!letters)
		return 0;
	if (strlen(word) >= SUBSTRING_MIN && strstr(name, word))
		return 1;
	return letters == UINT_MAX ? letters : letters + 1;
}

bool wrong_word_nearest(const char *word, const char *names, struct strbuf *nearest)
{
	char folded[EDIT_WORD_MAX + 2], name[EDIT_WORD_MAX + 2];
	unsigned int least, now;
	const char *found = NULL;

	fold(folded, word, strlen(word));
	least = (unsigned int)strlen(folded) / 3 + 2;
	for (names += strspn(names, SEPARATORS); *names; names += strspn(names, SEPARATORS)) {
		size_t length = strcspn(names, SEPARATORS);

		fold(name, names, length);
		now = distance(folded, name);
		if (now < least) {
			least = now;
			found = names;
		}
		names += length;
	}
	if (found)
		strbuf_add_bytes(nearest, found, strcspn(found, SEPARATORS));
	return found;
}

bool wrong_word_is_listed(const char *word, const char *names)
{
	size_t length = strlen(word);

	for (names += strspn(names, SEPARATORS); *names; names += strspn(names, SEPARATORS)) {
		if (strcspn(names, SEPARATORS) == length && strncmp(names, word, length) == 0)
			return true;
		names += strcspn(names, SEPARATORS);
	}
	return false;
}

/* "; did you mean 'WORD'?", or nothing. */
static void add_question(const char *word, const char *names, struct strbuf *text)
{
	struct strbuf nearest = { 0 };

	if (wrong_word_nearest(word, names, &nearest))
		strbuf_addf(text, "; did you mean '%s'?", strbuf_string(&nearest));
	strbuf_free(&nearest);
}

static void add_list(const char *names, struct strbuf *text)
{
	const char *separator = "";

	for (names += strspn(names, SEPARATORS); *names; names += strspn(names, SEPARATORS)) {
		size_t length = strcspn(names, SEPARATORS);

		strbuf_add(text, separator);
		strbuf_add_bytes(text, names, length);
		separator = ", ";
		names += length;
	}
}

int wrong_word_of_few(struct error *error, const char *option, const char *word, const char *names)
{
	struct strbuf text = { 0 };

	add_list(names, &text);
	add_question(word, names, &text);
	error_set(error, -EINVAL, "%s: '%s' is not one of %s", option, word, strbuf_string(&text));
	strbuf_free(&text);
	return -EINVAL;
}

int wrong_word_of_many(struct error *error, const char *option, const char *word, const char *what,
		       const char *names, const char *where)
{
	struct strbuf question = { 0 };

	add_question(word, names, &question);
	error_set(error, -EINVAL, "%s: '%s' is not %s%s%s %s lists them", option, word, what,
		  strbuf_string(&question), question.length ? "" : ";", where);
	strbuf_free(&question);
	return -EINVAL;
}
