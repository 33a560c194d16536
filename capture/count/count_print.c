// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "count_print.h"
#include "report/format.h"
#include "util/plural.h"

static void add_value(const struct count_layout *layout, size_t key, const char *value,
		      struct strbuf *out)
{
	if (*value == '-')
		strbuf_add(out, "-");
	else if (layout->keys[key].key == KEY_stack && layout->form == COUNT_TABLE)
		format_frames(out, value + 1, " <- ", strbuf_add_printable);
	else
		strbuf_add_printable(out, value + 1);
}

/* Returns the number by which groups are ordered, and of which they have a share. */
static uint64_t weight_of(const struct count_layout *layout, struct count_numbers numbers)
{
	return layout->has_sum ? numbers.sum : numbers.count;
}

static void print_json(const struct count_layout *layout, const struct count_group *group,
		       struct strbuf *out)
{
	const char *value = group->values;

	strbuf_addf(out, "{\"count\":%" PRIu64, group->numbers.count);
	if (layout->has_sum)
		strbuf_addf(out, ",\"sum\":%" PRIu64, group->numbers.sum);
	for (size_t i = 0; i < layout->key_count; i++, value += strlen(value) + 1) {
		if (*value == '-')
			continue;
		strbuf_addf(out, ",\"%s\":", layout->keys[i].name);
		if (layout->keys[i].key == KEY_stack) {
			strbuf_add(out, "[");
			format_frames(out, value + 1, ",", strbuf_add_json);
			strbuf_add(out, "]");
		} else if (layout->keys[i].type == VALUE_NUMBER) {
			strbuf_add(out, value + 1);
		} else {
			strbuf_add_json(out, value + 1);
		}
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
		/* A ";" separates values and frames: one in a value is replaced. */
		for (; layout->keys[i].key != KEY_stack && at < out->length; at++) {
			if (out->data[at] == ';')
				out->data[at] = ':';
		}
		strbuf_add(out, i + 1 < layout->key_count ? ";" : "");
	}
	if (out->length == start)
		strbuf_add(out, "-");
	strbuf_addf(out, " %" PRIu64 "\n", weight_of(layout, group->numbers));
}

/* Sets the widths of the columns, except the last one, which is not padded. */
static void measure(const struct count_layout *layout, const struct count_group *groups,
		    size_t count, size_t widths[COUNT_KEYS_MAX])
{
	const struct count_group *group;
	struct strbuf cell = { 0 };

	for (size_t i = 0; i < layout->key_count; i++)
		widths[i] = strlen(layout->keys[i].name);
	for (group = groups; group && count--; group = group->hh.next) {
		const char *value = group->values;

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

/* Appends the columns of numbers of one row. */
static void add_numbers(const struct count_page *page, struct count_numbers numbers,
			struct strbuf *out)
{
	const struct count_view *view = page->view;
	double weight = (double)weight_of(page->layout, numbers);
	double total = (double)weight_of(page->layout, page->total);

	strbuf_addf(out, "%8" PRIu64, numbers.count);
	if (page->layout->has_sum)
		strbuf_addf(out, "  %8" PRIu64, numbers.sum);
	if (view->shares)
		strbuf_addf(out, "  %5.1f", total > 0 ? 100 * weight / total : 0);
	if (view->shares && view->seconds > 0)
		strbuf_addf(out, "  %8.1f", weight / view->seconds);
}

static void print_row(const struct count_page *page, const struct count_group *group,
		      const size_t widths[COUNT_KEYS_MAX], struct strbuf *out)
{
	const struct count_layout *layout = page->layout;
	const char *value = group->values;

	add_numbers(page, group->numbers, out);
	for (size_t i = 0; i < layout->key_count; i++, value += strlen(value) + 1) {
		size_t start = out->length + 2;

		strbuf_add(out, "  ");
		add_value(layout, i, value, out);
		if (i + 1 < layout->key_count)
			pad(out, start, widths[i]);
	}
	strbuf_add(out, "\n");
}

static void print_head(const struct count_page *page, const size_t widths[COUNT_KEYS_MAX],
		       struct strbuf *out)
{
	const struct count_layout *layout = page->layout;

	strbuf_add(out, "   COUNT");
	if (layout->has_sum)
		strbuf_addf(out, "  %8s", layout->sum.name);
	if (page->view->shares)
		strbuf_addf(out, "  %5s", "%");
	if (page->view->shares && page->view->seconds > 0)
		strbuf_addf(out, "  %8s", "/s");
	for (size_t i = 0; i < layout->key_count; i++)
		strbuf_addf(out, "  %-*s", i + 1 < layout->key_count ? (int)widths[i] : 0,
			    layout->keys[i].name);
	strbuf_add(out, "\n");
}

/* Prints one line for several groups. groups is their number; 0: it is unknown. */
static void print_other(const struct count_page *page, struct count_numbers numbers, size_t groups,
			struct strbuf *out)
{
	const struct count_layout *layout = page->layout;

	if (!numbers.count)
		return;
	if (layout->form == COUNT_FOLDED) {
		strbuf_addf(out, "other %" PRIu64 "\n", weight_of(layout, numbers));
	} else if (layout->form == COUNT_JSON) {
		strbuf_addf(out, "{\"count\":%" PRIu64, numbers.count);
		if (layout->has_sum)
			strbuf_addf(out, ",\"sum\":%" PRIu64, numbers.sum);
		strbuf_add(out, ",\"other\":true");
		if (groups)
			strbuf_addf(out, ",\"groups\":%zu", groups);
		strbuf_add(out, "}\n");
	} else {
		add_numbers(page, numbers, out);
		if (groups)
			strbuf_addf(out, "  other: %zu more group%s\n", groups, plural(groups));
		else
			strbuf_add(out, "  other: more groups than are counted\n");
	}
}

static void print_total(const struct count_page *page, struct strbuf *out)
{
	const struct count_layout *layout = page->layout;

	strbuf_addf(out, "# total: %" PRIu64 " event%s", page->total.count,
		    plural(page->total.count));
	if (layout->has_sum)
		strbuf_addf(out, ", %s %" PRIu64, layout->sum.name, page->total.sum);
	if (page->view->seconds > 0)
		strbuf_addf(out, " in %.1f s", page->view->seconds);
	strbuf_add(out, "\n");
}

/* The folded form has no line for losses; the command reports them on standard error at the end. */
static void print_lost(enum count_form form, uint64_t lost, struct strbuf *out)
{
	if (lost && form == COUNT_JSON)
		strbuf_addf(out, "{\"lost\":%" PRIu64 "}\n", lost);
	else if (lost && form == COUNT_TABLE)
		strbuf_addf(out, "# %" PRIu64 " event%s lost\n", lost, plural(lost));
}

static void print_group(const struct count_page *page, const struct count_group *group,
			const size_t widths[COUNT_KEYS_MAX], struct strbuf *out)
{
	if (page->layout->form == COUNT_JSON)
		print_json(page->layout, group, out);
	else if (page->layout->form == COUNT_FOLDED)
		print_folded(page->layout, group, out);
	else
		print_row(page, group, widths, out);
}

/* Returns whether one of the first groups has a value of the last key. */
static bool has_last_key(const struct count_page *page, size_t top)
{
	for (const struct count_group *group = page->groups; group && top--;
	     group = group->hh.next) {
		const char *value = group->values;

		for (size_t i = 0; i + 1 < page->layout->key_count; i++)
			value += strlen(value) + 1;
		if (*value != '-')
			return true;
	}
	return false;
}

static void print_all(const struct count_page *page, struct strbuf *out)
{
	size_t top = page->view->top ? page->view->top : SIZE_MAX, cut = 0;
	const struct count_group *group = page->groups;
	struct count_numbers rest = { 0 };
	size_t widths[COUNT_KEYS_MAX];
	bool is_table = page->layout->form == COUNT_TABLE;

	if (is_table) {
		measure(page->layout, group, top, widths);
		print_head(page, widths, out);
	}
	for (; group && top; group = group->hh.next, top--)
		print_group(page, group, widths, out);
	for (; group; group = group->hh.next, cut++) {
		rest.count += group->numbers.count;
		rest.sum += group->numbers.sum;
	}
	print_other(page, rest, cut, out);
	print_other(page, page->other, 0, out);
	if (is_table && page->view->shares)
		print_total(page, out);
	print_lost(page->layout->form, page->lost, out);
}

void count_print(const struct count_page *page, struct strbuf *out)
{
	size_t top = page->view->top ? page->view->top : SIZE_MAX;
	struct count_layout without_last = *page->layout;
	struct count_page shown = *page;

	if (page->layout->last_is_optional && page->layout->form == COUNT_TABLE &&
	    !has_last_key(page, top)) {
		without_last.key_count--;
		shown.layout = &without_last;
	}
	print_all(&shown, out);
}
