/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOG_H
#define LOG_H

/*
 * Lines on stderr, each with "tcpdropcap: " before it. Only main and the commands print; other
 * modules return a struct error. If stderr is the journal of systemd, each line begins with its
 * level (sd-daemon(3)).
 */

/* Reports a failure. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reports something that the user should know of; the line begins with "tcpdropcap: warning: ". */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Report on a run without failures. The line of log_counts() has no prefix. */
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_counts(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* After this call, only log_line prints. */
void log_failures_only(void);

/*
 * Shows a text of printable ASCII on standard error, which must be a terminal, and replaces the
 * previous such text; "" only removes that. The text must be shorter than the terminal is wide. A
 * line that is logged removes it first. The cursor stays at its start, so that all later output
 * overwrites it.
 */
void log_status(const char *text);

#endif
