// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

static bool failures_only;
static int status_length;

/* No control sequence but the return: each terminal has it. Needs the lock of stderr. */
static void put_status(const char *text)
{
	int length = (int)strlen(text);

	if (length || status_length)
		fprintf(stderr, "\r%-*s\r", status_length, text);
	status_length = length;
}

static void log_prefixed(const char *prefix, const char *format, va_list args)
{
	flockfile(stderr);
	put_status("");
	fputs(prefix, stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_prefixed("tcpdropcap: ", format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!failures_only)
		log_prefixed("tcpdropcap: warning: ", format, args);
	va_end(args);
}

void log_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!failures_only)
		log_prefixed("tcpdropcap: ", format, args);
	va_end(args);
}

void log_counts(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!failures_only)
		log_prefixed("", format, args);
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
