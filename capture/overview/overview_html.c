// SPDX-License-Identifier: GPL-2.0-or-later
#include "html.h"
#include "html_tables.h"
#include "overview_html.h"
#include "overview_json.h"
#include "page_parts.h"
#include "phrase.h"

#define STACKS 3  /* that are printed as text */
#define FILES  20 /* whose names are */

static void add_policy(struct strbuf *out)
{
	strbuf_add(out,
		   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "base-uri 'none'; form-action 'none'; script-src");
	for (const struct page_part *part = page_scripts; part->text; part++)
		strbuf_addf(out, " 'sha256-%s'", part->hash);
	strbuf_add(out, "; style-src");
	for (const struct page_part *part = page_styles; part->text; part++)
		strbuf_addf(out, " 'sha256-%s'", part->hash);
	strbuf_add(out, "\">\n");
}

static void add_parts(struct strbuf *out, const char *element, const struct page_part *part)
{
	for (; part->text; part++) {
		strbuf_addf(out, "<%s>", element);
		strbuf_add(out, part->text);
		strbuf_addf(out, "</%s>\n", element);
	}
}

static void add_head(struct strbuf *out, const struct overview *overview, const char *program)
{
	strbuf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	add_policy(out);
	strbuf_add(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			"<meta name=\"color-scheme\" content=\"light dark\">\n"
			"<meta name=\"generator\" content=\"");
	html_text(out, program);
	strbuf_add(out, "\">\n<title>");
	for (size_t i = 0; i < overview->path_count && i < 1; i++) {
		html_text(out, overview->paths[i]);
		strbuf_add(out, overview->path_count > 1 ? ", ... - " : " - ");
	}
	strbuf_add(out, "tcpdropcap report</title>\n");
	add_parts(out, "style", page_styles);
	strbuf_add(out, "</head>\n<body>\n");
}

/* "2026-11-27 14:03:01 to 14:05:10 (+00:00), Linux 6.18, 46 events, none lost". */
static void add_line(struct strbuf *out, const struct overview *overview)
{
	const struct group *group = overview->about.groups;

	strbuf_add(out, "<p class=\"line\">");
	if (overview->all.total) {
		phrase_span(out, overview->all.first_ns, overview->all.last_ns);
		strbuf_add(out, " (UTC");
		phrase_zone(out, overview->all.first_ns);
		strbuf_add(out, ") &middot; ");
	}
	while (group && strcmp(group->name, "Kernel") != 0)
		group = group->hh.next;
	if (group) {
		html_text(out, group_second(group));
		strbuf_add(out, " &middot; ");
	}
	phrase_count(out, overview->all.total, "event", "events");
	strbuf_add(out, ", ");
	if (overview->lost)
		phrase_number(out, overview->lost);
	strbuf_add(out, overview->lost ? " lost</p>\n" : "none lost</p>\n");
}

static void add_findings(struct strbuf *out, const struct findings *findings)
{
	strbuf_add(out, "<section id=\"findings\"><h2>Findings</h2>\n");
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		strbuf_addf(out, "<p class=\"finding %s%s\">",
			    explain_severity_name(finding->severity), i ? "" : " lead");
		html_marked(out, strbuf_string(&finding->text));
		strbuf_add(out, "</p>\n");
	}
	strbuf_add(out, "</section>\n");
}

static void add_card(struct strbuf *out, uint64_t number, const char *label)
{
	strbuf_addf(out, "<div class=\"card%s\"><b>", number ? "" : " none");
	phrase_number(out, number);
	strbuf_addf(out, "</b> %s</div>\n", label);
}

static void add_cards(struct strbuf *out, const struct overview *overview)
{
	size_t flows = group_table_count(&overview->flows);

	strbuf_add(out, "<div class=\"cards\">\n");
	for (enum event_class class = 0; class < CLASS_COUNT; class ++) {
		uint64_t count = overview->all.by_class[class];

		if (count || class < CLASS_RESET)
			add_card(out, count, count == 1 ? class_name(class) : class_plural(class));
	}
	add_card(out, flows,
		 overview->flows.other.total ? "connections at least"
		 : flows == 1		     ? "connection"
					     : "connections");
	add_card(out, overview->lost, "lost events");
	strbuf_add(out, "</div>\n");
}

static void add_timeline(struct strbuf *out, const struct overview *overview)
{
	if (!overview->all.total)
		return;
	strbuf_add(out,
		   "<section id=\"timeline\"><h2>Timeline</h2>\n<p class=\"hint\">Events in each ");
	phrase_duration(out, overview->timeline.width_ns);
	strbuf_add(out,
		   ". <span class=\"scripted\" hidden>Drag to see a part; a double click shows "
		   "all. A click on a name hides it.</span></p>\n"
		   "<noscript><p class=\"hint\">The charts need JavaScript; the tables do "
		   "not.</p></noscript>\n<div id=\"timeline-chart\"></div></section>\n");
}

static void add_frames(struct strbuf *out, const struct overview *overview)
{
	const struct group *group = overview->frames.groups;

	strbuf_add(out, "<details><summary>The most frequent stacks as text</summary>\n");
	for (int i = 0; group && i < STACKS; i++, group = group->hh.next) {
		strbuf_add(out, "<p>");
		phrase_count(out, group->counts.total, "drop", "drops");
		strbuf_add(out, ":</p><pre tabindex=\"0\">");
		for (const char *line = group->name, *end; *line; line = *end ? end + 1 : end) {
			struct strbuf frame = { 0 };

			end = strchrnul(line, '\n');
			strbuf_add_bytes(&frame, line, (size_t)(end - line));
			html_text(out, strbuf_string(&frame));
			strbuf_add(out, "\n");
			out->failed |= frame.failed;
			strbuf_free(&frame);
		}
		strbuf_add(out, "</pre>\n");
	}
	strbuf_add(out, "</details>\n");
}

static void add_stacks(struct strbuf *out, const struct overview *overview)
{
	if (!overview->all.by_class[CLASS_DROP])
		return;
	strbuf_add(out, "<section id=\"stacks\"><h2>Stacks of the drops</h2>\n<p class=\"hint\">");
	if (!overview->frames.groups) {
		strbuf_add(out, "No drop has a stack.</p></section>\n");
		return;
	}
	strbuf_add(out, "The width of a function is its number of drops; callers are below. ");
	if (overview->without_stack) {
		phrase_count(out, overview->without_stack, "drop has", "drops have");
		strbuf_add(out, " no stack. ");
	}
	strbuf_add(
		out,
		"<span class=\"scripted\" hidden>A click on a function shows it alone.</span></p>\n"
		"<div class=\"scripted tools\" hidden><input id=\"stacks-search\" type=\"search\" "
		"placeholder=\"Find a function\" aria-label=\"Find a function\"> <button "
		"id=\"stacks-reset\" type=\"button\">Show all</button></div>\n"
		"<div id=\"stacks-chart\"></div>\n"
		"<p id=\"stacks-detail\" class=\"hint\" aria-live=\"polite\"></p>\n");
	add_frames(out, overview);
	strbuf_add(out, "</section>\n");
}

/* What the files say under this label. */
static void add_label(struct strbuf *out, const struct overview *overview, const char *label)
{
	bool first = true;

	for (const struct group *group = overview->about.groups; group; group = group->hh.next) {
		if (strcmp(label, group->name) != 0)
			continue;
		if (first)
			strbuf_addf(out, "<dt>%s</dt>", label);
		first = false;
		strbuf_add(out, "<dd><code>");
		html_text(out, group_second(group));
		strbuf_add(out, "</code></dd>\n");
	}
}

static void add_about(struct strbuf *out, const struct overview *overview)
{
	strbuf_add(out, "<section id=\"about\"><h2>The capture</h2>\n<dl>");
	for (size_t i = 0; i < overview->path_count && i < FILES; i++) {
		strbuf_add(out, i ? "<dd><code>" : "<dt>Files</dt><dd><code>");
		html_text(out, overview->paths[i]);
		strbuf_add(out, "</code></dd>\n");
	}
	if (overview->path_count > FILES) {
		strbuf_add(out, "<dd>and ");
		phrase_number(out, overview->path_count - FILES);
		strbuf_add(out, " more</dd>\n");
	}
	for (size_t i = 0; i < about_label_count; i++)
		add_label(out, overview, about_labels[i]);
	strbuf_add(out, "<dt>Lost</dt><dd>");
	phrase_count(out, overview->lost, "event", "events");
	strbuf_add(out, "</dd></dl></section>\n");
}

static void add_foot(struct strbuf *out, const struct overview *overview,
		     const struct findings *findings, const char *program)
{
	struct strbuf json = { 0 };

	strbuf_add(out, "</main>\n<footer>Made by ");
	html_text(out, program);
	strbuf_add(out, ". Charts: uPlot (MIT), d3-flame-graph (Apache 2.0) and parts of d3 (ISC, "
			"BSD); their licences are in the source of this page.</footer>\n"
			"<script type=\"application/json\" id=\"numbers\">");
	overview_add_json(overview, findings, &json);
	html_json(out, strbuf_string(&json));
	out->failed |= json.failed;
	strbuf_free(&json);
	strbuf_add(out, "</script>\n");
	add_parts(out, "script", page_scripts);
	strbuf_add(out, "</body>\n</html>\n");
}

void overview_add_html(const struct overview *overview, const struct findings *findings,
		       const char *program, struct strbuf *out)
{
	add_head(out, overview, program);
	strbuf_add(out, "<header><h1>TCP drops and retransmissions</h1>\n");
	add_line(out, overview);
	strbuf_add(out, "</header>\n<main>\n");
	add_findings(out, findings);
	add_cards(out, overview);
	add_timeline(out, overview);
	html_add_causes(out, overview);
	html_add_verdicts(out, overview);
	html_add_flows(out, overview);
	strbuf_add(out, "<div class=\"pair\">\n");
	html_add_owners(out, overview);
	html_add_interfaces(out, overview);
	strbuf_add(out, "</div>\n");
	add_stacks(out, overview);
	add_about(out, overview);
	add_foot(out, overview, findings, program);
}
