// SPDX-License-Identifier: GPL-2.0-or-later
/* A packed report is the same report. */
#include <stdlib.h>
#include <sys/socket.h>

#include "page_end.h"
#include "report/report_pack.h"
#include "report_file.h"
#include "test.h"
#include "xorshift.h"

#define SIZE 16384

static uint8_t bytes[SIZE];
static struct drop_report unpacked;

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_values(const struct drop_report *a, const struct drop_report *b)
{
	if (memcmp(a->present, b->present, sizeof(a->present)) != 0)
		return false;
	for (enum key key = 0; (key = report_next(a, key)) < KEY_COUNT; key++) {
		bool same = key_table[key].type == VALUE_NUMBER
				    ? a->values[key].number == b->values[key].number
				    : same_text(a->values[key].text, b->values[key].text);

		if (!same)
			return false;
	}
	return true;
}

static bool same_packet(const struct packet *a, const struct packet *b)
{
	struct packet c = *b;

	c.data = a->data;
	return memcmp(a, &c, sizeof(c)) == 0 &&
	       (!a->caplen || memcmp(a->data, b->data, a->caplen) == 0);
}

static bool same_report(const struct drop_report *a, const struct drop_report *b)
{
	return a->timestamp_ns == b->timestamp_ns && same_text(a->ifname, b->ifname) &&
	       a->has_direction == b->has_direction && a->inbound == b->inbound &&
	       a->pkt_type == b->pkt_type && a->checksum_not_ready == b->checksum_not_ready &&
	       a->has_packet_id == b->has_packet_id && a->packet_id == b->packet_id &&
	       a->has_queue == b->has_queue && a->queue == b->queue &&
	       a->has_unique_stack_id == b->has_unique_stack_id &&
	       same_packet(&a->packet, &b->packet) && same_values(a, b);
}

static bool is_kept(const struct drop_report *report)
{
	size_t length = report_pack(report, bytes, SIZE);

	report_unpack(&unpacked, bytes);
	return length && !unpacked.frames && !unpacked.unknown && same_report(report, &unpacked);
}

static void set(struct drop_report *report, enum key key, const char *text, uint64_t number)
{
	if (key_table[key].type == VALUE_NUMBER)
		report_set_number(report, key, number);
	else
		report_set_text(report, key, text);
}

static struct drop_report *full_report(int family)
{
	struct drop_report *report = add_report(family);

	for (enum key key = 0; key < KEY_COUNT; key++)
		set(report, key, "a text with \x1b and \xff", UINT64_MAX - key);
	report->ifname = "eth0";
	report->has_direction = report->inbound = report->checksum_not_ready = true;
	report->has_packet_id = report->has_queue = report->has_unique_stack_id = true;
	report->pkt_type = 3;
	report->packet_id = UINT64_MAX;
	report->queue = UINT32_MAX;
	return report;
}

TEST(bare_report_is_kept)
{
	report_count = 0;
	CHECK(is_kept(add_report(AF_INET)));
	CHECK(is_kept(add_report(AF_INET6)));
}

TEST(report_with_all_is_kept)
{
	report_count = 0;
	CHECK(is_kept(full_report(AF_INET)));
	CHECK(is_kept(full_report(AF_INET6)));
}

TEST(any_set_of_keys_is_kept)
{
	for (int round = 0; round < 2000; round++) {
		struct drop_report *report;

		report_count = 0;
		report = add_report(round % 2 ? AF_INET : AF_INET6);
		for (enum key key = 0; key < KEY_COUNT; key++) {
			uint64_t random = xorshift(&report_random);

			if (random % 2)
				set(report, key, random % 3 ? "x" : "", random >> random % 64);
		}
		report->has_direction = round % 3;
		report->inbound = round % 5 == 0;
		CHECK(is_kept(report));
	}
}

/* The bytes of a clamped IPv6 packet are not those that were parsed. */
TEST(lengths_are_those_of_the_event)
{
	struct drop_report *report;

	report_count = 0;
	report = add_report(AF_INET6);
	report->packet.ip_end = 70000;
	report->packet.payload_len = 69934;
	CHECK(is_kept(report));
}

TEST(packet_without_bytes_is_kept)
{
	struct drop_report report = { .timestamp_ns = 1 };

	CHECK(is_kept(&report));
}

TEST(report_that_does_not_fit_is_refused)
{
	const struct drop_report *report;
	size_t length;

	report_count = 0;
	report = full_report(AF_INET);
	length = report_pack(report, bytes, SIZE);
	CHECK(length);
	for (size_t size = 0; size < length; size++) {
		uint8_t *at = at_page_end(bytes, size);

		CHECK(!report_pack(report, at, size));
	}
}
