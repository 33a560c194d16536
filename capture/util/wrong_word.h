/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WRONG_WORD_H
#define WRONG_WORD_H

/* The errors for a value of an option that is none of the names that it can be. */

#include <stdbool.h>

#include "error.h"
#include "strbuf.h"

/*
 * Appends the name that resembles the word most: one that has it in it, or differs in a third of
 * the letters at most. Case does not matter. names have commas or spaces between them. Returns
 * false, and appends nothing, if none resembles it.
 */
bool wrong_word_nearest(const char *word, const char *names, struct strbuf *nearest);

/* Returns whether the word is one of the names, exactly. */
bool wrong_word_is_listed(const char *word, const char *names);

/* Lists the names, which are few. Returns -EINVAL. */
int wrong_word_of_few(struct error *error, const char *option, const char *word, const char *names);

/*
 * Of many names, only the nearest is in the error. what completes "'WORD' is not ...", and where
 * "... lists them". Returns -EINVAL.
 */
int wrong_word_of_many(struct error *error, const char *option, const char *word, const char *what,
		       const char *names, const char *where);

#endif
