// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "html.h"
#include "html_tables.h"
#include "overview_json.h"
#include "phrase.h"

#define ROWS	 30	    /* of a table; the rest is one row more */
#define PLACES	 5	    /* of a cause */
#define INFINITE 0x7fffffff /* of ssthresh: TCP_INFINITE_SSTHRESH in include/net/tcp.h */

void html_add_severity(struct strbuf *out, enum explain_severity severity)
{
	static const char *const words[] = {
		[EXPLAIN_CHAT] = "ordinary",
		[EXPLAIN_NOTE] = "mostly harmless",
		[EXPLAIN_WARN] = "a connection suffers",
		[EXPLAIN_ERROR] = "something is broken or too small",
	};

	strbuf_addf(out, "<span class=\"tag %s\">%s</span>", explain_severity_name(severity),
		    words[severity]);
}

static void begin_table(struct strbuf *out, const char *id, const char *title, const char *head)
{
	strbuf_addf(out,
		    "<section id=\"%s\"><h2>%s</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>"
		    "<thead><tr>%s</tr></thead>\n",
		    id, title, head);
}

static void end_table(struct strbuf *out)
{
	strbuf_add(out, "</table></div></section>\n");
}

static void add_counts(struct strbuf *out, const struct event_counts *counts)
{
	for (enum event_class class = 0; class < CLASS_COUNT; class ++)
		html_cell_number(out, counts->by_class[class]);
}

/*
 * Appends the row for all that is not in the rows above. columns is the number of cells after the
 * counts.
 */
static void add_rest(struct strbuf *out, const struct group_table *table, size_t rows,
		     unsigned int before, unsigned int after)
{
	size_t groups;
	struct event_counts rest = overview_rest(table, rows, &groups);

	if (!rest.total)
		return;
	strbuf_addf(out, "<tr class=\"rest\"><td colspan=\"%u\">", before);
	if (table->other.total)
		strbuf_add(out, "all others");
	else
		phrase_count(out, groups, "other", "others");
	strbuf_add(out, "</td>");
	add_counts(out, &rest);
	if (after)
		strbuf_addf(out, "<td colspan=\"%u\"></td>", after);
	strbuf_add(out, "</tr>\n");
}

/* The width is an attribute of SVG: the page has no style attributes, its policy forbids them. */
static void add_bar(struct strbuf *out, uint64_t part, uint64_t whole)
{
	double percent = whole ? (double)part * 100 / (double)whole : 0;

	strbuf_addf(out,
		    "<td class=\"share\"><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
		    "aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"10\"/><rect "
		    "width=\"%.2f\" height=\"10\"/></svg> ",
		    percent);
	phrase_share(out, part, whole);
	strbuf_add(out, "</td>");
}

static void add_places(struct strbuf *out, const char *label, const struct group_table *places)
{
	const struct group *group = places->groups;
	size_t count = 0;

	if (!group || (!group->hh.next && strcmp(group->name, "-") == 0))
		return;
	strbuf_addf(out, "<dt>%s</dt><dd>", label);
	for (; group && count < PLACES; group = group->hh.next) {
		strbuf_add(out, count++ ? ", <code>" : "<code>");
		html_text(out, group->name);
		strbuf_add(out, "</code> ");
		phrase_number(out, group->counts.total);
	}
	strbuf_add(out, group || places->other.total ? ", and others</dd>" : "</dd>");
}

static void add_explained(struct strbuf *out, const char *label, const char *text)
{
	if (!*text)
		return;
	strbuf_addf(out, "<dt>%s</dt><dd>", label);
	html_marked(out, text);
	strbuf_add(out, "</dd>");
}

static void add_explanation(struct strbuf *out, const struct group *group)
{
	const struct cause *cause = cause_of(group);
	const struct explanation *text = cause_explanation(cause);

	strbuf_add(out, "<tr class=\"more\"><td colspan=\"6\"><div>");
	if (text) {
		html_add_severity(out, text->severity);
		strbuf_add(out, " ");
		html_marked(out, text->meaning);
	} else {
		strbuf_add(out, "There is no explanation of this name.");
	}
	strbuf_add(out, "<details><summary>Where, and what to look at</summary><dl>");
	add_places(out, "Function", &cause->sites);
	add_places(out, "Interface", &cause->interfaces);
	add_places(out, "Owner", &cause->owners);
	if (text) {
		add_explained(out, "Origins", text->origins);
		add_explained(out, "Look at", text->look);
		add_explained(out, "Kernel", text->functions);
	}
	strbuf_add(out, "</dl></details></div></td></tr>");
}

void html_add_causes(struct strbuf *out, const struct overview *overview)
{
	const struct group *group = overview->causes.groups;
	size_t rows = 0;

	if (!group)
		return;
	begin_table(
		out, "reasons", "Reasons",
		"<th>Reason or kind</th><th>Event</th><th class=\"n\">Count</th><th>Share of all "
		"events</th><th>First</th><th>Last</th>");
	for (; group && rows < ROWS; group = group->hh.next, rows++) {
		strbuf_add(out, "<tbody><tr>");
		html_cell_name(out, cause_of(group)->word);
		html_cell_text(out, cause_of(group)->event);
		html_cell_number(out, group->counts.total);
		add_bar(out, group->counts.total, overview->all.total);
		strbuf_add(out, "<td class=\"time\">");
		phrase_date(out, group->counts.first_ns);
		strbuf_add(out, "</td><td class=\"time\">");
		phrase_date(out, group->counts.last_ns);
		strbuf_add(out, "</td></tr>");
		add_explanation(out, group);
		strbuf_add(out, "</tbody>\n");
	}
	if (group || overview->causes.other.total) {
		size_t groups;

		strbuf_add(out, "<tbody><tr class=\"rest\"><td colspan=\"2\">all others</td>");
		html_cell_number(out, overview_rest(&overview->causes, ROWS, &groups).total);
		strbuf_add(out, "<td colspan=\"3\"></td></tr></tbody>\n");
	}
	end_table(out);
}

#define COUNT_HEADS                                                                      \
	"<th class=\"n\">Drops</th><th class=\"n\">Retransmissions</th><th class=\"n\">" \
	"Resets</th><th class=\"n\">Others</th>"

void html_add_owners(struct strbuf *out, const struct overview *overview)
{
	const struct group *group = overview->owners.groups;
	size_t rows = 0;

	if (!group)
		return;
	begin_table(out, "owners", "Owners of the sockets",
		    "<th>Command</th><th class=\"n\">PID</th>" COUNT_HEADS "<th>Cgroup</th>");
	for (; group && rows < ROWS; group = group->hh.next, rows++) {
		const struct owner_extra *owner = owner_of(group);

		strbuf_add(out, "<tr>");
		if (strcmp(group->name, "-") == 0)
			html_cell_text(out, "no socket, or unknown");
		else
			html_cell_name(out, group->name);
		if (owner->several)
			strbuf_add(out, "<td class=\"n\">several</td>");
		else if (owner->pid)
			strbuf_addf(out, "<td class=\"n\">%" PRIu64 "</td>", owner->pid);
		else
			html_cell_empty(out);
		add_counts(out, &group->counts);
		if (owner->several_cgroups)
			html_cell_text(out, "several");
		else if (*owner->cgroup)
			html_cell_name(out, owner->cgroup);
		else
			html_cell_empty(out);
		strbuf_add(out, "</tr>\n");
	}
	add_rest(out, &overview->owners, ROWS, 2, 1);
	end_table(out);
}

void html_add_interfaces(struct strbuf *out, const struct overview *overview)
{
	const struct group *group = overview->interfaces.groups;
	size_t rows = 0;

	if (!group)
		return;
	begin_table(out, "interfaces", "Interfaces", "<th>Interface</th>" COUNT_HEADS);
	for (; group && rows < ROWS; group = group->hh.next, rows++) {
		strbuf_add(out, "<tr>");
		if (strcmp(group->name, "-") == 0)
			html_cell_text(out, "none, or unknown");
		else
			html_cell_name(out, group->name);
		add_counts(out, &group->counts);
		strbuf_add(out, "</tr>\n");
	}
	add_rest(out, &overview->interfaces, ROWS, 1, 0);
	end_table(out);
}

/* A text of TCP's state. */
static void add_state(struct strbuf *out, const char *text)
{
	if (*text)
		html_cell_text(out, text);
	else
		html_cell_empty(out);
}

static void add_flow_number(struct strbuf *out, const struct flow *flow, size_t i)
{
	enum key key = flow_number_keys[i];
	uint64_t number = flow->numbers[i];

	if (!(flow->present & 1U << i)) {
		html_cell_empty(out);
	} else if (key == KEY_ssthresh && number == INFINITE) {
		strbuf_add(out, "<td class=\"n\" title=\"no limit yet\">&infin;</td>");
	} else if (strcmp(key_table[key].unit, "us") == 0 && number < UINT64_MAX / 1000) {
		strbuf_add(out, "<td class=\"n\">");
		phrase_duration(out, number * 1000);
		strbuf_add(out, "</td>");
	} else {
		html_cell_number(out, number);
	}
}

static void add_key_head(struct strbuf *out, enum key key)
{
	const struct key_info *info = &key_table[key];

	strbuf_addf(out, "<th class=\"n\"><abbr title=\"%s%s%s\">%.*s</abbr></th>",
		    info->description, *info->unit && strcmp(info->unit, "us") != 0 ? ", in " : "",
		    strcmp(info->unit, "us") != 0 ? info->unit : "",
		    (int)(info->name_length - (strcmp(info->unit, "us") == 0 ? 3 : 0)), info->name);
}

static void add_flow(struct strbuf *out, const struct group *group)
{
	const struct flow *flow = flow_of(group);

	strbuf_add(out, "<tr>");
	html_cell_name(out, group->name);
	if (*flow->owner)
		html_cell_name(out, flow->owner);
	else
		html_cell_empty(out);
	add_counts(out, &group->counts);
	add_state(out, flow->state);
	add_state(out, flow->ca_state);
	add_state(out, flow->cc);
	for (size_t i = 0; i < FLOW_NUMBER_COUNT; i++)
		add_flow_number(out, flow, i);
	strbuf_add(out, "</tr>\n");
}

void html_add_flows(struct strbuf *out, const struct overview *overview)
{
	const struct group *group = overview->flows.groups;
	struct strbuf head = { 0 };
	size_t rows = 0;

	if (!group)
		return;
	strbuf_add(&head,
		   "<th>Local &gt; remote</th><th>Owner</th>" COUNT_HEADS
		   "<th>State</th><th><abbr title=\"State of congestion control\">Congestion"
		   "</abbr></th><th><abbr title=\"Congestion control algorithm\">cc</abbr></th>");
	for (size_t i = 0; i < FLOW_NUMBER_COUNT; i++)
		add_key_head(&head, flow_number_keys[i]);
	begin_table(out, "flows", "Worst connections, with TCP's state at their last event",
		    strbuf_string(&head));
	out->failed |= head.failed;
	strbuf_free(&head);
	for (; group && rows < ROWS; group = group->hh.next, rows++)
		add_flow(out, group);
	add_rest(out, &overview->flows, ROWS, 2, 3 + FLOW_NUMBER_COUNT);
	end_table(out);
}

void html_add_verdicts(struct strbuf *out, const struct overview *overview)
{
	const struct group *group = overview->verdicts.groups;
	size_t rows = 0;

	if (!group)
		return;
	begin_table(out, "verdicts", "Verdicts by the captures of the wire",
		    "<th>Verdict</th><th>Reason or kind</th><th class=\"n\">Count</th>");
	for (; group && rows < ROWS; group = group->hh.next, rows++) {
		strbuf_add(out, "<tr>");
		html_cell_text(out, group->name);
		html_cell_name(out, group_second(group));
		html_cell_number(out, group->counts.total);
		strbuf_add(out, "</tr>\n");
	}
	end_table(out);
}
