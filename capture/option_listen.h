/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_LISTEN_H
#define OPTION_LISTEN_H

/* The options about the packets that listeners drop, for the table of options. */

#include "options.h"
#include "util/error.h"
#include "util/strbuf.h"

/* Sets the way in which a capture sees them. Returns 0, or -EINVAL and the error. */
int set_listen_drops(struct options *options, const char *text, struct error *error);

/* Appends the words that the option takes, with a space between two. */
void add_listen_ways(struct strbuf *values);

#endif
