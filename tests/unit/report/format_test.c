// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/socket.h>

#include "report/format.h"
#include "test.h"

static struct strbuf out;

static const struct packet ipv4 = { .family = AF_INET,
				    .saddr = { 10, 0, 0, 1 },
				    .daddr = { 10, 0, 0, 2 },
				    .tcp_at = 34,
				    .sport = 1000,
				    .dport = 80 };

TEST(a_flow_is_sender_and_receiver)
{
	strbuf_clear(&out);
	format_flow(&out, &ipv4);
	CHECK_STR(strbuf_string(&out), "10.0.0.1:1000 > 10.0.0.2:80");
}

TEST(an_ipv6_address_is_in_brackets)
{
	struct packet packet = ipv4;

	packet.family = AF_INET6;
	memset(packet.saddr, 0, sizeof(packet.saddr));
	packet.saddr[15] = 1;
	strbuf_clear(&out);
	format_endpoint(&out, &packet, true);
	CHECK_STR(strbuf_string(&out), "[::1]:1000");
}

TEST(a_port_without_a_tcp_header_is_unknown)
{
	struct packet packet = ipv4;

	packet.tcp_at = 0;
	strbuf_clear(&out);
	format_endpoint(&out, &packet, false);
	CHECK_STR(strbuf_string(&out), "10.0.0.2:?");
}

TEST(a_column_is_printable_and_padded)
{
	strbuf_clear(&out);
	format_column(&out, "a\033b", 8);
	format_column(&out, NULL, 3);
	CHECK_STR(strbuf_string(&out), "a\\x1bb   -   ");
}

TEST(frames_are_separated_without_their_indentation)
{
	strbuf_clear(&out);
	format_frames(&out, "  leaf+0x1\n  caller\n\n    root", ", ", strbuf_add_printable);
	CHECK_STR(strbuf_string(&out), "leaf+0x1, caller, , root");
	strbuf_clear(&out);
	format_frames(&out, "", ", ", strbuf_add_printable);
	CHECK_STR(strbuf_string(&out), "");
}
