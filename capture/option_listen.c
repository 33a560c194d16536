// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "option_listen.h"
#include "report/names.h"

static const char *const way_names[] = {
	[LISTEN_DROPS_AUTO] = "auto",
	[LISTEN_DROPS_FENTRY] = "fentry",
	[LISTEN_DROPS_CONSUME] = "consume",
	[LISTEN_DROPS_OFF] = "off",
};

#define WAY_COUNT (sizeof(way_names) / sizeof(way_names[0]))

int set_listen_drops(struct options *options, const char *text, struct error *error)
{
	for (size_t i = 0; i < WAY_COUNT; i++) {
		if (strcmp(text, way_names[i]) == 0) {
			options->listen_drops = (enum event_listen_drops)i;
			return 0;
		}
	}
	return error_set(error, -EINVAL,
			 "--listen-drops: '%s' is not one of auto, fentry, consume, off", text);
}

void add_listen_ways(struct strbuf *values)
{
	for (size_t i = 0; i < WAY_COUNT; i++)
		strbuf_addf(values, "%s%s", i ? " " : "", way_names[i]);
}

void add_causes(struct strbuf *values)
{
	for (enum event_cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++)
		strbuf_addf(values, "%s%s", values->length ? " " : "", cause_name(cause));
}
