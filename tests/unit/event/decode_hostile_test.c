// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "bpf/record.h"
#include "event/decode.h"
#include "page_end.h"
#include "test.h"

/* Records of any size end at an unmapped page. */
#define RECORD_BYTES_MAX 3072

static struct {
	struct drop_event event;
	uint8_t after[RECORD_BYTES_MAX]; /* an overrun would read these */
} out;

static int decode_at_page_end(const void *bytes, size_t size)
{
	memset(&out, 0xa5, sizeof(out));
	return decode_record(at_page_end(bytes, size), size, &out.event);
}

static struct drop_record valid_record(void)
{
	struct drop_record record = {
		.version = RECORD_VERSION,
		.event = RECORD_DROP,
		.family = AF_INET,
		.packet_len = 40,
		.len = 40,
		.protocol = 0x0800,
		.packet = { 0x45, [9] = IPPROTO_TCP, [32] = 0x50 },
	};

	return record;
}

static int decode(const struct drop_record *record)
{
	return decode_at_page_end(record, RECORD_SIZE_NO_STACK);
}

/* Checks what holds for each event, whatever the record was. */
static bool is_sound(void)
{
	const struct drop_event *event = &out.event;
	const struct packet *packet = &event->packet;

	/* All bytes are the first one. */
	if (out.after[0] != 0xa5 || memcmp(out.after, out.after + 1, sizeof(out.after) - 1) != 0)
		return false;
	return (unsigned int)event->kind < EVENT_KIND_COUNT &&
	       (unsigned int)event->direction <= EVENT_OUT && packet->data == event->frame &&
	       packet->caplen >= PACKET_ETH_LEN && packet->caplen <= sizeof(event->frame) &&
	       packet->len >= packet->caplen && event->stack_depth <= EVENT_STACK_MAX &&
	       event->owner.how <= OWNER_CLOSED &&
	       memchr(event->owner.comm, '\0', sizeof(event->owner.comm)) &&
	       memchr(event->tcp.cc, '\0', sizeof(event->tcp.cc)) &&
	       memchr(event->cpu_comm, '\0', sizeof(event->cpu_comm)) &&
	       memchr(event->ifname, '\0', sizeof(event->ifname));
}

TEST(record_is_valid_before_it_is_damaged)
{
	struct drop_record record = valid_record();

	CHECK(decode(&record) == 0 && is_sound());
	CHECK(out.event.packet.tcp_at == 34);
}

TEST(short_record_is_refused)
{
	struct drop_record record = valid_record();

	for (size_t size = 0; size < RECORD_SIZE_CHANGE; size++)
		CHECK(decode_at_page_end(&record, size) == -EINVAL);
	/* The ring's records begin at multiples of eight, and these are looked into. */
	for (size_t size = RECORD_SIZE_CHANGE; size < RECORD_SIZE_NO_STACK; size += 8)
		CHECK(decode_at_page_end(&record, size) == -EINVAL);
}

/* It has no packet, but the bytes of it are not there, either. */
TEST(change_of_state_is_shorter_than_other_records)
{
	struct drop_record record = valid_record();

	record.event = RECORD_LIFE;
	record.packet_len = record.l2_len = 0;
	memset(&record.life, 0, sizeof(record.life));
	CHECK(decode_at_page_end(&record, RECORD_SIZE_CHANGE) == 0);
	for (size_t size = 0; size < RECORD_SIZE_CHANGE; size++)
		CHECK(decode_at_page_end(&record, size) == -EINVAL);
	record.stack_len = 8;
	for (size_t size = RECORD_SIZE_CHANGE; size < RECORD_SIZE_NO_STACK + 8; size += 8)
		CHECK(decode_at_page_end(&record, size) == -EINVAL);
}

TEST(other_version_is_refused)
{
	static const uint16_t versions[] = { 0, RECORD_VERSION - 1, RECORD_VERSION + 1,
					     RECORD_VERSION << 8, 0xffff };
	struct drop_record record = valid_record();

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		record.version = versions[i];
		CHECK(decode(&record) == -EPROTO);
	}
}

TEST(unknown_event_is_refused)
{
	struct drop_record record = valid_record();

	record.event = 0;
	CHECK(decode(&record) == -EINVAL);
	for (int event = RECORD_EVENT_END; event < 256; event++) {
		record.event = (uint8_t)event;
		CHECK(decode(&record) == -EINVAL);
	}
}

TEST(unknown_family_is_refused)
{
	struct drop_record record = valid_record();

	for (int family = 0; family < 256; family++) {
		record.family = (uint8_t)family;
		CHECK((decode(&record) == 0) == (family == AF_INET || family == AF_INET6));
	}
}

TEST(packet_length_out_of_range_is_refused)
{
	struct drop_record record = valid_record();

	record.packet_len = RECORD_PACKET_MAX + 1;
	CHECK(decode(&record) == -EINVAL);
	record.packet_len = UINT16_MAX;
	CHECK(decode(&record) == -EINVAL);
}

TEST(mac_header_longer_than_the_packet_is_refused)
{
	struct drop_record record = valid_record();

	record.l2_len = record.packet_len + 1;
	CHECK(decode(&record) == -EINVAL);
	record.l2_len = UINT16_MAX;
	CHECK(decode(&record) == -EINVAL);
	record.l2_len = record.packet_len;
	CHECK(decode(&record) == 0 && is_sound());
	record.packet_len = record.l2_len = 14;
	CHECK(decode(&record) == 0 && is_sound());
}

TEST(unknown_socket_or_direction_is_refused)
{
	struct drop_record record = valid_record();

	record.sock = UINT8_MAX;
	CHECK(decode(&record) == -EINVAL);
	record = valid_record();
	record.direction = RECORD_DIR_OUT + 1;
	CHECK(decode(&record) == -EINVAL);
	record.direction = UINT8_MAX;
	CHECK(decode(&record) == -EINVAL);
}

TEST(unknown_way_to_find_an_owner_is_refused)
{
	struct drop_record record = valid_record();

	for (uint32_t how = 0; how < 300; how++) {
		record.owner.how = how;
		CHECK((decode(&record) == 0) == (how <= RECORD_OWNER_CLOSED));
	}
	for (uint32_t bit = 8; bit < 32; bit++) {
		record.owner.how = 1U << bit;
		CHECK(decode(&record) == -EINVAL);
	}
}

TEST(stack_beyond_the_record_is_refused)
{
	struct drop_record record = valid_record();

	record.stack_len = 8;
	CHECK(decode(&record) == -EINVAL);
	CHECK(decode_at_page_end(&record, RECORD_SIZE_NO_STACK + 8) == 0 && is_sound());
	record.stack_len = UINT32_MAX;
	CHECK(decode_at_page_end(&record, sizeof(record)) == -EINVAL);
	record.stack_len = sizeof(record.stack) + 8;
	CHECK(decode_at_page_end(&record, sizeof(record)) == -EINVAL);
}

/* A record may be larger than it should be, but not the stack of an event. */
TEST(stack_beyond_the_event_is_refused)
{
	static union {
		struct drop_record record;
		uint8_t bytes[RECORD_BYTES_MAX];
	} large;

	large.record = valid_record();
	large.record.stack_len = sizeof(large.record.stack) + 8;
	CHECK(decode_at_page_end(&large, sizeof(large.record) + 8) == -EINVAL);
	large.record.stack_len = sizeof(large) - RECORD_SIZE_NO_STACK;
	CHECK(decode_at_page_end(&large, sizeof(large)) == -EINVAL);
}

TEST(stack_of_odd_length_holds_whole_addresses)
{
	struct drop_record record = valid_record();

	record.stack_len = 15;
	CHECK(decode_at_page_end(&record, sizeof(record)) != 0 || out.event.stack_depth == 1);
}

/* No packet is shorter than its captured bytes, whether the record is refused or clamped. */
TEST(huge_packet_length_does_not_wrap)
{
	struct drop_record record = valid_record();

	for (uint32_t below = 0; below < 64; below++) {
		record.len = UINT32_MAX - below;
		CHECK(decode(&record) != 0 || is_sound());
	}
}

TEST(huge_payload_length_does_not_wrap)
{
	struct drop_record record = valid_record();

	record.event = RECORD_RETRANSMIT;
	for (uint32_t below = 0; below < 64; below++) {
		record.flow.payload_len = UINT32_MAX - below;
		CHECK(decode(&record) != 0 || is_sound());
	}
}

_Static_assert(sizeof(struct drop_record) % 4 == 0, "randomize() fills words");

/* Random bytes, except what check() compares first. */
static void randomize(struct drop_record *record)
{
	uint8_t *bytes = (uint8_t *)record;

	for (size_t i = 0; i < sizeof(*record); i += 4)
		packet_put32(bytes + i, (uint32_t)random() << 1 ^ (uint32_t)random());
	record->version = RECORD_VERSION;
	record->event = (uint8_t)(RECORD_DROP + random() % (RECORD_EVENT_END - RECORD_DROP));
	record->family = random() & 1 ? AF_INET : AF_INET6;
	record->packet_len = (uint16_t)(random() % (RECORD_PACKET_MAX + 8));
	record->l2_len = (uint16_t)(random() & 1 ? 14 : random() % 32);
	record->protocol = record->family == AF_INET ? 0x0800 : 0x86dd;
	if (random() % 4 == 0)
		record->protocol = random() & 1 ? 0x8100 : 0x8847;
	record->sock = random() & 3;
	record->direction = (uint8_t)(random() % (RECORD_DIR_OUT + 1));
	record->owner.how = (uint32_t)random() % (RECORD_OWNER_CLOSED + 1);
	record->cause = (uint8_t)(random() % (RECORD_CAUSE_END + 1));
	record->len >>= random() % 31 + 1; /* huge lengths have a test of their own */
	record->flow.payload_len >>= random() % 31 + 1;
	record->stack_len >>= random() % 32;
	if (record->l2_len < RECORD_PACKET_MAX - 1 && random() & 3)
		record->packet[record->l2_len] = record->family == AF_INET ? 0x45 : 0x60;
}

TEST(random_records_are_survived)
{
	struct drop_record record;
	int decoded = 0;

	srandom(3);
	for (int round = 0; round < 100000; round++) {
		size_t words = (size_t)random() % (RECORD_STACK_MAX + 1);
		int err;

		randomize(&record);
		if (random() % 4 == 0)
			record.stack_len = (uint32_t)words * 8;
		err = decode_at_page_end(&record, RECORD_SIZE_NO_STACK + words * 8);
		CHECK(err == 0 || err == -EINVAL);
		CHECK(err || is_sound());
		decoded += !err;
	}
	CHECK(decoded > 10000);
}

TEST(random_bytes_are_survived)
{
	uint64_t bytes[sizeof(struct drop_record) / 8];

	srandom(4);
	for (int round = 0; round < 100000; round++) {
		size_t words = (size_t)random() % (sizeof(bytes) / 8 + 1);
		int err;

		for (size_t i = 0; i < words; i++)
			bytes[i] = (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^
				   (uint64_t)random();
		err = decode_at_page_end(bytes, words * 8);
		CHECK(err == -EPROTO || err == -EINVAL || is_sound());
	}
}
