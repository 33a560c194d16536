/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPLACE_H
#define REPLACE_H

#include <stddef.h>

#include "util/error.h"

/*
 * Replaces a file atomically: writes the bytes into a file whose name is path and OUTPUT_PART
 * (output.h), and renames it when it is complete. A reader gets the old content or the new one,
 * never a part. Returns 0 or -errno; after an error, the file at path is unchanged.
 */
int file_replace(const char *path, const void *bytes, size_t length);

/*
 * Returns 0 if nothing but regular files, or nothing, has the name path and that of its unfinished
 * file; else -EINVAL and the error: renaming a file to the name of a device, a FIFO or a link would
 * destroy that. The option is the one that named it, for the remedy.
 */
int file_replace_check(const char *path, const char *option, struct error *error);

/*
 * The same for a file that will be replaced later, again and again: also makes sure that its
 * unfinished file can be written. Nothing is left of that, and nothing is changed.
 */
int file_replace_try(const char *path, const char *option, struct error *error);

#endif
