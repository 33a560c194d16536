// SPDX-License-Identifier: GPL-2.0-or-later
/* The page, the Markdown and the JSON of one overview whose names are hostile. */
#include <stdlib.h>

#include "overview/overview_html.h"
#include "overview/overview_json.h"
#include "overview/overview_markdown.h"
#include "overview_case.h"
#include "test.h"

#define HOSTILE "</script><i>`|\"&'"

static const char *const paths[] = { HOSTILE };

/* Has all kinds of names; frees what it is given. */
static char *form(void (*add)(const struct overview *overview, const struct findings *findings,
			      struct strbuf *out))
{
	struct drop_report report = case_report("drop", HOSTILE, HOSTILE, HOSTILE);
	struct findings findings = { .count = 0 };
	struct strbuf out = { 0 };
	struct overview overview;

	case_utc();
	overview_init(&overview);
	overview.paths = paths;
	overview.path_count = 1;
	overview.damage = HOSTILE;
	report_set_text(&report, KEY_at, HOSTILE);
	report_set_text(&report, KEY_cgroup, HOSTILE);
	report_set_text(&report, KEY_state, HOSTILE);
	report_set_text(&report, KEY_ca_state, HOSTILE);
	report_set_text(&report, KEY_cc, HOSTILE);
	report_set_text(&report, KEY_verdict, HOSTILE);
	report.frames = "  " HOSTILE "\n  " HOSTILE;
	case_set_flow(&report, 80, true);
	case_add(&overview, &report, 2);
	report_set_text(&report, KEY_event, HOSTILE);
	case_add(&overview, &report, 1);
	if (gather_verdict(&overview, &report) || gather_end(&overview, 1) ||
	    findings_make(&overview, &findings))
		test_failed = true;
	add(&overview, &findings, &out);
	test_failed |= out.failed;
	findings_free(&findings);
	overview_free(&overview);
	return out.data;
}

static void html(const struct overview *overview, const struct findings *findings,
		 struct strbuf *out)
{
	overview_add_html(overview, findings, "tcpdropcap " HOSTILE, out);
}

static void markdown(const struct overview *overview, const struct findings *findings,
		     struct strbuf *out)
{
	overview_add_markdown(overview, findings, "tcpdropcap", out);
}

static int occurrences(const char *text, const char *part)
{
	int count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

TEST(page_has_hostile_names_as_text_alone)
{
	char *page = form(html);

	CHECK(occurrences(page, "<i>") == 0);
	CHECK(occurrences(page, "</script>") == 3 && occurrences(page, "<script") == 3);
	CHECK(occurrences(page, "&lt;/script&gt;&lt;i&gt;`|&quot;&amp;&#39;") > 12);
	CHECK(strstr(page, "default-src 'none'; base-uri 'none'; form-action 'none'; script-src "
			   "'sha256-"));
	free(page);
}

TEST(page_loads_nothing)
{
	char *page = form(html);

	CHECK(!strstr(page, " src=") && !strstr(page, "<link") && !strstr(page, "<a "));
	CHECK(!strstr(page, "@import") && !strstr(page, "url("));
	free(page);
}

TEST(markdown_has_hostile_names_as_code_alone)
{
	char *text = form(markdown), *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		const char *at = line;

		if (strncmp(line, "    ", 4) == 0)
			continue;
		while ((at = strstr(at, "</script>"))) {
			CHECK(at - line > 3 && strncmp(at - 3, "`` ", 3) == 0);
			CHECK(strncmp(at, "</script><i>`\\|\"&' ``", 21) == 0 ||
			      strncmp(at, "</script><i>`\\|", 15) == 0);
			at++;
		}
	}
	free(text);
}

TEST(rows_of_markdown_have_as_many_cells_as_their_heads)
{
	char *text = form(markdown), *line, *rest = text;
	int cells = 0;

	while ((line = strsep(&rest, "\n"))) {
		int bars = 0;

		if (*line != '|') {
			cells = 0;
			continue;
		}
		for (const char *at = line; *at; at++)
			bars += *at == '|' && (at == line || at[-1] != '\\');
		cells = cells ? cells : bars;
		CHECK(bars == cells);
	}
	free(text);
}

TEST(json_has_the_numbers)
{
	char *json = form(overview_add_json);

	CHECK(strncmp(json,
		      "{\"files\":[\"</script><i>`|\\\"&'\"],\"about\":[],\"count\":3,"
		      "\"drops\":2,\"retransmissions\":0,\"resets\":0,\"others\":1,",
		      100) == 0);
	CHECK(strstr(json, "\"lost\":1,"));
	CHECK(strstr(json, "\"flows\":[{\"name\":\"10.0.0.1:80 > 10.0.0.2:443\",\"count\":3,"));
	CHECK(strstr(json, "\"counts\":[2]}"));
	CHECK(strstr(json, "\"stacks\":[{\"frames\":["));
	CHECK(!strchr(json, '\001') && !strchr(json, '\n'));
	free(json);
}

static void rest(const struct overview *overview, const struct findings *findings,
		 struct strbuf *out)
{
	struct group_table table = { .groups_max = 150, .bytes_max = 10000 };
	size_t groups;
	char name[16];
	struct group *group;

	(void)overview;
	(void)findings;
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "%d", i);
		group_count(&table, name, strlen(name), CLASS_DROP, 1, &group);
	}
	strbuf_addf(out, "%llu",
		    (unsigned long long)overview_rest(&table, OVERVIEW_ROWS, &groups).total);
	strbuf_addf(out, " %zu", groups);
	group_table_free(&table);
}

TEST(rows_beyond_the_last_are_counted)
{
	char *text = form(rest);

	CHECK_STR(text, "100 50");
	free(text);
}
