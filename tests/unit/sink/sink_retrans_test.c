// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

#include "sink/sink.h"
#include "test.h"

static struct drop_report report;

static void make_report(int family, const char *local, const char *remote)
{
	report = (struct drop_report){ .timestamp_ns = 1700000000123456789 };
	report.packet = (struct packet){ .family = family, .tcp_at = 1, .sport = 12345 };
	report.packet.dport = 443;
	report.packet.seq = 4294967295;
	inet_pton(family, local, report.packet.saddr);
	inet_pton(family, remote, report.packet.daddr);
	report_set_text(&report, KEY_event, "retransmit");
	report_set_text(&report, KEY_kind, "rto");
	report_set_text(&report, KEY_state, "ESTABLISHED");
	report_set_number(&report, KEY_owner_pid, 812);
	report_set_text(&report, KEY_owner, "nginx");
}

/* What the sink writes, headings included. */
static const char *written(struct sink_retrans_view view, uint64_t lost)
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
	sink = sink_retrans_open(out, view, &error);
	if (!sink || sink->add(sink, &report) || sink->close(sink, lost))
		return "error";
	fclose(out);
	return output;
}

TEST(retransmission_has_the_columns_of_tcpretrans)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	CHECK_STR(written((struct sink_retrans_view){ 0 }, 0),
		  "TIME     PID    IP LADDR:LPORT          T> RADDR:RPORT          STATE        "
		  "KIND   COMM\n"
		  "22:13:20 812    4  192.0.2.1:12345      R> 198.51.100.2:443     ESTABLISHED  "
		  "rto    nginx\n");
}

TEST(terminal_of_80_columns_has_no_more)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	report_set_text(&report, KEY_state, "NEW_SYN_RECV");
	report_set_text(&report, KEY_kind, "synack");
	CHECK_STR(written((struct sink_retrans_view){ .columns = 80 }, 0),
		  "TIME     PID    LADDR:LPORT          T> RADDR:RPORT          STATE        "
		  "KIND\n"
		  "22:13:20 812    192.0.2.1:12345      R> 198.51.100.2:443     NEW_SYN_RECV "
		  "synack\n");
}

TEST(sequence_number_is_a_column)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	CHECK(strstr(written((struct sink_retrans_view){ .sequence = true }, 0),
		     "rto    4294967295 nginx\n"));
	report.packet.tcp_at = 0;
	CHECK(strstr(written((struct sink_retrans_view){ .sequence = true }, 0), "rto    ?  "));
}

TEST(attempt_of_a_tail_loss_probe_is_marked)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	report_set_text(&report, KEY_event, "tlp");
	CHECK(strstr(written((struct sink_retrans_view){ 0 }, 0), " L> 198.51.100.2:443"));
}

TEST(segment_that_was_not_sent_says_why)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	report_set_text(&report, KEY_err, "EHOSTUNREACH");
	CHECK(strstr(written((struct sink_retrans_view){ 0 }, 0), "rto not sent: EHOSTUNREACH "));
}

TEST(long_address_moves_no_column_of_a_terminal)
{
	make_report(AF_INET6, "2001:db8:1234::1", "2001:db8::2");
	CHECK(strstr(
		written((struct sink_retrans_view){ .columns = 80 }, 0),
		"22:13:20 812    [2001:db8:1234::1]:12345 \n"
		"                                     R> [2001:db8::2]:443    ESTABLISHED  rto\n"));
	CHECK(strstr(written((struct sink_retrans_view){ 0 }, 0),
		     "[2001:db8:1234::1]:12345 R> [2001:db8::2]:443    ESTABLISHED"));
}

TEST(unknown_values_are_marked)
{
	report = (struct drop_report){ 0 };
	CHECK(strstr(
		written((struct sink_retrans_view){ .sequence = true }, 7),
		"\n00:00:00 -      ?  ?                    R> ?                    -            "
		"-      ?          -\n# 7 events lost here\n"));
}

TEST(comm_is_escaped)
{
	make_report(AF_INET, "192.0.2.1", "198.51.100.2");
	report_set_text(&report, KEY_owner, "a\033[1m\n");
	CHECK(strstr(written((struct sink_retrans_view){ 0 }, 0), " a\\x1b[1m\\n\n"));
}
