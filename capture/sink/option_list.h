/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_LIST_H
#define OPTION_LIST_H

/*
 * A growing list of a block's options. The values stay the caller's and must live until the block
 * is added. Running out of memory sets failed and leaves out what does not fit; check it once.
 */

#include <stdbool.h>

#include "pcapng/pcapng.h"
#include "util/strbuf.h"

/* Zero-initialized is empty. */
struct option_list {
	struct pcapng_option *list;
	size_t count;
	size_t capacity;
	bool failed;
};

void option_list_clear(struct option_list *options);
void option_list_free(struct option_list *options);

/* A value that is longer than an option may be is cut. */
void option_list_add(struct option_list *options, uint16_t code, const void *value, size_t length);
void option_list_add_text(struct option_list *options, uint16_t code, const char *text);

/* A number of four bytes, which a copied section may have in the other byte order. */
void option_list_add_u32(struct option_list *options, uint16_t code, const uint32_t *value);

/* Each comment of an annotation (annotation.h). A text that has failed fails the list. */
void option_list_add_comments(struct option_list *options, const struct strbuf *annotation);

/* All options of another list. */
void option_list_append(struct option_list *options, const struct option_list *others);

struct pcapng_options option_list_all(const struct option_list *options);

#endif
