// SPDX-License-Identifier: GPL-2.0-or-later
/* The wire's clock drifts: in the file that -w makes, each event is where it happened. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "compare/compare_write.h"
#include "file/input.h"
#include "report/report_reader.h"
#include "test.h"

#define FRAME_BYTES 54
#define SEGMENTS    400
#define START_NS    1700000000000000000ULL
#define STEP_NS	    100000000LL /* between segments */
#define DROP_OUT    "tcpdropcap/1 event=drop reason=NETFILTER_DROP dir=out hdr=wire"
#define DROP_IN	    "tcpdropcap/1 event=drop reason=NETFILTER_DROP dir=in hdr=wire"
#define RETRANSMIT  "tcpdropcap/1 event=retransmit kind=rto dir=out hdr=wire"

static char drops_path[64], wire_path[64], out_path[64];
static struct error error;

/* The wire's clock, in ns and parts in 1e9. */
struct clock_of_wire {
	int64_t offset, drift_ppb;
};

static void make_frame(uint8_t *frame, uint16_t port, uint32_t number)
{
	memset(frame, 0, FRAME_BYTES);
	packet_put16(frame + 12, 0x0800);
	frame[14] = 0x45;
	packet_put16(frame + 16, 140);
	packet_put16(frame + 18, (uint16_t)number);
	frame[23] = 6;
	memcpy(frame + 26, (uint8_t[8]){ 10, 0, 0, 1, 10, 0, 0, 2 }, 8);
	packet_put16(frame + 34, port);
	packet_put16(frame + 36, 80);
	packet_put32(frame + 38, 1 + 100 * number);
	packet_put32(frame + 42, 5001);
	frame[46] = 0x50;
	frame[47] = TCP_ACK;
	packet_put16(frame + 48, 500);
}

static struct pcapng_writer *open_file(const char *path, int *fd)
{
	const uint8_t nanoseconds = 9;
	struct pcapng_option option = { .code = PCAPNG_IF_TSRESOL,
					.length = 1,
					.value = &nanoseconds };
	struct pcapng_writer *writer;
	uint32_t id;

	*fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	writer = *fd < 0 ? NULL : pcapng_writer_new(pcapng_target_fd(*fd));
	if (!writer || pcapng_writer_add_section(writer, (struct pcapng_options){ 0 }) ||
	    pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 262144,
					(struct pcapng_options){ &option, 1 }, &id))
		abort();
	return writer;
}

static void add_packet(struct pcapng_writer *writer, int64_t time, uint16_t port, uint32_t number,
		       const char *comment)
{
	uint8_t frame[FRAME_BYTES];
	struct pcapng_option option = { .code = PCAPNG_OPT_COMMENT,
					.length = comment ? (uint16_t)strlen(comment) : 0,
					.value = comment };
	struct pcapng_packet packet = {
		.timestamp = START_NS + (uint64_t)time,
		.caplen = FRAME_BYTES,
		.len = FRAME_BYTES + 100,
		.data = frame,
		.options = { &option, comment != NULL },
	};

	make_frame(frame, port, number);
	if (pcapng_writer_add_packet(writer, &packet))
		abort();
}

static void close_file(struct pcapng_writer *writer, int fd)
{
	if (pcapng_writer_free(writer) || close(fd))
		abort();
}

static void make_wire(struct clock_of_wire clock)
{
	int fd;
	struct pcapng_writer *writer = open_file(wire_path, &fd);

	for (uint32_t i = 1; i <= SEGMENTS; i++) {
		int64_t time = i * STEP_NS;

		time += clock.offset + (int64_t)((double)time * (double)clock.drift_ppb / 1e9);
		add_packet(writer, time, 1000, i, NULL);
	}
	close_file(writer, fd);
}

/*
 * Of each segment, in turn: its retransmission; its drop on receipt; both; and for each a packet of
 * another connection that was dropped 20 us before its frame, and one 20 us after it.
 */
static void make_drops(void)
{
	int fd;
	struct pcapng_writer *writer = open_file(drops_path, &fd);

	for (uint32_t i = 1; i <= SEGMENTS; i++) {
		int64_t time = i * STEP_NS;

		add_packet(writer, time - 20000, 2000, i - 1, DROP_OUT);
		if (i % 3 != 1)
			add_packet(writer, time + 2000, 1000, i, RETRANSMIT);
		if (i % 3 != 2)
			add_packet(writer, time + 3000, 1000, i, DROP_IN);
		add_packet(writer, time + 20000, 2000, i, DROP_OUT);
	}
	close_file(writer, fd);
}

static bool compare_files(struct compare_written *written, struct compare_wire *wire)
{
	char *wires[] = { wire_path };
	struct compare compare = { .keep_events = true };
	bool done = !compare_read_events(&compare, drops_path, &error) &&
		    !compare_read_wires(&compare, wires, 1, &error) &&
		    !compare_write(&compare, out_path, written, &error);

	*wire = compare.wires[0];
	compare_free(&compare);
	return done;
}

/* Returns how many packets are not where they happened, or are earlier than the one before. */
static size_t count_misplaced(void)
{
	struct input *input = input_open(out_path, &error);
	struct pcapng_reader *reader = pcapng_reader_new(input_source(input));
	struct pcapng_item item;
	struct packet packet;
	size_t misplaced = 0;
	uint32_t last = 0; /* number of the last frame of the wire */
	uint64_t time = 0;

	while (pcapng_reader_next(reader, &item) > 0) {
		if (item.type != PCAPNG_PACKET)
			continue;
		packet_parse(&packet, item.data, item.caplen, item.len);
		if (!item.interface->id)
			last = packet.seq / 100;
		misplaced += packet.seq / 100 != last || item.timestamp_ns < time;
		time = item.timestamp_ns;
	}
	pcapng_reader_free(reader);
	input_close(input);
	return misplaced;
}

static void check_clock(int64_t offset, int64_t drift_ppb)
{
	struct clock_of_wire clock = { offset, drift_ppb };
	struct compare_written written;
	struct compare_wire wire;

	make_wire(clock);
	make_drops();
	CHECK(compare_files(&written, &wire));
	CHECK(written.on_frames == SEGMENTS);
	CHECK(count_misplaced() == 0);
	CHECK(llabs(wire.offset.drift_ppb - drift_ppb) < 1000);
	CHECK(llabs(compare_wire_offset(&wire) - offset) < 50000);
}

TEST(events_are_at_their_places_whatever_the_clock_does)
{
	const int64_t drifts[] = { 0, 20000, -20000, 100000, -100000 };
	const int64_t offsets[] = { 0, 1000000, -1000000, 3600000000000 };

	snprintf(drops_path, sizeof(drops_path), "/tmp/compare_drift_test.%d.drops", getpid());
	snprintf(wire_path, sizeof(wire_path), "/tmp/compare_drift_test.%d.wire", getpid());
	snprintf(out_path, sizeof(out_path), "/tmp/compare_drift_test.%d.out", getpid());
	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		for (size_t j = 0; j < sizeof(drifts) / sizeof(*drifts); j++)
			check_clock(offsets[i], drifts[j]);
	}
	unlink(drops_path);
	unlink(wire_path);
	unlink(out_path);
}
