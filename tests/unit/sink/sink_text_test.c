// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "sink/sink.h"
#include "test.h"

#define TOKENS 16

static const struct sink_detail line_alone, with_stack = { .stack = true };
static const struct sink_detail with_tcp = { .tcp = true },
				with_all = { .stack = true, .tcp = true };

static struct drop_report report;
static struct error error;
static uint8_t frame[PACKET_FRAME_MAX];

/* What a sink wrote. */
static char *output;
static size_t output_size;
static FILE *out;

static struct sink *open_sink(struct sink_detail detail)
{
	setenv("TZ", "UTC", 1);
	tzset();
	free(output);
	output = NULL;
	out = open_memstream(&output, &output_size);
	return sink_text_open(out, detail, &error);
}

static void put_packet(int family, uint8_t flags)
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
	tcp[13] = flags;
	packet_parse(&report.packet, frame, (uint32_t)(tcp + 20 - frame),
		     (uint32_t)(tcp + 20 - frame));
}

static void make_report(void)
{
	report = (struct drop_report){ .timestamp_ns = 1700000000123456789 };
	put_packet(AF_INET, TCP_SYN | TCP_ACK);
	report_set_text(&report, KEY_event, "drop");
	report_set_text(&report, KEY_reason, "NO_SOCKET");
	report_set_number(&report, KEY_reason_code, 3);
	report_set_text(&report, KEY_state, "LISTEN");
	report_set_number(&report, KEY_owner_pid, 812);
	report_set_text(&report, KEY_owner, "nginx");
	report_set_number(&report, KEY_cpu_pid, 99);
	report_set_text(&report, KEY_cpu_comm, "ksoftirqd/0");
}

/* Writes the report alone; the result is what follows the line of headings. */
static const char *written(struct sink_detail detail)
{
	struct sink *sink = open_sink(detail);
	const char *line;

	if (sink->add(sink, &report) || sink->close(sink, 0))
		return "error";
	fclose(out);
	line = strchr(output, '\n');
	return line ? line + 1 : "no line";
}

/* The words of the report's line. */
static char words[1024];
static char *word[TOKENS];

static bool write_words(void)
{
	size_t count = 0;

	snprintf(words, sizeof(words), "%s", written(line_alone));
	for (char *rest = words, *one; (one = strtok_r(rest, " \n", &rest)) && count < TOKENS;)
		word[count++] = one;
	return count >= 10;
}

TEST(headings_stand_above_their_columns)
{
	const char *line;

	make_report();
	line = written(line_alone);
	CHECK(strncmp(output, "TIME ", 5) == 0);
	CHECK(strstr(output, "EVENT") - output == strstr(line, "drop") - line);
	CHECK(strstr(output, "PID/COMM") - output == strstr(line, "812/nginx") - line);
	CHECK(strstr(output, "SADDR:SPORT") - output == strstr(line, "192.0.2.1:12345") - line);
	CHECK(strstr(output, "STATE") - output == strstr(line, "LISTEN") - line);
	CHECK(strstr(output, "(FLAGS)") - output == strstr(line, "(SYN|ACK)") - line);
}

TEST(ipv4_report_fills_the_columns)
{
	make_report();
	CHECK(write_words());
	CHECK_STR(word[0], "22:13:20.123456");
	CHECK_STR(word[1], "drop");
	CHECK_STR(word[2], "812/nginx");
	CHECK_STR(word[3], "4");
	CHECK_STR(word[4], "192.0.2.1:12345");
	CHECK_STR(word[5], ">");
	CHECK_STR(word[6], "198.51.100.2:443");
	CHECK_STR(word[7], "LISTEN");
	CHECK_STR(word[8], "(SYN|ACK)");
	CHECK_STR(word[9], "NO_SOCKET");
}

TEST(ipv6_report_fills_the_columns)
{
	make_report();
	put_packet(AF_INET6, 0);
	report_set_text(&report, KEY_event, "retransmit");
	CHECK(write_words());
	CHECK_STR(word[1], "retransmit");
	CHECK_STR(word[3], "6");
	CHECK_STR(word[4], "[c000:201::]:12345");
	CHECK_STR(word[6], "[c633:6402::]:443");
	CHECK_STR(word[8], "(-)");
}

TEST(unknown_values_are_marked)
{
	make_report();
	report_unset(&report, KEY_state);
	report_unset(&report, KEY_reason);
	report_unset(&report, KEY_owner);
	report_unset(&report, KEY_cpu_comm);
	CHECK(write_words());
	CHECK_STR(word[2], "(99/?)");
	CHECK_STR(word[7], "-");
	CHECK_STR(word[9], "3");
	report_unset(&report, KEY_reason_code);
	report_unset(&report, KEY_cpu_pid);
	CHECK(write_words());
	CHECK_STR(word[2], "(?/?)");
	CHECK_STR(word[9], "-");
	packet_parse(&report.packet, frame, 34, 54);
	CHECK(write_words());
	CHECK_STR(word[4], "192.0.2.1:?");
	packet_parse(&report.packet, frame, 0, 54);
	CHECK(write_words());
	CHECK_STR(word[3], "?");
}

TEST(process_on_the_cpu_stands_in_for_the_owner)
{
	make_report();
	report_unset(&report, KEY_owner);
	report_unset(&report, KEY_owner_pid);
	CHECK(write_words());
	CHECK_STR(word[2], "(99/ksoftirqd/0)");
	CHECK_STR(word[4], "192.0.2.1:12345");
}

/* What follows the flags in the report's line. */
static const char *reason_column(void)
{
	const char *flags = strstr(written(line_alone), "(SYN|ACK) ");

	return flags ? flags + strlen("(SYN|ACK) ") : "no flags";
}

TEST(kind_stands_where_no_reason_is)
{
	make_report();
	report_set_text(&report, KEY_kind, "rto");
	CHECK_STR(reason_column(), "NO_SOCKET\n");
	report_unset(&report, KEY_reason);
	CHECK_STR(reason_column(), "3\n");
	report_unset(&report, KEY_reason_code);
	CHECK_STR(reason_column(), "rto\n");
	report_unset(&report, KEY_kind);
	CHECK_STR(reason_column(), "-\n");
}

TEST(repeated_timeouts_are_counted)
{
	make_report();
	report_unset(&report, KEY_reason);
	report_unset(&report, KEY_reason_code);
	report_set_text(&report, KEY_kind, "rto");
	report_set_number(&report, KEY_retransmits, 0);
	CHECK_STR(reason_column(), "rto\n");
	report_set_number(&report, KEY_retransmits, 1);
	CHECK_STR(reason_column(), "rto\n");
	report_set_number(&report, KEY_retransmits, 2);
	CHECK_STR(reason_column(), "rto #2\n");
	report_set_text(&report, KEY_err, "ENOBUFS");
	CHECK_STR(reason_column(), "rto #2 not sent: ENOBUFS\n");
	report_unset(&report, KEY_retransmits);
	CHECK_STR(reason_column(), "rto not sent: ENOBUFS\n");
}

/* The keys from ca_state to cc, in their order, those that are known. */
TEST(tcp_state_follows_its_line)
{
	const char *line;

	make_report();
	CHECK(strchr(written(with_tcp), '\n')[1] == '\0');
	report_set_text(&report, KEY_cgroup, "/before");
	report_set_number(&report, KEY_ifindex, 2);
	report_set_text(&report, KEY_ca_state, "Loss");
	report_set_number(&report, KEY_cwnd, 0);
	report_set_number(&report, KEY_srtt_us, 1234);
	report_set_number(&report, KEY_retransmits, 3);
	report_set_text(&report, KEY_cc, "a b");
	report_set_number(&report, KEY_segs, 5);
	report.frames = "  a+0x1";
	line = strchr(written(with_tcp), '\n');
	CHECK_STR(line + 1, "  ca_state=Loss cwnd=0 srtt_us=1234 retransmits=3 cc=\"a b\"\n");
	line = strchr(written(with_all), '\n');
	CHECK_STR(line + 1, "  ca_state=Loss cwnd=0 srtt_us=1234 retransmits=3 cc=\"a b\"\n"
			    "  a+0x1\n");
	line = strchr(written(line_alone), '\n');
	CHECK_STR(line + 1, "");
}

TEST(tcp_state_is_all_of_its_keys)
{
	char name[64];
	const char *line;

	make_report();
	for (enum key key = 0; key < KEY_COUNT; key++) {
		if (key_table[key].type == VALUE_TEXT)
			report_set_text(&report, key, "x");
		else
			report_set_number(&report, key, 1);
	}
	line = strchr(strchr(written(with_tcp), '\n') + 1, '\n');
	CHECK(line && strncmp(line + 1, "  ca_state=x ", 13) == 0);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		snprintf(name, sizeof(name), " %s=", key_table[key].name);
		CHECK(!strstr(line, name) == (key < KEY_ca_state || key > KEY_cc));
	}
}

TEST(report_without_an_event_is_no_accident)
{
	make_report();
	report_unset(&report, KEY_event);
	CHECK(write_words());
	CHECK(!strstr(output, "(null)"));
	CHECK_STR(word[2], "812/nginx");
}

TEST(stack_follows_its_line)
{
	const char *line;

	make_report();
	report.frames = "  a+0x1 [m]\n  b+0x2";
	line = strchr(written(with_stack), '\n');
	CHECK(line);
	CHECK_STR(line + 1, "  a+0x1 [m]\n  b+0x2\n");
	line = strchr(written(line_alone), '\n');
	CHECK(line);
	CHECK_STR(line + 1, "");
	report.frames = NULL;
	line = strchr(written(with_stack), '\n');
	CHECK(line);
	CHECK_STR(line + 1, "");
}

TEST(losses_stand_before_what_followed_them)
{
	static const char before[] = "# 3 events lost here\n22:13:20";
	struct sink *sink;

	make_report();
	report_set_number(&report, KEY_lost, 3);
	CHECK(strncmp(written(line_alone), before, sizeof(before) - 1) == 0);
	sink = open_sink(line_alone);
	CHECK(sink->close(sink, 1234) == 0);
	fclose(out);
	CHECK_STR(strchr(output, '\n') + 1, "# 1234 events lost here\n");
}

static bool has_control(const char *string)
{
	for (; *string; string++) {
		if ((unsigned char)*string < 0x20 && *string != '\n')
			return true;
	}
	return false;
}

/* A report may come from a file; what a file says must not reach the terminal's control. */
TEST(comm_and_reason_are_escaped)
{
	make_report();
	report_set_text(&report, KEY_owner, "a\x1b[1m\n");
	report_set_text(&report, KEY_reason, "R\x1b]0;\a\n");
	CHECK(!has_control(written(line_alone)));
	CHECK(strstr(output, "812/a\\x1b[1m\\n"));
	report_unset(&report, KEY_owner);
	report_unset(&report, KEY_reason);
	report_unset(&report, KEY_reason_code);
	report_set_text(&report, KEY_cpu_comm, "a\x1b[1m\n");
	report_set_text(&report, KEY_kind, "k\x1b[1m\n");
	report_set_text(&report, KEY_err, "e\x1b[1m\n");
	CHECK(!has_control(written(line_alone)));
	CHECK(strstr(output, "(99/a\\x1b[1m\\n)"));
	CHECK(strstr(output, "k\\x1b[1m\\n not sent: e\\x1b[1m\\n\n"));
}

TEST(event_and_state_are_escaped)
{
	make_report();
	report_set_text(&report, KEY_event, "drop\x1b[1m");
	CHECK(!has_control(written(line_alone)));
	make_report();
	report_set_text(&report, KEY_state, "LISTEN\x1b[1m");
	CHECK(!has_control(written(line_alone)));
}

TEST(frames_are_escaped)
{
	make_report();
	report.frames = "  a+0x1\x1b[1m\n  b+0x2";
	CHECK(!has_control(written(with_stack)));
}

TEST(every_text_key_is_harmless)
{
	make_report();
	for (enum key key = 0; key < KEY_COUNT; key++) {
		if (key == KEY_event || key == KEY_state)
			continue; /* above */
		if (key_table[key].type == VALUE_TEXT)
			report_set_text(&report, key, "x\x1b[1m\n# 9 events lost here\n\xff");
		else
			report_set_number(&report, key, UINT64_MAX);
	}
	CHECK(!has_control(written(with_all)));
	CHECK(!strstr(output, "\n# 9 events"));
}

TEST(tick_hands_over_what_is_buffered)
{
	struct sink *sink = open_sink(line_alone);

	make_report();
	CHECK(sink->add(sink, &report) == 0 && sink->tick(sink) == 0);
	CHECK(strstr(output, "NO_SOCKET\n"));
	CHECK(sink->close(sink, 0) == 0);
	fclose(out);
}

TEST(write_error_stays)
{
	FILE *full = fopen("/dev/full", "w");
	struct sink *sink;

	if (!full) {
		test_skip("no /dev/full");
		return;
	}
	make_report();
	sink = sink_text_open(full, line_alone, &error);
	CHECK(sink && sink->add(sink, &report) == 0);
	CHECK(sink->tick(sink) == -ENOSPC);
	CHECK(sink->add(sink, &report) == -ENOSPC);
	CHECK(sink->close(sink, 0) == -ENOSPC);
	fclose(full);
}
