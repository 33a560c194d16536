// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "overview_json.h"
#include "overview_markdown.h"
#include "phrase.h"

#define ROWS   10
#define FRAMES 40 /* of a stack; a line each */

/* The longest run of back quotes in the text. */
static size_t longest_run(const char *text, size_t length)
{
	size_t run = 0, longest = 0;

	for (size_t i = 0; i < length; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* Appends a printable text as a code span, whose delimiters are longer than any run within. */
static void add_span(struct strbuf *out, const char *text, size_t length)
{
	size_t quotes = longest_run(text, length) + 1;

	for (size_t i = 0; i < quotes; i++)
		strbuf_add(out, "`");
	strbuf_add(out, quotes > 1 ? " " : "");
	for (size_t i = 0; i < length; i++) {
		strbuf_add(out, text[i] == '|' ? "\\" : ""); /* the cell would end */
		strbuf_add_bytes(out, text + i, 1);
	}
	strbuf_add(out, quotes > 1 ? " " : "");
	for (size_t i = 0; i < quotes; i++)
		strbuf_add(out, "`");
}

static void add_name(struct strbuf *out, const char *name)
{
	struct strbuf printed = { 0 };

	strbuf_add_printable(&printed, *name ? name : "-");
	add_span(out, strbuf_string(&printed), printed.length);
	out->failed |= printed.failed;
	strbuf_free(&printed);
}

static void add_marked(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, NAME_BEGIN NAME_END);

		if (*text == *NAME_BEGIN) {
			length = strcspn(++text, NAME_END);
			add_span(out, text, length);
			text += length + (text[length] != '\0');
			continue;
		}
		strbuf_add_bytes(out, text, length ? length : 1);
		text += length ? length : 1;
	}
}

static void add_head(struct strbuf *out, const struct overview *overview, const char *program)
{
	strbuf_add(out, "## TCP drops and retransmissions\n\n");
	for (size_t i = 0; i < about_label_count; i++) {
		for (const struct group *group = overview->about.groups; group;
		     group = group->hh.next) {
			if (strcmp(about_labels[i], group->name) != 0)
				continue;
			strbuf_addf(out, "- %s: ", about_labels[i]);
			add_name(out, group_second(group));
			strbuf_add(out, "\n");
		}
	}
	if (overview->all.total) {
		strbuf_add(out, "- Time: ");
		phrase_span(out, overview->all.first_ns, overview->all.last_ns);
		strbuf_add(out, " (UTC");
		phrase_zone(out, overview->all.first_ns);
		strbuf_add(out, ")\n");
	}
	strbuf_add(out, "- Events: ");
	phrase_number(out, overview->all.total);
	strbuf_add(out, ", lost: ");
	phrase_number(out, overview->lost);
	strbuf_add(out, "\n- Report: ");
	add_name(out, program);
	strbuf_add(out, "\n");
}

static void add_cell_number(struct strbuf *out, uint64_t number)
{
	strbuf_addf(out, " %" PRIu64 " |", number);
}

static void add_counts(struct strbuf *out, const struct event_counts *counts)
{
	for (enum event_class class = 0; class < CLASS_COUNT; class ++)
		add_cell_number(out, counts->by_class[class]);
}

/* The first cell of a row. */
static void begin_row(struct strbuf *out, const char *name)
{
	strbuf_add(out, "| ");
	add_name(out, name);
	strbuf_add(out, " |");
}

static void add_rest(struct strbuf *out, const struct group_table *table, const char *after)
{
	size_t groups;
	struct event_counts rest = overview_rest(table, ROWS, &groups);

	if (!rest.total)
		return;
	strbuf_add(out, "| all others |");
	add_counts(out, &rest);
	strbuf_addf(out, "%s\n", after);
}

static void add_causes(struct strbuf *out, const struct overview *overview)
{
	size_t rows = 0;

	strbuf_add(out, "\n### Reasons\n\n| Reason or kind | Event | Count | Share of all "
			"events | Function | Meaning |\n|---|---|--:|--:|---|---|\n");
	for (const struct group *group = overview->causes.groups; group && rows < ROWS;
	     group = group->hh.next, rows++) {
		const struct cause *cause = cause_of(group);
		const struct explanation *text = cause_explanation(cause);

		begin_row(out, cause->word);
		strbuf_add(out, " ");
		add_name(out, cause->event);
		strbuf_add(out, " |");
		add_cell_number(out, group->counts.total);
		strbuf_add(out, " ");
		phrase_share(out, group->counts.total, overview->all.total);
		strbuf_add(out, " | ");
		add_name(out, cause->sites.groups ? cause->sites.groups->name : "-");
		strbuf_addf(out, " | %s |\n", text ? text->meaning : "-");
	}
}

/* A table of the four counts of each group. */
static void add_table(struct strbuf *out, const char *title, const char *column,
		      const struct group_table *table)
{
	size_t rows = 0;

	strbuf_addf(out,
		    "\n### %s\n\n| %s | Drops | Retransmissions | Resets | Others |\n"
		    "|---|--:|--:|--:|--:|\n",
		    title, column);
	for (const struct group *group = table->groups; group && rows < ROWS;
	     group = group->hh.next, rows++) {
		begin_row(out, group->name);
		add_counts(out, &group->counts);
		strbuf_add(out, "\n");
	}
	add_rest(out, table, "");
}

static void add_flow_number(struct strbuf *out, const struct flow *flow, enum flow_number number)
{
	if (flow->present & 1U << number)
		add_cell_number(out, flow->numbers[number]);
	else
		strbuf_add(out, " - |");
}

static void add_flows(struct strbuf *out, const struct overview *overview)
{
	static const enum flow_number columns[] = { FLOW_cwnd,	      FLOW_srtt_us,  FLOW_rto_us,
						    FLOW_retransmits, FLOW_lost_out, FLOW_snd_wnd };
	size_t rows = 0;

	strbuf_add(out,
		   "\n### Worst connections\n\n| Local > remote | Drops | Retransmissions | Resets "
		   "| Others | Owner | State | Congestion |");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		strbuf_addf(out, " %s |", key_table[flow_number_keys[columns[i]]].name);
	strbuf_add(out, "\n|---|--:|--:|--:|--:|---|---|---|--:|--:|--:|--:|--:|--:|\n");
	for (const struct group *group = overview->flows.groups; group && rows < ROWS;
	     group = group->hh.next, rows++) {
		const struct flow *flow = flow_of(group);

		begin_row(out, group->name);
		add_counts(out, &group->counts);
		strbuf_add(out, " ");
		add_name(out, flow->owner);
		strbuf_add(out, " | ");
		add_name(out, flow->state);
		strbuf_add(out, " | ");
		add_name(out, flow->ca_state);
		strbuf_add(out, " |");
		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			add_flow_number(out, flow, columns[i]);
		strbuf_add(out, "\n");
	}
	add_rest(out, &overview->flows, " | | | | | | | | |");
}

static void add_verdicts(struct strbuf *out, const struct overview *overview)
{
	size_t rows = 0;

	strbuf_add(out,
		   "\n### Verdicts by the captures of the wire\n\n| Verdict | Reason or kind | "
		   "Count |\n|---|---|--:|\n");
	for (const struct group *group = overview->verdicts.groups; group && rows < ROWS;
	     group = group->hh.next, rows++) {
		begin_row(out, group->name);
		strbuf_add(out, " ");
		add_name(out, group_second(group));
		strbuf_add(out, " |");
		add_cell_number(out, group->counts.total);
		strbuf_add(out, "\n");
	}
}

/* Each line is indented by four columns, which makes it code whatever is in it. */
static void add_stack(struct strbuf *out, const struct group *group)
{
	const char *line = group->name, *end;

	strbuf_add(out, "\n### The most frequent stack of a drop (");
	phrase_number(out, group->counts.total);
	strbuf_add(out, ")\n\n");
	for (int i = 0; *line && i < FRAMES; i++, line = *end ? end + 1 : end) {
		struct strbuf frame = { 0 };

		end = strchrnul(line, '\n');
		line += strspn(line, " ");
		strbuf_add_bytes(&frame, line, (size_t)(end - line));
		strbuf_add(out, "    ");
		strbuf_add_printable(out, strbuf_string(&frame));
		strbuf_add(out, "\n");
		out->failed |= frame.failed;
		strbuf_free(&frame);
	}
}

void overview_add_markdown(const struct overview *overview, const struct findings *findings,
			   const char *program, struct strbuf *out)
{
	add_head(out, overview, program);
	strbuf_add(out, "\n### Findings\n\n");
	for (size_t i = 0; i < findings->count; i++) {
		strbuf_add(out, "- ");
		add_marked(out, strbuf_string(&findings->list[i].text));
		strbuf_add(out, "\n");
	}
	if (overview->causes.groups)
		add_causes(out, overview);
	if (overview->verdicts.groups)
		add_verdicts(out, overview);
	if (overview->flows.groups)
		add_flows(out, overview);
	if (overview->owners.groups)
		add_table(out, "Owners", "Command", &overview->owners);
	if (overview->interfaces.groups)
		add_table(out, "Interfaces", "Interface", &overview->interfaces);
	if (overview->frames.groups)
		add_stack(out, overview->frames.groups);
}
