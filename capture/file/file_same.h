/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FILE_SAME_H
#define FILE_SAME_H

/* Whether what is written would destroy what is read. */

#include <stdbool.h>

/*
 * Returns whether both paths are the same regular file: opening it for writing would empty it
 * before it is read. A pipe or a device may be read and written, and "-" is standard input or
 * output.
 */
bool file_same(const char *path, const char *other);

#endif
