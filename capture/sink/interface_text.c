// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "interface_text.h"

void interface_describe(struct strbuf *text, const char *name, uint32_t netns,
			const char *netns_name)
{
	if (!netns)
		return;
	strbuf_add_printable(text, name);
	strbuf_addf(text, "%snetns %u", *name ? ", " : "", netns);
	if (!netns_name)
		return;
	strbuf_add(text, " (");
	strbuf_add_printable(text, netns_name);
	strbuf_add(text, ")");
}

bool interface_read_description(const char *text, uint32_t *netns)
{
	const char *comma = strchr(text, ' '); /* the name of a device has no space */
	int end = 0;

	if (comma && comma > text && comma[-1] == ',')
		text = comma + 1;
	if (sscanf(text, "netns %10u%n", netns, &end) != 1)
		return false;
	return !text[end] || strncmp(text + end, " (", 2) == 0;
}
