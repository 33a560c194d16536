// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "account_case.h"

static const char *names[256];

size_t row_of(const char *name)
{
	const struct account_row *row = account_row_find(name);

	if (!row)
		abort();
	return (size_t)(row - account_rows);
}

int find_any(void *context, const char *name, uint32_t *code)
{
	if (context && strcmp(context, name) == 0)
		return -ENOENT;
	for (uint32_t i = 2; i < 256; i++) {
		if (names[i] && strcmp(names[i], name) != 0)
			continue;
		names[i] = name;
		/* Those of qdiscs are like those of a subsystem: their numbers are large. */
		*code = strncmp(name, "QDISC", 5) == 0 ? i | 3 << 16 : i;
		return 0;
	}
	abort();
}

uint32_t code_of(const char *reason)
{
	uint32_t code;

	find_any(NULL, reason, &code);
	return code;
}

void add_code(struct account_events *events, uint32_t netns, uint32_t code)
{
	struct drop_report report = { .packet.family = AF_INET };

	report_set_number(&report, KEY_reason_code, code);
	if (netns)
		report_set_number(&report, KEY_netns, netns);
	account_events_add(events, EVENT_DROP, &report);
}

void add_drop(struct account_events *events, uint32_t netns, const char *reason)
{
	add_code(events, netns, code_of(reason));
}

struct account_values *add_values(struct account_reading *reading, uint32_t netns, uint64_t cookie)
{
	struct account_values *values;

	reading->namespaces = reallocarray(reading->namespaces, reading->count + 1,
					   sizeof(*reading->namespaces));
	values = &reading->namespaces[reading->count++];
	memset(values, 0, sizeof(*values));
	values->netns = netns;
	values->cookie = cookie;
	return values;
}

const struct account_line *line_of(const struct account *account, const char *name)
{
	for (size_t i = 0; i < account->count; i++) {
		if (strcmp(account->lines[i].name, name) == 0)
			return &account->lines[i];
	}
	return NULL;
}
