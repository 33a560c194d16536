// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files are made, compared and written, and read back: each event must be in the file that -w
 * makes.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "compare/compare_write.h"
#include "file/input.h"
#include "report/report_reader.h"
#include "test.h"

#define FRAME_BYTES 54
#define FRAMES	    3
#define START_NS    1700000000000000000ULL
#define DROP	    "tcpdropcap/1 event=drop dir=in hdr=wire"
#define RETRANSMIT  "tcpdropcap/1 event=retransmit kind=rto dir=out hdr=wire"

static char drops_path[64], wire_path[64], out_path[64];
static struct error error;
static uint8_t frame[FRAME_BYTES];

/*
 * Frame 1, 2, ... of the wire: segments of 100 bytes, one after the other, captured without their
 * data.
 */
static void make_frame(uint32_t number)
{
	memset(frame, 0, sizeof(frame));
	packet_put16(frame + 12, 0x0800);
	frame[14] = 0x45;
	packet_put16(frame + 16, 140);
	packet_put16(frame + 18, (uint16_t)number);
	frame[23] = 6;
	memcpy(frame + 26, (uint8_t[8]){ 10, 0, 0, 1, 10, 0, 0, 2 }, 8);
	packet_put16(frame + 34, 1000);
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

/* comment: NULL: none. The packet is that of a frame, some microseconds after it. */
static void add_packet(struct pcapng_writer *writer, uint32_t number, int later_us,
		       const char *comment)
{
	struct pcapng_option option = { .code = PCAPNG_OPT_COMMENT,
					.length = comment ? (uint16_t)strlen(comment) : 0,
					.value = comment };
	struct pcapng_packet packet = {
		.timestamp = START_NS + number * 1000000ULL + (uint64_t)(later_us * 1000LL),
		.caplen = FRAME_BYTES,
		.len = FRAME_BYTES + 100,
		.data = frame,
		.options = { &option, comment != NULL },
	};

	make_frame(number);
	if (pcapng_writer_add_packet(writer, &packet))
		abort();
}

static void close_file(struct pcapng_writer *writer, int fd)
{
	if (pcapng_writer_free(writer) || close(fd))
		abort();
}

static void make_wire(uint32_t frames, const char *comment)
{
	int fd;
	struct pcapng_writer *writer = open_file(wire_path, &fd);

	for (uint32_t i = 1; i <= frames; i++)
		add_packet(writer, i, 0, comment);
	close_file(writer, fd);
}

/* A retransmission with frame 2, and the drop of it on its way in. */
static void make_drops(void)
{
	int fd;
	struct pcapng_writer *writer = open_file(drops_path, &fd);

	add_packet(writer, 2, 5, RETRANSMIT);
	add_packet(writer, 2, 15, DROP);
	close_file(writer, fd);
}

static void choose_paths(void)
{
	snprintf(drops_path, sizeof(drops_path), "/tmp/compare_write_test.%d.drops", getpid());
	snprintf(wire_path, sizeof(wire_path), "/tmp/compare_write_test.%d.wire", getpid());
	snprintf(out_path, sizeof(out_path), "/tmp/compare_write_test.%d.out", getpid());
}

static void remove_files(void)
{
	unlink(drops_path);
	unlink(wire_path);
	unlink(out_path);
}

static bool read_files(struct compare *compare)
{
	char *wires[] = { wire_path };

	*compare = (struct compare){ .keep_events = true };
	return !compare_read_events(compare, drops_path, &error) &&
	       !compare_read_wires(compare, wires, 1, &error);
}

/* What a reader finds in the file that was written. */
struct found {
	size_t packets, events, damaged;
	bool is_sorted;
	size_t own; /* the number of the first packet that is not of the first interface */
};

static struct found read_back(void)
{
	struct input *input = input_open(out_path, &error);
	struct pcapng_reader *reader = pcapng_reader_new(input_source(input));
	struct report_reader *reports = report_reader_new();
	struct found found = { .is_sorted = true };
	struct drop_report report;
	struct pcapng_item item;
	uint64_t last = 0;

	while (pcapng_reader_next(reader, &item) > 0) {
		int kind = report_reader_take(reports, &item, &report);

		found.packets += item.type == PCAPNG_PACKET;
		if (item.type == PCAPNG_PACKET && item.interface->id && !found.own)
			found.own = found.packets;
		found.events += kind == REPORT_WHOLE || kind == REPORT_DAMAGED;
		found.damaged += kind == REPORT_DAMAGED;
		if (item.type != PCAPNG_PACKET || !item.has_timestamp)
			continue;
		found.is_sorted &= item.timestamp_ns >= last;
		last = item.timestamp_ns;
	}
	report_reader_free(reports);
	pcapng_reader_free(reader);
	input_close(input);
	return found;
}

TEST(both_events_of_a_frame_are_written)
{
	struct compare compare;
	struct compare_written written;
	struct found found;

	choose_paths();
	make_wire(FRAMES, NULL);
	make_drops();
	CHECK(read_files(&compare));
	CHECK(compare_write(&compare, out_path, &written, &error) == 0);
	found = read_back();
	CHECK(written.on_frames == 1 && written.own_packets == 1);
	CHECK(found.events == 2 && found.damaged == 0);
	CHECK(found.packets == FRAMES + 1 && found.is_sorted);
	compare_free(&compare);
	remove_files();
}

/* The clock of the wire may be some microseconds ahead: less than what counts as an offset. */
TEST(an_event_does_not_come_before_the_frame_that_caused_it)
{
	struct compare compare;
	struct compare_written written;
	struct pcapng_writer *writer;
	struct found found;
	int fd;

	choose_paths();
	make_wire(FRAMES, NULL);
	writer = open_file(drops_path, &fd);
	add_packet(writer, 2, 5, RETRANSMIT);
	add_packet(writer, 2, -100, DROP);
	close_file(writer, fd);
	CHECK(read_files(&compare));
	CHECK(compare_write(&compare, out_path, &written, &error) == 0);
	found = read_back();
	CHECK(written.on_frames == 1 && written.own_packets == 1 && found.events == 2);
	CHECK(found.packets == FRAMES + 1 && found.own == 3);
	compare_free(&compare);
	remove_files();
}

TEST(a_frame_that_has_an_annotation_gets_no_second_one)
{
	struct compare compare;
	struct compare_written written;
	struct found found;

	choose_paths();
	make_wire(FRAMES, DROP);
	make_drops();
	CHECK(read_files(&compare));
	CHECK(compare_write(&compare, out_path, &written, &error) == 0);
	found = read_back();
	CHECK(written.on_frames == 0 && written.own_packets == 2);
	CHECK(found.events == FRAMES + 2 && found.packets == FRAMES + 2);
	compare_free(&compare);
	remove_files();
}

/* The wire capture was cut after it was read. */
TEST(an_event_whose_frame_is_gone_is_written)
{
	struct compare compare;
	struct compare_written written;
	struct found found;

	choose_paths();
	make_wire(FRAMES, NULL);
	make_drops();
	CHECK(read_files(&compare));
	make_wire(1, NULL);
	CHECK(compare_write(&compare, out_path, &written, &error) == 0);
	found = read_back();
	CHECK(written.on_frames == 0 && written.own_packets == 2);
	CHECK(found.events == 2 && found.packets == 3);
	compare_free(&compare);
	remove_files();
}

/* The frames of the file as Simple Packet Blocks, which have no room for comments. */
static void make_simple_packets(void)
{
	int fd;
	struct pcapng_writer *writer = open_file(wire_path, &fd);

	if (pcapng_writer_flush(writer))
		abort();
	for (uint32_t i = 1; i <= FRAMES; i++) {
		uint32_t head[3] = { 3, 16 + 56, FRAME_BYTES }, end = 16 + 56;
		uint8_t padded[56] = { 0 };

		make_frame(i);
		memcpy(padded, frame, FRAME_BYTES);
		if (write(fd, head, 12) != 12 || write(fd, padded, 56) != 56 ||
		    write(fd, &end, 4) != 4)
			abort();
	}
	close_file(writer, fd);
}

TEST(an_event_of_a_simple_packet_follows_it)
{
	struct compare compare;
	struct compare_written written;
	struct found found;

	choose_paths();
	make_wire(FRAMES, NULL);
	make_drops();
	CHECK(read_files(&compare));
	make_simple_packets();
	CHECK(compare_write(&compare, out_path, &written, &error) == 0);
	found = read_back();
	CHECK(written.on_frames == 0 && written.own_packets == 2);
	CHECK(found.events == 2 && found.packets == FRAMES + 2);
	compare_free(&compare);
	remove_files();
}

/* room: bytes that the annotation in the file of the events leaves free in its comment. */
static struct found write_long_annotation(size_t room)
{
	static char comment[UINT16_MAX + 1];
	struct compare compare;
	struct compare_written written;
	struct pcapng_writer *writer;
	int fd;

	choose_paths();
	make_wire(FRAMES, NULL);
	strcpy(comment, DROP " reason=");
	memset(comment + strlen(comment), 'x', UINT16_MAX - room - strlen(comment));
	writer = open_file(drops_path, &fd);
	add_packet(writer, 2, 5, comment);
	close_file(writer, fd);
	memset(comment, 0, sizeof(comment));
	if (!read_files(&compare) || compare_write(&compare, out_path, &written, &error))
		abort();
	compare_free(&compare);
	return read_back();
}

TEST(an_annotation_without_room_for_the_verdict_stays_whole)
{
	struct found found = write_long_annotation(60); /* for the verdict, not for the sentence */

	CHECK(found.events == 1 && found.damaged == 0);
	found = write_long_annotation(4);
	CHECK(found.events == 1 && found.damaged == 0);
	remove_files();
}

TEST(the_file_of_the_events_is_not_overwritten)
{
	struct compare compare;
	struct compare_written written;

	choose_paths();
	make_wire(FRAMES, NULL);
	make_drops();
	CHECK(read_files(&compare));
	CHECK(compare_write(&compare, drops_path, &written, &error) != 0);
	CHECK(strstr(error.text, "this is a file that is read"));
	CHECK(compare_write(&compare, wire_path, &written, &error) != 0);
	compare_free(&compare);
	remove_files();
}
