/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ERROR_H
#define ERROR_H

/*
 * The message of a failure: the object, the problem, the remedy. The function that finds the
 * problem writes it; the command prints it once.
 */

struct error {
	char text[4096];
};

/* Sets the message, without a newline and with control characters escaped. Returns code. */
int error_set(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Returns strerror() of an -errno, with the remedy where the process has reached a limit. */
const char *error_reason(int code);

#endif
