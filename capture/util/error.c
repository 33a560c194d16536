// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "strbuf.h"

int error_set(struct error *error, int code, const char *format, ...)
{
	struct strbuf text = { 0 };
	char raw[sizeof(error->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	strbuf_add_printable(&text, raw);
	snprintf(error->text, sizeof(error->text), "%s", strbuf_string(&text));
	strbuf_free(&text);
	return code;
}

const char *error_reason(int code)
{
	if (code == -EMFILE)
		return "Too many open files; raise the limit of this process (ulimit -n 256)";
	return strerror(-code);
}
