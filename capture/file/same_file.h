/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SAME_FILE_H
#define SAME_FILE_H

#include <stdbool.h>

/*
 * Returns whether path, which is to be written, is the regular file that is read from the other
 * path, by any name: opening it for writing would empty it first. "-" is standard output, or input.
 */
bool same_file(const char *path, const char *from);

#endif
