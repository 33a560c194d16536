// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

static bool failures_only;
static int status_length;

/* Uses only the carriage return, which each terminal supports. The caller has locked stderr. */
static void put_status(const char *text)
{
	int length = (int)strlen(text);

	if (length || status_length)
		fprintf(stderr, "\r%-*s\r", status_length, text);
	status_length = length;
}

/* Levels of syslog(3). */
enum level {
	LEVEL_ERROR = 3,
	LEVEL_WARNING = 4,
	LEVEL_NOTE = 6
};

/* Returns whether stderr is the journal, which systemd names by device and inode. */
static bool is_journal(void)
{
	const char *stream = secure_getenv("JOURNAL_STREAM");
	static int known = -1;
	char own[64] = "";
	struct stat st;

	if (known < 0) {
		known = stream && !fstat(STDERR_FILENO, &st);
		if (known)
			snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev,
				 (uintmax_t)st.st_ino);
		known = known && strcmp(own, stream) == 0;
	}
	return known;
}

static void log_prefixed(enum level level, const char *prefix, const char *format, va_list args)
{
	char journal[8] = "", *text;

	flockfile(stderr);
	put_status("");
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	if (is_journal())
		snprintf(journal, sizeof(journal), "<%d>", level); /* sd-daemon(3) */
	/* In one write, so that output of another thread cannot come in between. */
	fprintf(stderr, "%s%s%s\n", journal, prefix, text ? text : "out of memory");
	funlockfile(stderr);
	free(text);
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_prefixed(LEVEL_ERROR, "tcpdropcap: ", format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!failures_only)
		log_prefixed(LEVEL_WARNING, "tcpdropcap: warning: ", format, args);
	va_end(args);
}

void log_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!failures_only)
		log_prefixed(LEVEL_NOTE, "tcpdropcap: ", format, args);
	va_end(args);
}

void log_counts(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!failures_only)
		log_prefixed(LEVEL_NOTE, "", format, args);
	va_end(args);
}

void log_failures_only(void)
{
	failures_only = true;
}

void log_status(const char *text)
{
	flockfile(stderr);
	put_status(text);
	funlockfile(stderr);
}
