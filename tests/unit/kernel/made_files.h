/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MADE_FILES_H
#define MADE_FILES_H

/* Files in the form of /proc/kallsyms and /proc/modules, made by a test. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MADE_FILE_MAX 64

struct made_files {
	char symbols[MADE_FILE_MAX];
	char modules[MADE_FILE_MAX];
};

static void made_file_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

static struct made_files made_files_open(const char *symbols, const char *modules)
{
	struct made_files files = { "/tmp/made-kallsyms-XXXXXX", "/tmp/made-modules-XXXXXX" };

	close(mkstemp(files.symbols));
	close(mkstemp(files.modules));
	made_file_write(files.symbols, symbols);
	made_file_write(files.modules, modules);
	return files;
}

static void made_files_close(struct made_files *files)
{
	unlink(files->symbols);
	unlink(files->modules);
}

#endif
