/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INPUT_LIST_H
#define INPUT_LIST_H

/*
 * The capture files that are read one after the other, in the order of time. A folder is replaced
 * by the finished files of tcpdropcap in it. It prints nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define INPUT_LIST_MAX 100000

struct listed_input;

struct input_list {
	struct listed_input *inputs;
	const char **paths; /* of the inputs, after input_list_sort in the order of time */
	size_t count, capacity;
	size_t unfinished; /* files of folders that are still written, or were never finished */
	size_t foreign;	   /* files of folders that are not of tcpdropcap */
};

/*
 * Adds a file, or the regular files of a folder, without reading them. Files whose names begin with
 * a dot are ignored. Returns 0, or -errno and the error. The list is freed in either case.
 */
int input_list_add(struct input_list *list, const char *path, struct error *error);

/*
 * Orders the files by their first times; the order of the names is kept where these are equal or
 * unknown. Files of folders that are not of tcpdropcap are taken out. A single file, which may be
 * a pipe, is not read. Returns 0, or -errno and the error.
 */
int input_list_sort(struct input_list *list, struct error *error);

void input_list_free(struct input_list *list);

#endif
