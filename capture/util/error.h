/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ERROR_H
#define ERROR_H

/*
 * The message of a failure: the object, the problem, the remedy. The function that detects the
 * problem sets it; the command prints it once.
 */

struct error {
	char text[4096];
};

/* Sets the message, without a newline and with control characters escaped. Returns code. */
int error_set(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Returns the text of strerror() for an -errno; for -EMFILE also the remedy. It is valid until the
 * next call.
 */
const char *error_reason(int code);

#endif
