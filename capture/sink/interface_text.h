/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INTERFACE_TEXT_H
#define INTERFACE_TEXT_H

/*
 * The description of an interface in a file (if_description): "eth0, netns 4026532177 (blue)".
 * Wireshark shows the description instead of the name, so that it has the name, too.
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/strbuf.h"

/*
 * Appends it; nothing if netns is 0 (unknown). Control characters are escaped. name may be "" and
 * netns_name NULL: unknown.
 */
void interface_describe(struct strbuf *text, const char *name, uint32_t netns,
			const char *netns_name);

/* Returns whether the text is such a description, or "netns N", and sets *netns. */
bool interface_read_description(const char *text, uint32_t *netns);

#endif
