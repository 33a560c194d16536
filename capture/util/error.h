/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ERROR_H
#define ERROR_H

/*
 * The sentence that goes with a failure: the object, what is wrong with it, the remedy. The
 * function that meets the problem writes it; main or the command prints it, once.
 */

struct error {
	char text[4096];
};

/* Writes the sentence, without a newline, control characters escaped. Returns code. */
int error_set(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
