// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/socket.h>

#include "compare/wire_packet.h"
#include "test.h"

static uint8_t frame[PACKET_ETH_LEN + 4 + 40 + 20];

/* A report with a SYN from an Ethernet frame, with a VLAN tag or without. */
static struct drop_report make_report(bool ipv6, bool tagged)
{
	struct drop_report report = { .has_direction = true };
	uint8_t *ip = frame + PACKET_ETH_LEN + 4 * tagged, *tcp = ip + (ipv6 ? 40 : 20);
	uint32_t length = (uint32_t)(tcp + 20 - frame);

	memset(frame, 0, sizeof(frame));
	memcpy(frame, "\2\0\0\0\0\1\2\0\0\0\0\2\x81\0\0\7", 16);
	packet_put16(ip - 2, ipv6 ? 0x86dd : 0x0800);
	ip[0] = ipv6 ? 0x60 : 0x45;
	ip[ipv6 ? 6 : 9] = 6;
	packet_put16(ip + (ipv6 ? 4 : 2), ipv6 ? 120 : 140);
	packet_put16(tcp, 1000);
	packet_put32(tcp + 4, 0x01020304);
	tcp[12] = 0x50;
	packet_parse(&report.packet, frame, length, length + 100);
	report_set_number(&report, KEY_ifindex, 7);
	return report;
}

/*
 * Makes the packet and parses it again. Returns the bytes before IP, -1: it has no such
 * form; -2: it is another packet.
 */
static int header_of(uint16_t link_type, bool ipv6, bool tagged, bool big, struct strbuf *bytes)
{
	struct drop_report report = make_report(ipv6, tagged);
	struct packet packet;
	uint32_t len;

	if (!wire_packet_make(&report, link_type, big, bytes, &len))
		return -1;
	packet_parse_link(&packet, link_type, (const uint8_t *)bytes->data, (uint32_t)bytes->length,
			  len);
	if (packet.seq != 0x01020304 || packet.sport != 1000 || packet.payload_len != 100 ||
	    packet.family != (ipv6 ? AF_INET6 : AF_INET))
		return -2;
	return (int)packet.ip_at;
}

TEST(packet_has_the_header_of_each_link_type)
{
	static const struct {
		uint16_t link_type;
		int header, with_tag;
	} cases[] = { { 1, 14, 18 }, { 113, 16, 20 }, { 276, 20, 24 }, { 101, 0, 0 },
		      { 12, 0, 0 },  { 14, 0, 0 },    { 0, 4, 4 },     { 108, 4, 4 } };
	struct strbuf bytes = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int ipv6 = 0; ipv6 < 2; ipv6++) {
			CHECK(header_of(cases[i].link_type, ipv6, false, false, &bytes) ==
			      cases[i].header);
			CHECK(header_of(cases[i].link_type, ipv6, true, false, &bytes) ==
			      cases[i].with_tag);
		}
	}
	strbuf_free(&bytes);
}

TEST(link_type_of_one_ip_version_takes_only_that)
{
	struct strbuf bytes = { 0 };

	CHECK(header_of(228, false, false, false, &bytes) == 0);
	CHECK(header_of(228, true, false, false, &bytes) == -1);
	CHECK(header_of(229, true, false, false, &bytes) == 0);
	CHECK(header_of(229, false, false, false, &bytes) == -1);
	CHECK(header_of(51, false, false, false, &bytes) == -1); /* PPPoE: we cannot make it */
	strbuf_free(&bytes);
}

TEST(cooked_headers_have_direction_address_and_interface)
{
	struct strbuf bytes = { 0 };

	header_of(113, false, false, false, &bytes);
	CHECK(memcmp(bytes.data, "\0\4\0\1\0\6\2\0\0\0\0\2\0\0\x08\0", 16) == 0);
	header_of(276, true, false, false, &bytes);
	CHECK(memcmp(bytes.data, "\x86\xdd\0\0\0\0\0\7\0\1\4\6\2\0\0\0\0\2\0\0", 20) == 0);
	strbuf_free(&bytes);
}

TEST(loopback_header_has_the_byte_order_of_the_file)
{
	struct strbuf bytes = { 0 };

	header_of(0, false, false, false, &bytes);
	CHECK(memcmp(bytes.data, "\2\0\0\0", 4) == 0);
	header_of(0, true, false, true, &bytes);
	CHECK(memcmp(bytes.data, "\0\0\0\x18", 4) == 0);
	header_of(108, false, false, false, &bytes);
	CHECK(memcmp(bytes.data, "\0\0\0\2", 4) == 0);
	strbuf_free(&bytes);
}

TEST(packet_without_bytes_or_ip_has_no_form_of_another_link_type)
{
	struct drop_report report = { .packet.len = 60 };
	struct strbuf bytes = { 0 };
	uint32_t len;

	CHECK(!wire_packet_make(&report, 113, false, &bytes, &len));
	CHECK(wire_packet_make(&report, 1, false, &bytes, &len) && !bytes.length && len == 60);
	report = make_report(false, false);
	packet_put16(frame + 12, 0x0806);
	packet_parse(&report.packet, frame, 54, 54);
	CHECK(!wire_packet_make(&report, 101, false, &bytes, &len));
	CHECK(wire_packet_make(&report, 113, false, &bytes, &len) && len == 56);
	strbuf_free(&bytes);
}
