// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "filter/expression.h"
#include "test.h"

static struct error error;
static struct packet packet;
static uint8_t frame[PACKET_FRAME_MAX];

static void put_packet(int family, uint16_t sport, uint16_t dport)
{
	uint8_t *ip = frame + 14, *tcp = ip + (family == AF_INET ? 20 : 40);

	memset(frame, 0, sizeof(frame));
	packet_put16(frame + 12, family == AF_INET ? 0x0800 : 0x86dd);
	ip[0] = family == AF_INET ? 0x45 : 0x60;
	ip[family == AF_INET ? 9 : 6] = IPPROTO_TCP;
	memcpy(ip + (family == AF_INET ? 12 : 8), (uint8_t[4]){ 10, 0, 0, 1 }, 4);
	packet_put16(tcp, sport);
	packet_put16(tcp + 2, dport);
	tcp[12] = 0x50;
	tcp[13] = TCP_SYN;
	packet_parse(&packet, frame, (uint32_t)(tcp + 20 - frame), 1514);
}

/* Returns 1 if it matches, 0 if it does not, -1 if it is not an expression. */
static int try(char *text)
{
	struct expression *expression = expression_new(&text, 1, &error);
	int result = expression ? expression_matches(expression, &packet) : -1;

	expression_free(expression);
	return result;
}

TEST(headers_decide_whether_a_packet_matches)
{
	put_packet(AF_INET, 40000, 443);
	CHECK(try("tcp port 443") == 1 && try("tcp port 80") == 0);
	CHECK(try("host 10.0.0.1 and tcp dst port 443") == 1);
	CHECK(try("src host 10.0.0.1") == 1 && try("dst host 10.0.0.1") == 0);
	CHECK(try("ip6") == 0 && try("udp") == 0);
	CHECK(try("tcp[tcpflags] & tcp-syn != 0") == 1);
	CHECK(try("greater 1514") == 1 && try("less 100") == 0);
	put_packet(AF_INET6, 40000, 443);
	CHECK(try("ip6 and tcp port 443") == 1 && try("ip") == 0);
}

TEST(no_words_match_all)
{
	struct expression *expression = expression_new(NULL, 0, &error);

	put_packet(AF_INET, 1, 2);
	CHECK(expression && expression_matches(expression, &packet));
	CHECK_STR(expression_text(expression), "");
	expression_free(expression);
}

TEST(words_are_joined_by_spaces)
{
	char *words[] = { "tcp", "port", "443" };
	struct expression *expression = expression_new(words, 3, &error);

	CHECK(expression);
	CHECK_STR(expression_text(expression), "tcp port 443");
	put_packet(AF_INET, 1, 443);
	CHECK(expression_matches(expression, &packet));
	expression_free(expression);
}

/* A packet may end anywhere. It does not match if the expression needs a missing byte. */
TEST(truncated_packets_match_by_their_bytes)
{
	put_packet(AF_INET, 40000, 443);
	for (uint32_t caplen = 0; caplen <= 54; caplen++) {
		uint8_t copy[54];

		memcpy(copy, frame, caplen);
		packet_parse(&packet, copy, caplen, 1514);
		CHECK(try("tcp dst port 443") == (caplen >= 38));
	}
	packet = (struct packet){ .len = 100 };
	CHECK(try("tcp") == 0 && try("") == 0);
}

TEST(words_that_may_begin_an_expression_are_known)
{
	static const char *const good[] = { "tcp",     "host",	  "port", "not",       "src",
					    "dst",     "net",	  "ip6",  "portrange", "less",
					    "greater", "ether",	  "vlan", "len",       "proto",
					    "icmp",    "inbound", "mpls", "broadcast", "ip" };
	static const char *const bad[] = { "comapre", "count", "help", "frobnicate", "nginx" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK_STR(expression_may_begin(good[i]) ? "" : good[i], "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_STR(expression_may_begin(bad[i]) ? bad[i] : "", "");
}

TEST(error_has_the_words_of_libpcap)
{
	errno = 0;
	CHECK(try("tcp and and") == -1 && errno == EINVAL);
	CHECK(strstr(error.text, "expression 'tcp and and': ") && strstr(error.text, "syntax"));
	CHECK(try("port 99999") == -1 && errno == EINVAL);
	CHECK(try("tcp \x1b[1m") == -1 && !strchr(error.text, 0x1b));
	expression_free(NULL);
}
