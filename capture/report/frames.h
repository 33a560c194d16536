/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FRAMES_H
#define FRAMES_H

/* Iterates over the frames of a report (drop_report.frames). */

#include <stdbool.h>
#include <stddef.h>

/*
 * Sets *frame to the next frame at *cursor, without its indentation and not terminated, and its
 * length; moves *cursor after it. Returns false if there are no more.
 */
bool frames_next(const char **cursor, const char **frame, size_t *length);

#endif
