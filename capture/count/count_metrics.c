// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "count_metrics.h"
#include "count_print.h"
#include "report/metrics.h"

#define EVENTS "tcpdropcap_events"

/* A label has the escapes \\, \" and \n alone: those of other characters are text in it. */
static void add_label_value(struct strbuf *out, const char *value)
{
	struct strbuf printable = { 0 };

	strbuf_add_printable(&printable, value);
	for (const char *at = strbuf_string(&printable); *at; at++) {
		if (*at == '\\' || *at == '"')
			strbuf_add_bytes(out, "\\", 1);
		strbuf_add_bytes(out, at, 1);
	}
	out->failed |= printable.failed;
	strbuf_free(&printable);
}

/* An unknown value has no label, which is the same as an empty one there. */
static void add_labels(const struct count_layout *layout, const struct count_group *group,
		       struct strbuf *out)
{
	const char *value = group->values, *separator = "{";

	for (size_t i = 0; i < layout->key_count; i++, value += strlen(value) + 1) {
		if (*value == '-')
			continue;
		strbuf_addf(out, "%s%s=\"", separator, layout->keys[i].name);
		add_label_value(out, value + 1);
		strbuf_add(out, "\"");
		separator = ",";
	}
	if (*separator == ',')
		strbuf_add(out, "}");
}

void count_print_metrics(const struct count_page *page, struct strbuf *out)
{
	const struct count_group *group = page->groups;

	strbuf_add(out, "# TYPE " EVENTS " counter\n# HELP " EVENTS " Events: TCP packets that the "
			"kernel has dropped or sent again.\n");
	for (; group; group = group->hh.next) {
		strbuf_add(out, EVENTS "_total");
		add_labels(page->layout, group, out);
		strbuf_addf(out, " %" PRIu64 "\n", group->numbers.count);
	}
	strbuf_addf(out, EVENTS "_total{other=\"true\"} %" PRIu64 "\n", page->other.count);
}

void count_metrics_format(struct counts *counts, const struct capture_health *health,
			  uint64_t start_s, struct strbuf *out)
{
	const struct count_view view = { .metrics = true };

	counts_print(counts, &view, out);
	metrics_end(out, health, start_s);
}
