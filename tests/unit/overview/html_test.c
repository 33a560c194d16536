// SPDX-License-Identifier: GPL-2.0-or-later
#include "overview/html.h"
#include "overview/phrase.h"
#include "test.h"

#define CHECK_HTML(call, want)                            \
	do {                                              \
		struct strbuf out_ = { 0 }, *out = &out_; \
		call;                                     \
		CHECK_STR(strbuf_string(out), want);      \
		strbuf_free(out);                         \
	} while (0)

TEST(text_is_printable_and_has_no_markup)
{
	CHECK_HTML(html_text(out, "<b a=\"x\" c='y'>&"),
		   "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;");
	CHECK_HTML(html_text(out, "a\033[1m\n\377"), "a\\x1b[1m\\n\\xff");
	CHECK_HTML(html_cell_name(out, "</td><script>"),
		   "<td><code>&lt;/td&gt;&lt;script&gt;</code></td>");
}

TEST(marks_and_back_quotes_become_code)
{
	CHECK_HTML(html_marked(out, "in " NAME_BEGIN "a`<b>" NAME_END ", see `ss -t`."),
		   "in <code>a`&lt;b&gt;</code>, see <code>ss -t</code>.");
	CHECK_HTML(html_marked(out, "open `quote"), "open <code>quote</code>");
}

TEST(json_cannot_end_its_element)
{
	CHECK_HTML(html_json(out, "{\"a\":\"</script><!--&\"}"),
		   "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\"}");
}
