/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LOG_H
#define LOG_H

/*
 * Lines on stderr, each after "tcpdropcap: ". Only main and the commands print; other modules
 * return a struct error. If stderr is the
 * journal of systemd, each line begins with its level.
 */

/* Reports a failure. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same after "tcpdropcap: warning: ". */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Report on a run without failures; log_counts has no prefix. */
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_counts(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* After this call, only log_line prints. */
void log_failures_only(void);

/*
 * Shows a text of printable ASCII on standard error, which is a terminal, instead of the previous
 * such text; "": removes it. It is shorter than the terminal is wide. A line that is logged removes
 * it first. The cursor waits at its start: whatever writes next begins there.
 */
void log_status(const char *text);

#endif
