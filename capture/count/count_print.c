// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "count_print.h"
#include "report/frames.h"

static void each_frame(const char *frames, struct strbuf *out, const char *separator,
		       void (*put)(struct strbuf *text, const char *frame))
{
	struct strbuf terminated = { 0 };
	const char *frame;
	size_t length;

	for (bool first = true; frames_next(&frames, &frame, &length); first = false) {
		strbuf_clear(&terminated);
		strbuf_add_bytes(&terminated, frame, length);
		out->failed |= terminated.failed;
		strbuf_add(out, first ? "" : separator);
		put(out, strbuf_string(&terminated));
	}
	strbuf_free(&terminated);
}

static void add_value(const struct count_layout *layout, size_t key, const char *value,
		      struct strbuf *out)
{
	if (*value == '-')
		strbuf_add(out, "-");
	else if (layout->keys[key].key == KEY_stack && layout->form == COUNT_TABLE)
		each_frame(value + 1, out, " <- ", strbuf_add_printable);
	else
		strbuf_add_printable(out, value + 1);
}

static void print_json(const struct count_layout *layout, const struct count_group *group,
		       struct strbuf *out)
{
	const char *value = group->values;

	strbuf_addf(out, "{\"count\":%" PRIu64, group->count);
	for (size_t i = 0; i < layout->key_count; i++, value += strlen(value) + 1) {
		if (*value == '-')
			continue;
		strbuf_addf(out, ",\"%s\":", layout->keys[i].name);
		if (layout->keys[i].key == KEY_stack) {
			strbuf_add(out, "[");
			each_frame(value + 1, out, ",", strbuf_add_json);
			strbuf_add(out, "]");
		} else if (layout->keys[i].type == VALUE_NUMBER)
			strbuf_add(out, value + 1);
		else
			strbuf_add_json(out, value + 1);
	}
	strbuf_add(out, "}\n");
}

static void print_folded(const struct count_layout *layout, const struct count_group *group,
			 struct strbuf *out)
{
	const char *value = group->values;
	size_t start = out->length;

	for (size_t i = 0; i < layout->key_count; i++, value += strlen(value) + 1) {
		size_t at = out->length;

		add_value(layout, i, value, out);
		/* Of a stack, the separators are its own. */
		for (; layout->keys[i].key != KEY_stack && at < out->length; at++) {
			if (out->data[at] == ';')
				out->data[at] = ':';
		}
		strbuf_add(out, i + 1 < layout->key_count ? ";" : "");
	}
	if (out->length == start)
		strbuf_add(out, "-");
	strbuf_addf(out, " %" PRIu64 "\n", group->count);
}

/* How wide the columns are; the last one needs no width. */
static void measure(const struct count_layout *layout, struct count_group *const *groups,
		    size_t group_count, size_t widths[COUNT_KEYS_MAX])
{
	struct strbuf cell = { 0 };

	for (size_t i = 0; i < layout->key_count; i++)
		widths[i] = strlen(layout->keys[i].name);
	for (size_t g = 0; g < group_count; g++) {
		const char *value = groups[g]->values;

		for (size_t i = 0; i + 1 < layout->key_count; i++, value += strlen(value) + 1) {
			strbuf_clear(&cell);
			add_value(layout, i, value, &cell);
			if (cell.length > widths[i])
				widths[i] = cell.length;
		}
	}
	strbuf_free(&cell);
}

static void pad(struct strbuf *out, size_t start, size_t width)
{
	while (!out->failed && out->length < start + width)
		strbuf_add(out, " ");
}

static void print_row(const struct count_layout *layout, const struct count_group *group,
		      const size_t widths[COUNT_KEYS_MAX], struct strbuf *out)
{
	const char *value = group->values;

	strbuf_addf(out, "%8" PRIu64, group->count);
	for (size_t i = 0; i < layout->key_count; i++, value += strlen(value) + 1) {
		size_t start = out->length + 2;

		strbuf_add(out, "  ");
		add_value(layout, i, value, out);
		if (i + 1 < layout->key_count)
			pad(out, start, widths[i]);
	}
	strbuf_add(out, "\n");
}

static void print_head(const struct count_layout *layout, const size_t widths[COUNT_KEYS_MAX],
		       struct strbuf *out)
{
	strbuf_add(out, "   COUNT");
	for (size_t i = 0; i < layout->key_count; i++)
		strbuf_addf(out, "  %-*s", i + 1 < layout->key_count ? (int)widths[i] : 0,
			    layout->keys[i].name);
	strbuf_add(out, "\n");
}

/* What is in no group. The folded form has no place for losses: the counts at the end say them. */
void count_print_rest(enum count_form form, uint64_t other, uint64_t lost, struct strbuf *out)
{
	static const char *const others[] = { "%8" PRIu64 "  other: more groups than are counted\n",
					      "{\"count\":%" PRIu64 ",\"other\":true}\n",
					      "other %" PRIu64 "\n" };
	static const char *const gone[] = { "# %" PRIu64 " events lost\n",
					    "{\"lost\":%" PRIu64 "}\n", "" };

	if (other)
		strbuf_addf(out, others[form], other);
	if (lost)
		strbuf_addf(out, gone[form], lost);
}

void count_print_groups(const struct count_layout *layout, struct count_group *const *groups,
			size_t group_count, struct strbuf *out)
{
	size_t widths[COUNT_KEYS_MAX];

	if (layout->form == COUNT_TABLE) {
		measure(layout, groups, group_count, widths);
		print_head(layout, widths, out);
	}
	for (size_t i = 0; i < group_count; i++) {
		if (layout->form == COUNT_JSON)
			print_json(layout, groups[i], out);
		else if (layout->form == COUNT_FOLDED)
			print_folded(layout, groups[i], out);
		else
			print_row(layout, groups[i], widths, out);
	}
}
