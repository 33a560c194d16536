/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANNOTATED_CASES_H
#define ANNOTATED_CASES_H

/* The cases of dissector_test.sh: packets with their comments. */

#include <stddef.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum {
	MAX_COMMENTS = 6,
	COMMENT_LIMIT = 65535, /* bytes of an option */
};

/* The comments are in schema 1, or in schema 2 if only that has such a case. */
struct annotated_packet {
	const char *name;
	const char *comments[MAX_COMMENTS];
};

extern const struct annotated_packet annotated_packets[];
extern const size_t annotated_count;

/* Before the comments are read: fills those that are made of all keys, or as long as possible. */
void annotated_fill(unsigned int schema);

#endif
