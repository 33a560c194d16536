// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "report/annotation.h"
#include "sink/sink.h"
#include "test.h"

/* Numbers of the pcapng draft, written again: the test must not share the writer's. */
enum {
	SHB = 0x0a0d0d0a,
	IDB = 1,
	ISB = 5,
	EPB = 6,
	BLOCKS = 64,
};

/* A block that was walked over: its body, and where its options begin. */
struct block {
	uint32_t type;
	const uint8_t *body;
	uint32_t body_len;
	uint32_t fixed_len;
};

static struct drop_report report;
static struct error error;
static uint8_t frame[PACKET_FRAME_MAX];
static int fd = -1;
static uint8_t file[1 << 20];
static struct block blocks[BLOCKS];
static size_t block_count;

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Walks over the file's blocks. Returns false where their lengths do not fit together. */
static bool walk(void)
{
	ssize_t size = pread(fd, file, sizeof(file), 0), at = 0;

	block_count = 0;
	while (at < size) {
		struct block *block = &blocks[block_count++];
		uint32_t length = get32(file + at + 4);

		if (length < 12 || length % 4 || length > size - at || block_count == BLOCKS ||
		    get32(file + at + length - 4) != length)
			return false;
		*block = (struct block){ get32(file + at), file + at + 8, length - 12, 0 };
		block->fixed_len = block->type == SHB ? 16 : block->type == IDB ? 8 : 12;
		if (block->type == EPB)
			block->fixed_len = 20 + (get32(block->body + 12) + 3) / 4 * 4;
		at += length;
	}
	return size > 0 && at == size && blocks[0].type == SHB;
}

/* The n-th option of that code, its length in *length; NULL if there is none. */
static const uint8_t *option(const struct block *block, uint16_t code, int n, uint16_t *length)
{
	uint32_t at = block->fixed_len;

	while (at + 4 <= block->body_len) {
		uint32_t head = get32(block->body + at);
		uint16_t this_code, this_len;

		memcpy(&this_code, block->body + at, 2);
		memcpy(&this_len, block->body + at + 2, 2);
		if (!head || at + 4 + this_len > block->body_len)
			return NULL;
		if (this_code == code && n-- == 0) {
			*length = this_len;
			return block->body + at + 4;
		}
		at += 4 + (this_len + 3U) / 4 * 4;
	}
	return NULL;
}

/* The n-th option of that code as a text, "absent" if there is none. */
static const char *option_text(const struct block *block, uint16_t code, int n)
{
	static char text[4096];
	uint16_t length;
	const uint8_t *value = option(block, code, n, &length);

	if (!value || length >= sizeof(text))
		return "absent";
	memcpy(text, value, length);
	text[length] = '\0';
	return text;
}

/* The option of that code as a number of its length, UINT64_MAX if there is none. */
static uint64_t option_number(const struct block *block, uint16_t code)
{
	uint64_t number = 0;
	uint16_t length;
	const uint8_t *value = option(block, code, 0, &length);

	if (!value || (length != 1 && length != 4 && length != 8))
		return UINT64_MAX;
	if (length == 4)
		return get32(value);
	memcpy(&number, value, length);
	return length == 1 ? *value : number;
}

static const struct block *block_of(uint32_t type, int n)
{
	static const struct block none;

	for (size_t i = 0; i < block_count; i++) {
		if (blocks[i].type == type && n-- == 0)
			return &blocks[i];
	}
	return &none;
}

static size_t count_of(uint32_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < block_count; i++)
		count += blocks[i].type == type;
	return count;
}

static struct sink *open_sink(uint32_t snaplen, const char *filter)
{
	char path[64];
	struct sink_pcapng_config config = {
		.path = path,
		.comment = "how it was made",
		.filter = filter,
		.snaplen = snaplen,
	};

	if (fd >= 0)
		close(fd);
	fd = memfd_create("sink_pcapng", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return sink_pcapng_open(&config, &error);
}

static void make_report(void)
{
	report = (struct drop_report){ .timestamp_ns = 0x1797e2a1b2c3d4e5, .ifname = "eth0" };
	for (size_t i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)i;
	packet_parse(&report.packet, frame, 66, 1514);
	report_set_text(&report, KEY_event, "drop");
	report_set_number(&report, KEY_netns, 4026531840);
	report_set_number(&report, KEY_ifindex, 2);
	report_set_text(&report, KEY_stack, "own");
	report_set_number(&report, KEY_stack_id, 12);
	report.frames = "  a+0x1 [m]\n  b+0x2";
}

/* A file of this one report. */
static bool write_one(uint32_t snaplen)
{
	struct sink *sink = open_sink(snaplen, NULL);

	return sink && !sink->add(sink, &report) && !sink->close(sink, 0) && walk();
}

TEST(empty_capture_is_a_section_and_an_interface)
{
	struct sink *sink = open_sink(256, NULL);

	CHECK(sink && walk() && block_count == 1); /* at once, so that a live reader starts */
	CHECK(sink->close(sink, 3) == 0 && walk());
	CHECK(block_count == 3 && get32(blocks[0].body) == 0x1a2b3c4d);
	CHECK(blocks[1].type == IDB && option_number(block_of(ISB, 0), 5) == 3);
	CHECK_STR(option_text(&blocks[0], 1, 0), "how it was made");
	CHECK(strncmp(option_text(&blocks[0], 3, 0), "Linux ", 6) == 0);
	CHECK(strncmp(option_text(&blocks[0], 4, 0), "tcpdropcap ", 11) == 0);
	CHECK(strcmp(option_text(&blocks[0], 2, 0), "absent") != 0);
}

TEST(packet_follows_its_interface)
{
	make_report();
	CHECK(write_one(256));
	CHECK(block_count == 4);
	CHECK(blocks[1].type == IDB && blocks[2].type == EPB && blocks[3].type == ISB);
	CHECK(get32(blocks[1].body) == 1 && get32(blocks[1].body + 4) == 256);
	CHECK_STR(option_text(&blocks[1], 2, 0), "eth0");
	CHECK(strstr(option_text(&blocks[1], 3, 0), "4026531840"));
	CHECK(option_number(&blocks[1], 9) == 9);
	CHECK_STR(option_text(&blocks[1], 11, 0), "absent");
	CHECK(get32(blocks[2].body) == 0);
	CHECK(get32(blocks[2].body + 4) == 0x1797e2a1 && get32(blocks[2].body + 8) == 0xb2c3d4e5);
	CHECK(get32(blocks[2].body + 12) == 66 && get32(blocks[2].body + 16) == 1514);
	CHECK(memcmp(blocks[2].body + 20, frame, 66) == 0);
}

TEST(packet_has_comments_of_values_and_of_its_stack)
{
	struct strbuf want = { 0 };

	make_report();
	annotation_format(&report, &want);
	CHECK(write_one(256));
	CHECK_STR(option_text(block_of(EPB, 0), 1, 0), strbuf_string(&want));
	CHECK_STR(option_text(block_of(EPB, 0), 1, 1),
		  "tcpdropcap/2 Stack 12, frames 1-2 of 2:\n  a+0x1 [m]\n  b+0x2");
	CHECK_STR(option_text(block_of(EPB, 0), 1, 2), "absent");
	report.frames = NULL;
	CHECK(write_one(256));
	CHECK_STR(option_text(block_of(EPB, 0), 1, 0), strbuf_string(&want));
	CHECK_STR(option_text(block_of(EPB, 0), 1, 1), "absent");
	strbuf_free(&want);
}

TEST(options_are_there_where_known)
{
	make_report();
	CHECK(write_one(256));
	for (uint16_t code = 2; code <= 7; code++)
		CHECK(option_number(block_of(EPB, 0), code) == UINT64_MAX);
	report.has_packet_id = true;
	report.packet_id = 0x0123456789abcdef;
	report.has_queue = true;
	report.queue = 9;
	report_set_number(&report, KEY_lost, 1234567890123);
	CHECK(write_one(256));
	CHECK(option_number(block_of(EPB, 0), 4) == 1234567890123);
	CHECK(option_number(block_of(EPB, 0), 5) == 0x0123456789abcdef);
	CHECK(option_number(block_of(EPB, 0), 6) == 9);
}

TEST(flags_have_direction_and_reception)
{
	static const uint8_t types[] = { PACKET_HOST,	   PACKET_BROADCAST, PACKET_MULTICAST,
					 PACKET_OTHERHOST, PACKET_OUTGOING,  255 };
	static const uint32_t reception[] = { 1, 3, 2, 4, 0, 0 };

	for (size_t i = 0; i < sizeof(types); i++) {
		make_report();
		report.pkt_type = types[i];
		CHECK(write_one(256));
		CHECK(option_number(block_of(EPB, 0), 2) == UINT64_MAX);
		report.has_direction = true;
		CHECK(write_one(256));
		CHECK(option_number(block_of(EPB, 0), 2) == 2);
		report.inbound = true;
		CHECK(write_one(256));
		CHECK(option_number(block_of(EPB, 0), 2) == (1 | reception[i] << 2));
		report.checksum_not_ready = true;
		CHECK(write_one(256));
		CHECK(option_number(block_of(EPB, 0), 2) == (1 | reception[i] << 2 | 1 << 9));
	}
}

TEST(snaplen_cuts_the_bytes_not_the_length)
{
	static const uint32_t snaplens[] = { 1, 14, 54, 65, 66, 67, 256 };

	make_report();
	for (size_t i = 0; i < sizeof(snaplens) / sizeof(snaplens[0]); i++) {
		uint32_t caplen = snaplens[i] < 66 ? snaplens[i] : 66;

		CHECK(write_one(snaplens[i]));
		CHECK(get32(block_of(IDB, 0)->body + 4) == snaplens[i]);
		CHECK(get32(block_of(EPB, 0)->body + 12) == caplen);
		CHECK(get32(block_of(EPB, 0)->body + 16) == 1514);
		CHECK(memcmp(block_of(EPB, 0)->body + 20, frame, caplen) == 0);
		CHECK(strncmp(option_text(block_of(EPB, 0), 1, 0), "tcpdropcap/2 ", 13) == 0);
	}
}

TEST(interface_is_written_once_for_each_device)
{
	static const struct {
		uint64_t netns, ifindex;
		const char *name;
		uint32_t id;
	} steps[] = { { 1, 2, "eth0", 0 }, { 1, 2, "eth0", 0 }, { 1, 3, "eth0", 1 },
		      { 2, 2, "eth0", 2 }, { 1, 2, "eth1", 3 }, { 1, 2, "eth0", 0 },
		      { 0, 0, NULL, 4 },   { 2, 2, "eth0", 2 }, { 0, 0, NULL, 4 },
		      { 1, 3, "eth0", 1 } };
	struct sink *sink = open_sink(128, "tcp port 80");

	CHECK(sink);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		make_report();
		report_set_number(&report, KEY_netns, steps[i].netns);
		report_set_number(&report, KEY_ifindex, steps[i].ifindex);
		report.ifname = steps[i].name;
		CHECK(sink->add(sink, &report) == 0);
	}
	CHECK(sink->close(sink, 0) == 0 && walk());
	CHECK(count_of(IDB) == 5 && count_of(EPB) == 10 && count_of(ISB) == 5);
	for (size_t i = 0; i < 10; i++)
		CHECK(get32(block_of(EPB, (int)i)->body) == steps[i].id);
	for (int i = 0; i < 5; i++) {
		const struct block *interface = block_of(IDB, i);
		uint16_t length;

		CHECK(get32(interface->body + 4) == 128);
		CHECK(option(interface, 11, 0, &length) && length == 12);
		CHECK(memcmp(option(interface, 11, 0, &length), "\0tcp port 80", 12) == 0);
	}
	CHECK_STR(option_text(block_of(IDB, 3), 2, 0), "eth1");
	CHECK_STR(option_text(block_of(IDB, 4), 2, 0), "absent");
	CHECK_STR(option_text(block_of(IDB, 4), 3, 0), "absent");
}

static uint64_t time_of(const uint8_t *at)
{
	return at ? (uint64_t)get32(at) << 32 | get32(at + 4) : 0;
}

TEST(statistics_add_up)
{
	uint64_t before = (uint64_t)time(NULL) * 1000000000, start, end;
	struct sink *sink = open_sink(256, NULL);
	uint16_t length;

	CHECK(sink);
	make_report();
	CHECK(sink->add(sink, &report) == 0);
	report_set_number(&report, KEY_lost, 5);
	CHECK(sink->add(sink, &report) == 0);
	report_set_number(&report, KEY_ifindex, 3);
	report_set_number(&report, KEY_lost, 7);
	CHECK(sink->add(sink, &report) == 0);
	CHECK(sink->close(sink, 11) == 0 && walk());
	CHECK(count_of(ISB) == 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct block *statistics = block_of(ISB, (int)i);
		uint64_t lost = i ? 18 : 5;

		CHECK(get32(statistics->body) == i);
		CHECK(option_number(statistics, 5) == lost);
		CHECK(option_number(statistics, 4) == lost + (i ? 1 : 2));
		start = time_of(option(statistics, 2, 0, &length));
		end = time_of(option(statistics, 3, 0, &length));
		CHECK(start >= before && start <= end && end < before + 600000000000);
		CHECK(time_of(statistics->body + 4) == end);
	}
}

TEST(tick_hands_over_what_is_buffered)
{
	struct sink *sink = open_sink(256, NULL);

	make_report();
	CHECK(sink && sink->add(sink, &report) == 0 && sink->tick(sink) == 0);
	CHECK(walk() && count_of(EPB) == 1);
	CHECK(sink->close(sink, 0) == 0);
}

TEST(output_that_cannot_be_opened_is_named)
{
	struct sink_pcapng_config config = { .path = "/no/such/dir/x", .comment = "" };

	CHECK(!sink_pcapng_open(&config, &error));
	CHECK(strstr(error.text, "/no/such/dir/x"));
	config.path = "/dev/full";
	CHECK(access(config.path, W_OK) || !sink_pcapng_open(&config, &error));
	CHECK(access(config.path, W_OK) || strstr(error.text, "/dev/full"));
}

TEST(reader_that_went_away_is_an_error_of_all_that_follows)
{
	struct sink_pcapng_config config = { .comment = "", .snaplen = 256 };
	struct sink *sink;
	char path[64];
	int ends[2];

	CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR && pipe(ends) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
	config.path = path;
	sink = sink_pcapng_open(&config, &error);
	make_report();
	CHECK(sink && sink->add(sink, &report) == 0 && sink->tick(sink) == 0);
	close(ends[0]);
	CHECK(sink->add(sink, &report) == 0 && sink->tick(sink) == -EPIPE);
	CHECK(sink->add(sink, &report) == -EPIPE);
	report.ifname = "eth1"; /* an interface that is never written */
	CHECK(sink->add(sink, &report) == -EPIPE && sink->add(sink, &report) == -EPIPE);
	CHECK(sink->close(sink, 1) == -EPIPE);
	close(ends[1]);
}
