/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATION_TEXT_H
#define ANNOTATION_TEXT_H

/* Shared by the files that write and read the annotation (annotation.h describes the text). */

#include <stddef.h>

#define ANNOTATION_MAGIC       "tcpdropcap/2 "
#define ANNOTATION_STACK_TITLE "Stack "
#define ANNOTATION_PARTS_MAX   99999

/*
 * Returns the length of the longest beginning of a text that has at most length bytes and does not
 * end in the middle of a UTF-8 character. If there is none, because the text is not UTF-8, returns
 * length.
 */
size_t annotation_cut(const char *text, size_t length);

#endif
