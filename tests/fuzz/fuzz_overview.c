// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report on any file: nothing of a file becomes an element or a script of the page, or a
 * control character of any form.
 */
#include <string.h>

#include "fuzz.h"
#include "overview/gather.h"
#include "overview/overview_html.h"
#include "overview/overview_json.h"
#include "overview/overview_markdown.h"
#include "report/report_reader.h"

static void is_harmless(const struct strbuf *text)
{
	PROPERTY(!text->failed);
	for (size_t i = 0; i < text->length; i++)
		PROPERTY((unsigned char)text->data[i] >= 0x20 || text->data[i] == '\n' ||
			 text->data[i] == '\t');
}

static size_t occurrences(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

static void gather(struct overview *overview, struct pcapng_reader *reader)
{
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;
	size_t events = 0;

	PROPERTY(reports);
	while (pcapng_reader_next(reader, &item) > 0) {
		int kind = report_reader_take(reports, &item, &report);

		PROPERTY(gather_block(overview, &item) == 0);
		if (kind < REPORT_DAMAGED)
			continue;
		events++;
		PROPERTY(gather_report(overview, &report) == 0);
		PROPERTY(gather_verdict(overview, &report) == 0);
	}
	overview->damage = pcapng_reader_error(reader);
	PROPERTY(gather_end(overview, report_reader_lost(reports)) == 0);
	PROPERTY(overview->all.total == events);
	report_reader_free(reports);
}

/* The scripts are those of the page, and each element that a name could open is closed text. */
static void check_page(const struct overview *overview, const struct findings *findings)
{
	struct strbuf page = { 0 };
	const char *body;

	overview_add_html(overview, findings, "fuzz", &page);
	is_harmless(&page);
	body = strstr(page.data, "<body>");
	PROPERTY(body && occurrences(body, "<script") == 3 && occurrences(body, "</script") == 3);
	PROPERTY(occurrences(body, "<section") == occurrences(body, "</section>"));
	PROPERTY(occurrences(body, "<td") == occurrences(body, "</td>"));
	strbuf_free(&page);
}

static void check_texts(const struct overview *overview, const struct findings *findings)
{
	struct strbuf text = { 0 };

	overview_add_json(overview, findings, &text);
	is_harmless(&text);
	PROPERTY(!memchr(text.data, '\n', text.length));
	strbuf_clear(&text);
	overview_add_markdown(overview, findings, "fuzz", &text);
	is_harmless(&text);
	strbuf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const char *const paths[] = { "a", "b" };
	struct pcapng_reader *reader = pcapng_reader_new_memory(bytes, length);
	struct overview overview;
	struct findings findings;

	PROPERTY(reader);
	overview_init(&overview);
	overview.paths = paths;
	overview.path_count = 2;
	gather(&overview, reader);
	PROPERTY(findings_make(&overview, &findings) == 0);
	check_page(&overview, &findings);
	check_texts(&overview, &findings);
	findings_free(&findings);
	overview_free(&overview);
	pcapng_reader_free(reader); /* it has the text of the damage */
	return 0;
}
