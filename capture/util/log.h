/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOG_H
#define LOG_H

/*
 * Lines on stderr, each behind "tcpdropcap: ". For main and the commands only: other modules return
 * a struct error.
 */

/* A failure. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same behind "tcpdropcap: warning: ". */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What is said of an ordinary run; log_counts has no prefix. */
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_counts(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From here on only log_line says anything. */
void log_failures_only(void);

#endif
