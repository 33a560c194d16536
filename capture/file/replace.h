/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPLACE_H
#define REPLACE_H

#include <stddef.h>

/*
 * Writes the bytes into a file that gets its name when it is whole: a reader sees the old content
 * or the new one, never a part. Until then its name is path and OUTPUT_PART (output.h). Returns 0
 * or -errno, and then the file at path is as it was.
 */
int file_replace(const char *path, const void *bytes, size_t length);

#endif
