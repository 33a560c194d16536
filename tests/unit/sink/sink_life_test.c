// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "sink/sink.h"
#include "test.h"

/* Lines of connections that have ended, and of changes of state among other events. */

static struct drop_report report;
static struct error error;
static uint8_t frame[PACKET_FRAME_MAX];
static char *output;
static size_t output_size;
static FILE *out;

static struct sink *open_sink(struct sink_life_view view)
{
	setenv("TZ", "UTC", 1);
	tzset();
	free(output);
	output = NULL;
	out = open_memstream(&output, &output_size);
	return sink_life_open(out, view, &error);
}

static void put_packet(int family)
{
	uint8_t *ip = frame + 14, *tcp = ip + (family == AF_INET ? 20 : 40);

	memset(frame, 0, sizeof(frame));
	packet_put16(frame + 12, family == AF_INET ? 0x0800 : 0x86dd);
	ip[0] = family == AF_INET ? 0x45 : 0x60;
	ip[family == AF_INET ? 9 : 6] = IPPROTO_TCP;
	memcpy(ip + (family == AF_INET ? 12 : 8), (uint8_t[4]){ 192, 0, 2, 1 }, 4);
	memcpy(ip + (family == AF_INET ? 16 : 24), (uint8_t[4]){ 198, 51, 100, 2 }, 4);
	packet_put16(tcp, 12345);
	packet_put16(tcp + 2, 443);
	tcp[12] = 0x50;
	packet_parse(&report.packet, frame, (uint32_t)(tcp + 20 - frame),
		     (uint32_t)(tcp + 20 - frame));
}

static void make_report(void)
{
	report = (struct drop_report){ .timestamp_ns = 1700000000123456789 };
	put_packet(AF_INET);
	report_set_text(&report, KEY_event, "life");
	report_set_number(&report, KEY_owner_pid, 812);
	report_set_text(&report, KEY_owner, "nginx");
	report_set_text(&report, KEY_owner_src, "exact");
	report_set_number(&report, KEY_duration_us, 1234567);
	report_set_number(&report, KEY_bytes_acked, 2048);
	report_set_number(&report, KEY_bytes_received, 1023);
	report_set_number(&report, KEY_total_retrans, 3);
	report_set_number(&report, KEY_drops, 2);
	report_set_number(&report, KEY_srtt_us, 45678);
	report_set_text(&report, KEY_ended, "peer-close");
}

/* Writes the report alone; the result is what follows the line of headings. */
static const char *written(struct sink_life_view view)
{
	struct sink *sink = open_sink(view);
	const char *line;

	if (sink->add(sink, &report) || sink->close(sink, 0))
		return "error";
	fclose(out);
	line = strchr(output, '\n');
	return line ? line + 1 : "no line";
}

static const char *head(void)
{
	*strchr(output, '\n') = '\0';
	return output;
}

static const struct sink_life_view plain;

TEST(columns_are_those_of_tcplife)
{
	make_report();
	CHECK_STR(written(plain),
		  "812     nginx      192.0.2.1       12345 198.51.100.2    443       2     0 "
		  "1234.57\n");
	CHECK_STR(head(), "PID     COMM       LADDR           LPORT RADDR           RPORT TX_KB "
			  "RX_KB MS");
}

TEST(lower_bound_is_marked)
{
	make_report();
	report_unset(&report, KEY_duration_us);
	report_set_number(&report, KEY_duration_min_us, 5000);
	CHECK(strstr(written(plain), " 0 >5.00\n"));
}

TEST(unknown_values_are_dashes)
{
	report = (struct drop_report){ .timestamp_ns = 1 };
	CHECK_STR(written(plain), "-       -          -               -     -               -     "
				  "    -     - -\n");
}

TEST(wide_lines_have_all_columns)
{
	make_report();
	put_packet(AF_INET6);
	CHECK(strstr(written((struct sink_life_view){ .wide = true }),
		     "1234.57      3     2     45.678    peer-close        exact\n"));
	CHECK(strstr(head(), "MS           RETR  DROPS SRTT_MS   ENDED             OWNER-SRC"));
}

TEST(long_address_moves_no_column_of_a_terminal)
{
	const struct sink_life_view terminal = { .terminal = true };
	const char *line;

	make_report();
	put_packet(AF_INET6);
	memset(frame + 14 + 8, 0x12, 16);
	packet_parse(&report.packet, frame, 74, 74);
	line = written(terminal);
	CHECK(strncmp(line,
		      "812     nginx      1212:1212:1212:1212:1212:1212:1212:1212\n"
		      "                                   12345 c633:",
		      105) == 0);
	CHECK(!strchr(written((struct sink_life_view){ 0 }), '\n')[1]);
}

TEST(unmeasured_round_trip_time_is_unknown)
{
	make_report();
	report_set_number(&report, KEY_srtt_us, 0);
	CHECK(strstr(written((struct sink_life_view){ .wide = true }), " 2     -         peer"));
}

TEST(csv_has_the_columns_of_tcplife)
{
	make_report();
	CHECK_STR(written((struct sink_life_view){ .csv = true }),
		  "812,nginx,4,192.0.2.1,12345,198.51.100.2,443,2,0,1234.57\n");
	CHECK_STR(head(), "PID,COMM,IP,LADDR,LPORT,RADDR,RPORT,TX_KB,RX_KB,MS");
}

TEST(csv_quotes_what_would_be_more_than_one_value)
{
	make_report();
	report_set_text(&report, KEY_owner, "a,\"b\"");
	CHECK(strstr(written((struct sink_life_view){ .csv = true }), "812,\"a,\"\"b\"\"\",4,"));
	report = (struct drop_report){ .timestamp_ns = 1 };
	CHECK_STR(written((struct sink_life_view){ .csv = true }), ",,,,,,,,,\n");
}

TEST(times_are_of_the_day_and_since_the_first)
{
	const struct sink_life_view both = { .time = true, .seconds = true };
	struct sink *sink;

	make_report();
	sink = open_sink(both);
	CHECK(sink->add(sink, &report) == 0);
	report.timestamp_ns += 1500000000;
	CHECK(sink->add(sink, &report) == 0);
	report.timestamp_ns -= 2000000000; /* somebody has set the clock back */
	CHECK(sink->add(sink, &report) == 0);
	CHECK(sink->close(sink, 0) == 0);
	fclose(out);
	CHECK(strstr(output, "\n22:13:20 0.000000  812 "));
	CHECK(strstr(output, "\n22:13:21 1.500000  812 "));
	CHECK(strstr(output, "\n22:13:19 -0.500000 812 "));
	CHECK(strncmp(output, "TIME     TIME(s)   PID", 22) == 0);
}

TEST(hostile_name_is_escaped_and_cut_between_characters)
{
	make_report();
	report_set_text(&report, KEY_owner, "\033[1m");
	CHECK(strstr(written(plain), "812     \\x1b[1m    192"));
	report_set_text(&report, KEY_owner, "123456789\xc3\xa4");
	CHECK(strstr(written(plain), "812     123456789  192"));
	CHECK(strstr(written((struct sink_life_view){ .wide = true }), "123456789\xc3\xa4"));
}

TEST(losses_have_a_line)
{
	struct sink *sink;

	make_report();
	report_set_number(&report, KEY_lost, 3);
	sink = open_sink(plain);
	CHECK(sink->add(sink, &report) == 0 && sink->close(sink, 5) == 0);
	fclose(out);
	CHECK(strstr(output, "\n# 3 events lost here\n812"));
	CHECK(strstr(output, "1234.57\n# 5 events lost here\n"));
}

/* The report's line among all kinds of events. */
static const char *written_as_text(void)
{
	struct sink *sink;

	free(output);
	output = NULL;
	out = open_memstream(&output, &output_size);
	sink = sink_text_open(out, (struct sink_detail){ .stack = false }, &error);
	if (sink->add(sink, &report) || sink->close(sink, 0))
		return "error";
	fclose(out);
	return strchr(output, '\n') + 1;
}

TEST(text_has_the_old_state_at_the_end)
{
	make_report();
	report_set_text(&report, KEY_event, "state");
	report_set_text(&report, KEY_state, "ESTABLISHED");
	report_set_text(&report, KEY_old_state, "SYN_SENT");
	CHECK(strstr(written_as_text(), " ESTABLISHED  (-) from SYN_SENT\n"));
}

TEST(text_has_the_end_the_duration_and_the_bytes_of_a_life)
{
	make_report();
	report_set_text(&report, KEY_state, "CLOSE");
	report_set_text(&report, KEY_old_state, "LAST_ACK");
	CHECK(strstr(written_as_text(),
		     " (-) peer-close 1234.567 ms tx 2048 rx 1023 from LAST_ACK\n"));
	report_unset(&report, KEY_duration_us);
	report_unset(&report, KEY_ended);
	report_set_number(&report, KEY_duration_min_us, 5000000);
	CHECK(strstr(written_as_text(), " (-) - >5000.000 ms tx 2048 rx 1023 from LAST_ACK\n"));
}
