// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <unistd.h>

#include "sink/sink.h"
#include "test.h"

#define IDB 1

/* Blocks of a type in the file; -1 if its lengths do not add up. */
static int count_blocks(FILE *file, uint32_t type)
{
	uint32_t head[2];
	int count = 0;

	rewind(file);
	while (fread(head, sizeof(head), 1, file) == 1) {
		if (head[1] < 12 || head[1] % 4 || fseek(file, (long)head[1] - 8, SEEK_CUR))
			return -1;
		count += head[0] == type;
	}
	return count;
}

TEST(devices_beyond_a_limit_share_an_interface)
{
	static const uint8_t frame[60];
	char path[] = "/tmp/sink_interfaces_XXXXXX";
	struct sink_pcapng_config config = { .path = path, .comment = "", .snaplen = 256 };
	struct drop_report report = { 0 };
	struct error error;
	struct sink *sink;
	int fd = mkstemp(path);
	FILE *file;

	CHECK(fd >= 0);
	sink = sink_pcapng_open(&config, &error);
	CHECK(sink);
	packet_parse(&report.packet, frame, sizeof(frame), sizeof(frame));
	report_set_text(&report, KEY_event, "drop");
	for (uint32_t i = 1; i <= 70000; i++) {
		report_set_number(&report, KEY_ifindex, i);
		CHECK(sink->add(sink, &report) == 0);
	}
	CHECK(sink->close(sink, 0) == 0);
	file = fdopen(fd, "r");
	CHECK(file);
	CHECK(count_blocks(file, IDB) == 65537);
	CHECK(count_blocks(file, 6) == 70000);
	fclose(file);
	unlink(path);
}
