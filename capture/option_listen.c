// SPDX-License-Identifier: GPL-2.0-or-later
#include "option_listen.h"
#include "option_set.h"

static const char *const way_names[] = {
	[LISTEN_DROPS_AUTO] = "auto",
	[LISTEN_DROPS_FENTRY] = "fentry",
	[LISTEN_DROPS_CONSUME] = "consume",
	[LISTEN_DROPS_OFF] = "off",
};

#define WAY_COUNT (sizeof(way_names) / sizeof(way_names[0]))

int set_listen_drops(struct options *options, const char *text, struct error *error)
{
	int way = option_find_name("--listen-drops", text, way_names, WAY_COUNT, error);

	if (way < 0)
		return way;
	options->listen_drops = (enum event_listen_drops)way;
	return 0;
}

void add_listen_ways(struct strbuf *values)
{
	option_add_names(values, way_names, WAY_COUNT);
}
