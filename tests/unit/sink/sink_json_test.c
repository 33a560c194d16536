// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "sink/sink.h"
#include "test.h"

/*
 * A strict reader of JSON (RFC 8259): each function takes the text at one value and returns what
 * follows it, NULL if the value is malformed.
 */
static const char *json_value(const char *s);

static const char *json_digits(const char *s)
{
	if (!isdigit((unsigned char)*s))
		return NULL;
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

static const char *json_number(const char *s)
{
	s += *s == '-';
	if (*s == '0' && isdigit((unsigned char)s[1]))
		return NULL;
	s = json_digits(s);
	if (s && *s == '.')
		s = json_digits(s + 1);
	if (s && (*s == 'e' || *s == 'E'))
		s = json_digits(s + 1 + (s[1] == '+' || s[1] == '-'));
	return s;
}

static const char *json_escape(const char *s)
{
	if (*s != 'u')
		return *s && strchr("\"\\/bfnrt", *s) ? s + 1 : NULL;
	for (int i = 1; i <= 4; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return NULL;
	}
	return s + 5;
}

/* Length of the UTF-8 character at s, 0 if it is none; overlong forms and surrogates are none. */
static size_t utf8_length(const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	size_t length = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;

	if (*s > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

static const char *json_string(const char *s)
{
	if (*s++ != '"')
		return NULL;
	while (s && *s != '"') {
		size_t length = utf8_length(s);

		if ((unsigned char)*s < 0x20 || !length)
			return NULL;
		s = *s == '\\' ? json_escape(s + 1) : s + length;
	}
	return s ? s + 1 : NULL;
}

/* The members of an object or the elements of an array, up to its end. */
static const char *json_members(const char *s, char end)
{
	if (*++s == end)
		return s + 1;
	for (;;) {
		if (end == '}') {
			s = json_string(s);
			if (!s || *s++ != ':')
				return NULL;
		}
		s = json_value(s);
		if (!s || *s == end)
			return s ? s + 1 : NULL;
		if (*s++ != ',')
			return NULL;
	}
}

static const char *json_value(const char *s)
{
	if (*s == '{')
		return json_members(s, '}');
	if (*s == '[')
		return json_members(s, ']');
	if (*s == '"')
		return json_string(s);
	return json_number(s);
}

/* The value of an object's member as it is written, "absent" or "twice". */
static const char *member(const char *object, const char *name)
{
	static char value[4096];
	char quoted[64];
	const char *s = object + 1, *found = NULL;

	snprintf(quoted, sizeof(quoted), "\"%s\":", name);
	while (s && *s && *s != '}') {
		bool expected = strncmp(s, quoted, strlen(quoted)) == 0;
		const char *start = json_string(s) + 1, *end = json_value(start);

		if (expected && found)
			return "twice";
		if (expected)
			snprintf(value, sizeof(value), "%.*s", (int)(end - start), start);
		found = expected ? start : found;
		s = end + (*end == ',');
	}
	return found ? value : "absent";
}

static struct drop_report report;
static struct error error;
static uint8_t frame[PACKET_FRAME_MAX];
static char *output;
static size_t output_size;

static void make_report(int family)
{
	uint8_t *ip = frame + 14, *tcp = ip + (family == AF_INET ? 20 : 40);

	report = (struct drop_report){ .timestamp_ns = 1700000000000000042, .ifname = "eth0" };
	memset(frame, 0, sizeof(frame));
	packet_put16(frame + 12, family == AF_INET ? 0x0800 : 0x86dd);
	ip[0] = family == AF_INET ? 0x45 : 0x60;
	ip[family == AF_INET ? 9 : 6] = IPPROTO_TCP;
	ip[family == AF_INET ? 15 : 23] = 1;
	ip[family == AF_INET ? 19 : 39] = 2;
	packet_put16(tcp, 12345);
	packet_put16(tcp + 2, 443);
	packet_put32(tcp + 4, UINT32_MAX);
	packet_put32(tcp + 8, 7);
	tcp[12] = 0x50;
	tcp[13] = TCP_SYN | TCP_ACK;
	packet_put16(tcp + 14, 501);
	packet_parse(&report.packet, frame, (uint32_t)(tcp + 20 - frame),
		     (uint32_t)(tcp + 20 - frame + 9));
	report_set_text(&report, KEY_event, "drop");
}

/* Writes the report and checks that it is one object on one line. Returns it, NULL if it is not. */
static const char *written(bool with_stack, uint64_t lost)
{
	struct sink *sink;
	const char *end;
	FILE *out;

	free(output);
	output = NULL;
	out = open_memstream(&output, &output_size);
	sink = sink_json_open(out, (struct sink_detail){ .stack = with_stack }, &error);
	if (!sink || sink->add(sink, &report) || sink->close(sink, lost))
		return NULL;
	fclose(out);
	end = json_value(output);
	return output[0] == '{' && end && end == strchr(output, '\n') ? output : NULL;
}

TEST(checker_is_strict)
{
	static const char *const good[] = {
		"{}", "[]", "0", "-1.5e+3", "\"\\u00e9\\n\"", "{\"a\":[1,{\"b\":\"c\"}]}"
	};
	static const char *const bad[] = { "{",		"{\"a\"}",  "{\"a\":1,}", "[1,]",
					   "01",	"1.",	    "\"\n\"",	  "\"\\x41\"",
					   "\"\\u12\"", "\"\xff\"", "\"a",	  "nul",
					   "" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(json_value(good[i]) == good[i] + strlen(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *end = json_value(bad[i]);

		CHECK(!end || *end);
	}
	CHECK_STR(member("{\"a\":1,\"b\":\"x\",\"a\":2}", "b"), "\"x\"");
	CHECK_STR(member("{\"a\":1,\"b\":\"x\",\"a\":2}", "a"), "twice");
	CHECK_STR(member("{\"a\":1}", "b"), "absent");
}

TEST(ipv4_packet_is_an_object)
{
	const char *line;

	make_report(AF_INET);
	line = written(false, 0);
	CHECK(line);
	CHECK_STR(member(line, "time"), "1700000000.000000042");
	CHECK_STR(member(line, "event"), "\"drop\"");
	CHECK_STR(member(line, "ifname"), "\"eth0\"");
	CHECK_STR(member(line, "len"), "63");
	CHECK_STR(member(line, "caplen"), "54");
	CHECK_STR(member(line, "ip"), "4");
	CHECK_STR(member(line, "saddr"), "\"0.0.0.1\"");
	CHECK_STR(member(line, "daddr"), "\"0.0.0.2\"");
	CHECK_STR(member(line, "sport"), "12345");
	CHECK_STR(member(line, "dport"), "443");
	CHECK_STR(member(line, "flags"), "\"SYN|ACK\"");
	CHECK_STR(member(line, "seq"), "4294967295");
	CHECK_STR(member(line, "ack"), "7");
	CHECK_STR(member(line, "window"), "501");
	CHECK_STR(member(line, "payload_len"), "9");
	CHECK_STR(member(line, "reason"), "absent");
	CHECK(strchr(output, '\n')[1] == '\0');
}

TEST(ipv6_packet_is_an_object)
{
	const char *line;

	make_report(AF_INET6);
	line = written(false, 0);
	CHECK(line);
	CHECK_STR(member(line, "ip"), "6");
	CHECK_STR(member(line, "saddr"), "\"::1\"");
	CHECK_STR(member(line, "sport"), "12345");
}

TEST(what_the_packet_does_not_say_is_absent)
{
	const char *line;

	make_report(AF_INET);
	frame[47] = TCP_SYN;
	packet_parse(&report.packet, frame, 54, 54);
	report.ifname = NULL;
	line = written(false, 0);
	CHECK(line);
	CHECK_STR(member(line, "ack"), "absent");
	CHECK_STR(member(line, "ifname"), "absent");
	packet_parse(&report.packet, frame, 34, 54);
	line = written(false, 0);
	CHECK(line);
	CHECK_STR(member(line, "saddr"), "\"0.0.0.1\"");
	CHECK_STR(member(line, "sport"), "absent");
	packet_parse(&report.packet, frame, 0, 54);
	line = written(false, 0);
	CHECK(line);
	CHECK_STR(member(line, "saddr"), "absent");
	CHECK_STR(member(line, "len"), "54");
}

TEST(every_key_is_a_member_once)
{
	const char *line;

	make_report(AF_INET);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		if (key_table[key].type == VALUE_NUMBER)
			report_set_number(&report, key, UINT64_MAX - key);
		else
			report_set_text(&report, key, key_table[key].name);
	}
	report.frames = "  a+0x1";
	line = written(true, 0);
	CHECK(line);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		char want[64];

		if (key_table[key].type == VALUE_TEXT)
			snprintf(want, sizeof(want), "\"%s\"", key_table[key].name);
		else
			snprintf(want, sizeof(want), "%llu",
				 (unsigned long long)(UINT64_MAX - key));
		CHECK_STR(member(line, key_table[key].name), want);
	}
	for (const char *s = line + 1; *s && *s != '}';) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)(json_string(s) - s - 2), s + 1);
		CHECK(strcmp(member(line, name), "twice") != 0);
		s = json_value(json_string(s) + 1);
		s += *s == ',';
	}
}

/* Whatever the detail: lines of JSON are for programs. */
TEST(owner_and_tcp_state_are_always_there)
{
	const char *line;

	make_report(AF_INET);
	report_set_text(&report, KEY_event, "retransmit");
	report_set_text(&report, KEY_kind, "rto");
	report_set_number(&report, KEY_owner_pid, 812);
	report_set_text(&report, KEY_owner, "nginx");
	report_set_text(&report, KEY_owner_src, "exact");
	report_set_text(&report, KEY_ca_state, "Loss");
	report_set_number(&report, KEY_cwnd, 0);
	report_set_number(&report, KEY_retransmits, 3);
	line = written(false, 0);
	CHECK(line);
	CHECK_STR(member(line, "kind"), "\"rto\"");
	CHECK_STR(member(line, "owner_pid"), "812");
	CHECK_STR(member(line, "owner"), "\"nginx\"");
	CHECK_STR(member(line, "owner_src"), "\"exact\"");
	CHECK_STR(member(line, "ca_state"), "\"Loss\"");
	CHECK_STR(member(line, "cwnd"), "0");
	CHECK_STR(member(line, "retransmits"), "3");
	CHECK_STR(member(line, "srtt_us"), "absent");
}

TEST(hostile_texts_stay_in_their_strings)
{
	static const char *const hostile[] = { "a\n\x1b[1m\" state=ESTABLISHED",
					       "\",\"x\":\"",
					       "\\",
					       "\\\"",
					       "\xff\xc0\x80\xed\xa0\x80",
					       "\x7f\xc2\x85",
					       "",
					       "caf\xc3\xa9",
					       "\xe2\x80" };

	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const char *line;

		make_report(AF_INET);
		for (enum key key = 0; key < KEY_COUNT; key++) {
			if (key_table[key].type == VALUE_TEXT)
				report_set_text(&report, key, hostile[i]);
		}
		report.ifname = hostile[i];
		report.frames = hostile[i];
		line = written(true, 0);
		CHECK(line);
		CHECK_STR(member(line, "x"), "absent");
		CHECK_STR(member(line, "cpu"), "absent");
	}
}

TEST(frames_are_a_list)
{
	const char *line;

	make_report(AF_INET);
	report.frames = "  a+0x1 [m]\n  b+0x2\n  ?";
	line = written(true, 0);
	CHECK(line);
	CHECK_STR(member(line, "frames"), "[\"a+0x1 [m]\",\"b+0x2\",\"?\"]");
	line = written(false, 0);
	CHECK(line);
	CHECK_STR(member(line, "frames"), "absent");
}

TEST(losses_behind_the_last_report_are_an_object)
{
	const char *line;

	make_report(AF_INET);
	report_set_number(&report, KEY_lost, 3);
	line = written(false, 17);
	CHECK(line);
	CHECK_STR(member(line, "lost"), "3");
	line = strchr(line, '\n') + 1;
	CHECK(json_value(line));
	CHECK_STR(json_value(line), "\n");
	CHECK_STR(member(line, "lost"), "17");
}
