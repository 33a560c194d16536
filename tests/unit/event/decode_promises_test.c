// SPDX-License-Identifier: GPL-2.0-or-later
/* The bounds of a record: no packet and no payload has more than 16 MiB. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "bpf/record.h"
#include "event/decode.h"
#include "test.h"

static int decode(uint32_t len, uint32_t payload_len)
{
	static struct drop_event event;
	const struct drop_record record = {
		.version = RECORD_VERSION,
		.event = RECORD_DROP,
		.family = AF_INET,
		.packet_len = 40,
		.len = len,
		.flow.payload_len = payload_len,
		.packet = { 0x45, [9] = IPPROTO_TCP, [32] = 0x50 },
	};

	return decode_record(&record, RECORD_SIZE_NO_STACK, &event);
}

TEST(packet_has_16_mebibytes_at_most)
{
	CHECK(decode(1 << 24, 0) == 0);
	CHECK(decode((1 << 24) + 1, 0) < 0);
}

TEST(payload_has_16_mebibytes_at_most)
{
	CHECK(decode(40, 1 << 24) == 0);
	CHECK(decode(40, (1 << 24) + 1) < 0);
}
