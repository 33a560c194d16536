// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

#include "sink/sink.h"
#include "test.h"

static struct drop_report report;

static void make_report(int family, const char *source, const char *destination)
{
	report = (struct drop_report){ .timestamp_ns = 1700000000123456789 };
	report.packet = (struct packet){ .family = family, .tcp_at = 1, .sport = 12345 };
	report.packet.dport = 443;
	inet_pton(family, source, report.packet.saddr);
	inet_pton(family, destination, report.packet.daddr);
	report_set_text(&report, KEY_event, "drop");
	report_set_text(&report, KEY_reason, "NO_SOCKET");
	report_set_text(&report, KEY_state, "LISTEN");
	report_set_number(&report, KEY_owner_pid, 812);
	report_set_text(&report, KEY_owner, "nginx");
}

/* What a sink writes of the report: headings, and what follows them. */
static char headings[512], lines[1024];

static const char *written(struct sink_detail detail)
{
	static char *output;
	struct error error;
	size_t size;
	FILE *out;
	struct sink *sink;

	setenv("TZ", "UTC", 1);
	tzset();
	free(output);
	out = open_memstream(&output, &size);
	sink = sink_text_open(out, detail, &error);
	if (!sink || sink->add(sink, &report) || sink->close(sink, 0))
		return "error";
	fclose(out);
	snprintf(headings, sizeof(headings), "%.*s", (int)strcspn(output, "\n"), output);
	snprintf(lines, sizeof(lines), "%s", strchr(output, '\n') + 1);
	return lines;
}

/* Whether a heading and a value begin in the same column; the value stands in this line. */
static bool is_below(const char *value, const char *line, const char *heading)
{
	return strstr(line, value) - line == strstr(headings, heading) - headings;
}

TEST(line_fits_a_terminal_of_80_columns)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	CHECK_STR(written((struct sink_detail){ .columns = 80 }),
		  "22:13:20 drop    812/nginx    NO_SOCKET      "
		  "192.0.2.1:12345 > 198.51.100.2:443\n");
	CHECK(is_below("812/", lines, "PID/COMM"));
	CHECK(is_below("NO_SOCKET", lines, "REASON"));
	CHECK(is_below("192.0.2.1", lines, "SADDR"));
}

TEST(line_that_is_too_long_loses_its_padding_and_then_its_flow)
{
	make_report(AF_INET, "192.168.100.200", "192.168.100.201");
	CHECK_STR(written((struct sink_detail){ .columns = 80 }),
		  "22:13:20 drop    812/nginx NO_SOCKET "
		  "192.168.100.200:12345 > 192.168.100.201:443\n");
	report_set_text(&report, KEY_reason, "TCP_INVALID_SEQUENCE");
	CHECK_STR(written((struct sink_detail){ .columns = 80 }),
		  "22:13:20 drop    812/nginx TCP_INVALID_SEQUENCE \n"
		  "                 192.168.100.200:12345 > 192.168.100.201:443\n");
}

TEST(retransmission_has_a_short_name_on_a_narrow_terminal)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	report_set_text(&report, KEY_event, "retransmit");
	CHECK(strstr(written((struct sink_detail){ .columns = 80 }), " retrans 812/"));
	CHECK(strstr(written((struct sink_detail){ .columns = 132 }), " retransmit 812/"));
}

TEST(long_flow_of_ipv6_leaves_the_columns_in_line)
{
	make_report(AF_INET6, "2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8::1");
	CHECK_STR(written((struct sink_detail){ .columns = 80 }),
		  "22:13:20 drop    812/nginx NO_SOCKET \n                 "
		  "[2001:db8:1234:5678:9abc:def0:1234:5678]:12345 > [2001:db8::1]:443\n");
	written((struct sink_detail){ .columns = 200 });
	CHECK(is_below("LISTEN", strchr(lines, '\n') + 1, "STATE"));
}

TEST(flow_does_not_break_a_line_that_no_terminal_shows)
{
	make_report(AF_INET6, "2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8::1");
	written((struct sink_detail){ .columns = 0 });
	CHECK(strchr(lines, '\n') == lines + strlen(lines) - 1);
}

TEST(colour_surrounds_the_event_alone)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	CHECK(strstr(written((struct sink_detail){ .colour = true, .columns = 80 }),
		     "22:13:20 \033[31mdrop    \033[0m812/nginx"));
	CHECK(!strchr(written((struct sink_detail){ .columns = 80 }), '\033'));
	report_set_text(&report, KEY_event, "reset");
	CHECK(strstr(written((struct sink_detail){ .colour = true }), " \033[35mreset "));
}
