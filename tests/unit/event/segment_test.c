// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event/segment.h"
#include "test.h"

#define TSVAL 0xdeadbeef
#define IP_ID 0x1234

/* Headers before the data of an skb, with room for more than any of them. */
struct headers {
	uint8_t bytes[600];
	size_t length;
	size_t ip_at;
	size_t tcp_at;
};

static const uint8_t mac[14] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };

static struct segment segment_of(int family)
{
	return (struct segment){
		.family = family,
		.saddr = { 0x20, 1, 0xd, 0xb8, 1 },
		.daddr = { 0x20, 1, 0xd, 0xb9, 2 },
		.sport = 12345,
		.dport = 443,
		.seq = 0x80000001,
		.ack = 0x90000002,
		.window = 501,
		.flags = TCP_ACK | TCP_PSH,
		.payload_len = 100,
		.has_tsval = true,
		.tsval = TSVAL,
		.has_ip_id = family == AF_INET,
		.ethernet = true,
		.ip_id = IP_ID,
	};
}

static void put_ip(struct headers *headers, const struct segment *segment, size_t ip_len)
{
	uint8_t *ip = headers->bytes + headers->length;

	headers->ip_at = headers->length;
	headers->length += ip_len;
	if (segment->family == AF_INET6) {
		ip[0] = 0x60;
		ip[6] = IPPROTO_TCP;
		memcpy(ip + 8, segment->saddr, 16);
		memcpy(ip + 24, segment->daddr, 16);
		return;
	}
	memset(ip, 1, ip_len);
	ip[0] = (uint8_t)(0x40 | ip_len / 4);
	packet_put16(ip + 4, IP_ID);
	packet_put16(ip + 6, 0x4000);
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, segment->saddr, 4);
	memcpy(ip + 16, segment->daddr, 4);
}

static void put_tcp(struct headers *headers, const struct segment *segment, size_t tcp_len)
{
	uint8_t *tcp = headers->bytes + headers->length;

	headers->tcp_at = headers->length;
	headers->length += tcp_len;
	memset(tcp, 1, tcp_len);
	packet_put16(tcp, segment->sport);
	packet_put16(tcp + 2, segment->dport);
	packet_put32(tcp + 4, segment->seq);
	packet_put32(tcp + 8, segment->ack);
	tcp[12] = (uint8_t)(tcp_len / 4 << 4);
	tcp[13] = segment->flags;
	packet_put16(tcp + 14, segment->window);
	if (tcp_len >= 32) {
		tcp[tcp_len - 10] = 8;
		tcp[tcp_len - 9] = 10;
		packet_put32(tcp + tcp_len - 8, TSVAL);
	}
}

static void put_ip_length(struct headers *headers, const struct segment *segment)
{
	size_t length = headers->length - headers->ip_at + segment->payload_len;
	bool v4 = segment->family == AF_INET;

	packet_put16(headers->bytes + headers->ip_at + (v4 ? 2 : 4),
		     (uint16_t)(v4 ? length : length - 40));
}

/* skipped bytes of an earlier use of the headroom, then MAC, IP and TCP header of these lengths. */
static struct headers headers_of(const struct segment *segment, size_t skipped, size_t mac_len,
				 size_t ip_len, size_t tcp_len)
{
	struct headers headers = { .length = skipped };

	memset(headers.bytes, 0xa5, skipped);
	memcpy(headers.bytes + headers.length, mac, mac_len);
	if (mac_len)
		packet_put16(headers.bytes + skipped + 12,
			     segment->family == AF_INET ? 0x0800 : 0x86dd);
	headers.length += mac_len;
	put_ip(&headers, segment, ip_len);
	put_tcp(&headers, segment, tcp_len);
	put_ip_length(&headers, segment);
	return headers;
}

static size_t ip_min(const struct segment *segment)
{
	return segment->family == AF_INET ? 20 : 40;
}

static struct headers usual_headers(const struct segment *segment)
{
	return headers_of(segment, 20, sizeof(mac), ip_min(segment), 32);
}

static uint8_t found[PACKET_FRAME_MAX];
static bool l2_absent;

/* Searches length bytes beside an unmapped page: once after one, once before one. */
static size_t find_in(const struct segment *segment, const uint8_t *headroom, size_t length)
{
	static uint8_t *map;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), at_start, at_end;

	if (!map) {
		map = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (map == MAP_FAILED || mprotect(map + page, page, PROT_READ | PROT_WRITE))
			abort();
	}
	memcpy(map + page, headroom, length);
	at_start = segment_find(segment, map + page, length, found, &l2_absent);
	memcpy(map + 2 * page - length, headroom, length);
	at_end = segment_find(segment, map + 2 * page - length, length, found, &l2_absent);
	if (at_start != at_end)
		abort();
	return at_end;
}

static size_t find(const struct segment *segment, const struct headers *headers)
{
	return find_in(segment, headers->bytes, headers->length);
}

/* Every length of IP and TCP header, with a MAC header and without. */
static bool finds_all_lengths(int family)
{
	struct segment segment = segment_of(family);
	size_t ip_max = family == AF_INET ? 60 : 40;

	for (size_t ip_len = ip_min(&segment); ip_len <= ip_max; ip_len += 4) {
		for (size_t tcp_len = 20; tcp_len <= 60; tcp_len += 4) {
			struct headers headers = headers_of(&segment, 20, 14, ip_len, tcp_len);
			size_t want = 14 + ip_len + tcp_len;

			if (find(&segment, &headers) != want || l2_absent ||
			    memcmp(found, headers.bytes + 20, want) != 0)
				return false;
			headers = headers_of(&segment, 0, 0, ip_len, tcp_len);
			if (find(&segment, &headers) != want || !l2_absent ||
			    memcmp(found + 14, headers.bytes, want - 14) != 0)
				return false;
		}
	}
	return true;
}

TEST(find_accepts_every_header_length)
{
	CHECK(finds_all_lengths(AF_INET));
	CHECK(finds_all_lengths(AF_INET6));
}

TEST(find_puts_zeros_if_there_is_no_mac_header)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		struct segment segment = segment_of(families[i]);
		struct headers headers = headers_of(&segment, 40, 0, ip_min(&segment), 32);

		CHECK(find(&segment, &headers) == 14 + ip_min(&segment) + 32);
		CHECK(l2_absent);
		CHECK(memcmp(found, (uint8_t[12]){ 0 }, 12) == 0);
		CHECK(packet_get16(found + 12) == (i ? 0x86dd : 0x0800));
	}
}

TEST(find_needs_the_ethertype_for_a_mac_header)
{
	struct segment segment = segment_of(AF_INET);
	struct headers headers = usual_headers(&segment);

	packet_put16(headers.bytes + headers.ip_at - 2, 0x86dd);
	CHECK(find(&segment, &headers) == 66);
	CHECK(l2_absent && packet_get16(found + 12) == 0x0800 && found[0] == 0);
}

TEST(find_refuses_fields_that_differ_from_the_socket)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		struct segment right = segment_of(families[i]), wrong[9];
		struct headers headers = usual_headers(&right);

		for (int j = 0; j < 9; j++)
			wrong[j] = right;
		wrong[0].saddr[3]++;
		wrong[1].daddr[0]++;
		wrong[2].sport++;
		wrong[3].dport++;
		wrong[4].seq++;
		wrong[5].ack--;
		wrong[6].tsval++;
		wrong[7].family = families[!i];
		wrong[8].payload_len--;
		CHECK(find(&right, &headers));
		for (int j = 0; j < 9; j++)
			CHECK(find(&wrong[j], &headers) == 0);
	}
}

TEST(find_compares_all_16_bytes_of_ipv6)
{
	struct segment segment = segment_of(AF_INET6);
	struct headers headers = usual_headers(&segment);

	segment.daddr[15]++;
	CHECK(find(&segment, &headers) == 0);
}

TEST(find_compares_the_ip_id_only_with_df)
{
	struct segment segment = segment_of(AF_INET);
	struct headers headers = usual_headers(&segment);

	segment.ip_id++;
	CHECK(find(&segment, &headers) == 0);
	segment.has_ip_id = false;
	CHECK(find(&segment, &headers) == 66);
	segment.has_ip_id = true;
	headers.bytes[headers.ip_at + 6] = 0;
	CHECK(find(&segment, &headers) == 66);
}

TEST(find_compares_only_what_is_known)
{
	struct segment segment = segment_of(AF_INET);
	struct headers headers = usual_headers(&segment);

	segment.has_tsval = false;
	segment.tsval++;
	CHECK(find(&segment, &headers) == 66);
	segment.flags = TCP_SYN;
	headers = usual_headers(&segment);
	segment.ack++; /* a SYN has no acknowledgement number */
	CHECK(find(&segment, &headers) == 66);
}

TEST(find_refuses_headers_that_do_not_end_at_the_data)
{
	struct segment segment = segment_of(AF_INET);
	struct headers headers = usual_headers(&segment);

	for (int words = 0; words < 16; words++) {
		headers.bytes[headers.tcp_at + 12] = (uint8_t)(words << 4);
		CHECK(!find(&segment, &headers) == (words != 8));
	}
	headers = usual_headers(&segment);
	for (size_t cut = 1; cut < headers.length; cut++)
		CHECK(find_in(&segment, headers.bytes, headers.length - cut) == 0);
	for (size_t added = 1; added < 64; added++)
		CHECK(find_in(&segment, headers.bytes, headers.length + added) == 0);
}

TEST(find_refuses_too_little_headroom)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		struct segment segment = segment_of(families[i]);
		struct headers headers = usual_headers(&segment);
		size_t ip_and_tcp = headers.length - headers.ip_at;

		for (size_t length = 0; length < headers.length; length++) {
			size_t want = length < ip_and_tcp ? 0 : 14 + ip_and_tcp;
			const uint8_t *start = headers.bytes + headers.length - length;

			CHECK(find_in(&segment, start, length) == want);
			CHECK(!want || l2_absent == (length < ip_and_tcp + 14));
		}
	}
}

TEST(find_searches_the_end_of_a_long_headroom)
{
	struct segment segment = segment_of(AF_INET6);
	struct headers headers = headers_of(&segment, 400, 14, 40, 60);

	CHECK(find(&segment, &headers) == 114);
	CHECK(!l2_absent && memcmp(found, headers.bytes + 400, 114) == 0);
}

TEST(find_refuses_random_bytes)
{
	struct segment segment = segment_of(AF_INET);
	uint8_t bytes[256];

	srandom(2);
	for (int round = 0; round < 20000; round++) {
		size_t length = (size_t)random() % sizeof(bytes);

		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t)random();
		segment.family = round & 1 ? AF_INET : AF_INET6;
		CHECK(find_in(&segment, bytes, length) == 0);
	}
}

/* Checks that the frame has the fields of the segment. */
static bool says_the_same(const struct segment *segment)
{
	size_t length = segment_synthesize(segment, found);
	size_t address_len = segment->family == AF_INET ? 4 : 16;
	struct packet packet;

	packet_parse(&packet, found, (uint32_t)length, (uint32_t)length + segment->payload_len);
	return length == 14 + ip_min(segment) + 20 && packet.family == segment->family &&
	       packet.tcp_at == 14 + ip_min(segment) &&
	       memcmp(packet.saddr, segment->saddr, address_len) == 0 &&
	       memcmp(packet.daddr, segment->daddr, address_len) == 0 &&
	       packet.sport == segment->sport && packet.dport == segment->dport &&
	       packet.seq == segment->seq &&
	       packet.ack == (segment->flags & TCP_ACK ? segment->ack : 0) &&
	       packet.window == segment->window && packet.flags == segment->flags &&
	       packet.header_len == 20 && !packet.has_tsval &&
	       packet.payload_len == segment->payload_len &&
	       memcmp(found, (uint8_t[12]){ 0 }, 12) == 0;
}

TEST(synthesized_frame_parses_back)
{
	static const uint32_t payloads[] = { 0, 1, 1448, 65495, 65515, 65516, 70000, 500000 };

	for (int family = 0; family < 2; family++) {
		struct segment segment = segment_of(family ? AF_INET6 : AF_INET);

		for (int flags = 0; flags < 256; flags++) {
			segment.flags = (uint8_t)flags;
			CHECK(says_the_same(&segment));
		}
		for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
			segment.payload_len = payloads[i];
			CHECK(says_the_same(&segment));
		}
	}
}

TEST(synthesized_ip_length_is_true_or_zero)
{
	struct segment segment = segment_of(AF_INET);

	segment_synthesize(&segment, found);
	CHECK(packet_get16(found + 16) == 140);
	segment.payload_len = 65535 - 40;
	segment_synthesize(&segment, found);
	CHECK(packet_get16(found + 16) == 65535);
	segment.payload_len++;
	segment_synthesize(&segment, found);
	CHECK(packet_get16(found + 16) == 0);
	segment.family = AF_INET6;
	segment.payload_len = 65535 - 20;
	segment_synthesize(&segment, found);
	CHECK(packet_get16(found + 18) == 65535);
	segment.payload_len++;
	segment_synthesize(&segment, found);
	CHECK(packet_get16(found + 18) == 0);
}

TEST(synthesized_frame_is_found_in_headroom)
{
	for (int family = 0; family < 2; family++) {
		struct segment segment = segment_of(family ? AF_INET6 : AF_INET);
		uint8_t frame[PACKET_FRAME_MAX];
		size_t length = segment_synthesize(&segment, frame);

		segment.has_ip_id = false;
		CHECK(find_in(&segment, frame, length) == length);
		CHECK(memcmp(found, frame, length) == 0);
	}
}
