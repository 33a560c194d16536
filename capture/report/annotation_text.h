/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_TEXT_H
#define ANNOTATION_TEXT_H

/* Shared by the files that write and read the annotation (annotation.h describes the text). */

#include <stddef.h>

#define ANNOTATION_MAGIC       "tcpdropcap/2 "
#define ANNOTATION_STACK_TITLE "Stack "
#define ANNOTATION_PARTS_MAX   99999

/*
 * The length of the longest beginning of a text that has so many bytes at most and ends with a
 * whole UTF-8 character. At least 1, so that text of another encoding is cut anywhere.
 */
size_t annotation_cut(const char *text, size_t length);

#endif
