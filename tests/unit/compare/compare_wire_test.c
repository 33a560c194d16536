// SPDX-License-Identifier: GPL-2.0-or-later
/* Wire captures as files are found: unsorted, in parts, with strange times. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "compare/compare_write.h"
#include "file/input.h"
#include "pcapng/pcapng.h"
#include "test.h"

#define FRAME_BYTES 54
#define START_NS    1700000000000000000ULL
#define MS	    1000000LL
#define RETRANSMIT  "tcpdropcap/1 event=retransmit kind=rto dir=out hdr=wire"
#define DROP	    "tcpdropcap/1 event=drop dir=in hdr=wire"

/* A packet between 10.0.0.1:1000 and 10.0.0.2:80. The client sends 100 bytes, or an ACK of them. */
struct made {
	int64_t time;	 /* since START_NS */
	uint32_t number; /* of the segment, from 1; the IP ID is made of it */
	bool is_ack;
	bool again;    /* with another IP ID */
	uint64_t lost; /* packets before this one */
	const char *comment;
};

static char paths[3][64]; /* of the events, and of wire captures */
static struct error error;

static void make_frame(uint8_t *frame, const struct made *made)
{
	const uint8_t client[8] = { 10, 0, 0, 1, 10, 0, 0, 2 };
	const uint8_t server[8] = { 10, 0, 0, 2, 10, 0, 0, 1 };

	memset(frame, 0, FRAME_BYTES);
	packet_put16(frame + 12, 0x0800);
	frame[14] = 0x45;
	packet_put16(frame + 16, made->is_ack ? 40 : 140);
	packet_put16(frame + 18,
		     (uint16_t)(made->number + 1000 * made->again + 2000 * made->is_ack));
	frame[23] = 6;
	memcpy(frame + 26, made->is_ack ? server : client, 8);
	packet_put16(frame + 34, made->is_ack ? 80 : 1000);
	packet_put16(frame + 36, made->is_ack ? 1000 : 80);
	packet_put32(frame + 38, made->is_ack ? 5001 : 1 + 100 * made->number);
	packet_put32(frame + 42, made->is_ack ? 101 + 100 * made->number : 5001);
	frame[46] = 0x50;
	frame[47] = TCP_ACK;
	packet_put16(frame + 48, 500);
}

static void add_packet(struct pcapng_writer *writer, const struct made *made)
{
	uint8_t frame[FRAME_BYTES];
	const char *comment = made->comment;
	const struct pcapng_option options[] = {
		{ .code = PCAPNG_OPT_COMMENT,
		  .length = comment ? (uint16_t)strlen(comment) : 0,
		  .value = comment ? comment : "" },
		{ .code = PCAPNG_EPB_DROPCOUNT, .length = 8, .value = &made->lost },
	};
	struct pcapng_packet packet = {
		.timestamp = START_NS + (uint64_t)made->time,
		.caplen = FRAME_BYTES,
		.len = FRAME_BYTES + (made->is_ack ? 0 : 100),
		.data = frame,
		.options = { options, made->lost ? 2 : comment != NULL },
	};

	make_frame(frame, made);
	if (pcapng_writer_add_packet(writer, &packet))
		abort();
}

/* Of the next files: the link type, and that of another interface without packets (0: none). */
static uint16_t link_type = PCAPNG_LINKTYPE_ETHERNET, other_link_type;

static int add_interfaces(struct pcapng_writer *writer)
{
	const uint8_t nanoseconds = 9;
	struct pcapng_option option = { .code = PCAPNG_IF_TSRESOL,
					.length = 1,
					.value = &nanoseconds };
	struct pcapng_options options = { &option, 1 };
	uint32_t id;
	int err = pcapng_writer_add_interface(writer, link_type, 262144, options, &id);

	if (!err && other_link_type)
		err = pcapng_writer_add_interface(writer, other_link_type, 262144, options, &id);
	return err;
}

/* Writes file 0, the events, or a wire capture. */
static void make_file(size_t which, const struct made *list, size_t count)
{
	struct pcapng_writer *writer;
	int fd;

	snprintf(paths[which], sizeof(paths[which]), "/tmp/compare_wire_test.%d.%zu", getpid(),
		 which);
	fd = open(paths[which], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	writer = fd < 0 ? NULL : pcapng_writer_new(pcapng_target_fd(fd));
	if (!writer || pcapng_writer_add_section(writer, (struct pcapng_options){ 0 }) ||
	    add_interfaces(writer))
		abort();
	for (size_t i = 0; i < count; i++)
		add_packet(writer, &list[i]);
	if (pcapng_writer_free(writer) || close(fd))
		abort();
}

#define MAKE(which, ...)                                       \
	make_file(which, (const struct made[]){ __VA_ARGS__ }, \
		  sizeof((const struct made[]){ __VA_ARGS__ }) / sizeof(struct made))

static struct compare compare;
static char verdicts[4096];

/* Compares the events with so many wire captures; returns a line for each event. */
static const char *compare_with(size_t wires)
{
	char *wire_paths[] = { paths[1], paths[2] };
	struct compare_event event;

	compare = (struct compare){ .keep_events = true };
	verdicts[0] = '\0';
	if (compare_read_events(&compare, paths[0], &error) ||
	    compare_read_wires(&compare, wire_paths, wires, &error))
		return error.text;
	for (size_t i = 0; i < matcher_events(compare.matcher); i++) {
		if (compare_event(&compare, i, &event))
			return "no memory";
		snprintf(verdicts + strlen(verdicts), sizeof(verdicts) - strlen(verdicts),
			 "%s: %s\n", verdict_name(event.result.verdict),
			 strbuf_string(&compare.because));
	}
	return verdicts;
}

static void end(void)
{
	compare_free(&compare);
	for (size_t i = 0; i < 3; i++) {
		if (paths[i][0])
			unlink(paths[i]);
		paths[i][0] = '\0';
	}
}

TEST(frames_out_of_order_have_the_verdicts_of_the_sorted_file)
{
	MAKE(0, { .time = 31 * MS, .number = 1, .again = true, .comment = RETRANSMIT });
	MAKE(1, { .time = 10 * MS, .number = 1 }, { .time = 31 * MS, .number = 1, .again = true },
	     { .time = 20 * MS, .number = 1, .is_ack = true });
	CHECK(strstr(compare_with(1), "spurious: acknowledged in frame 3 of"));
	CHECK_STR(strbuf_string(&compare.notes), "");
	end();
}

/* Writes the copy; returns the number in it of the first packet that is not a frame of the wire. */
static size_t write_copy(void)
{
	char path[80];
	struct compare_written written;
	struct input *input;
	struct pcapng_reader *reader;
	struct pcapng_item item;
	size_t own = 0;

	snprintf(path, sizeof(path), "%s.out", paths[1]);
	if (compare_write(&compare, path, &written, &error))
		return 0;
	input = input_open(path, &error);
	reader = pcapng_reader_new(input_source(input));
	while (pcapng_reader_next(reader, &item) > 0) {
		if (item.type == PCAPNG_PACKET && item.interface->id && !own)
			own = item.frame;
	}
	pcapng_reader_free(reader);
	input_close(input);
	unlink(path);
	return own;
}

TEST(an_event_follows_the_frame_that_its_verdict_rests_on_although_that_comes_late)
{
	MAKE(0, { .time = 31 * MS, .number = 1, .again = true, .comment = DROP },
	     { .time = 31 * MS + 9, .number = 1, .again = true, .comment = RETRANSMIT });
	MAKE(1, { .time = 10 * MS, .number = 1 }, { .time = 31 * MS, .number = 1, .again = true },
	     { .time = 40 * MS, .number = 2 }, { .time = 20 * MS, .number = 1, .is_ack = true },
	     { .time = 50 * MS, .number = 3 });
	CHECK(strstr(compare_with(1), "spurious: acknowledged in frame 4 of"));
	CHECK(write_copy() == 5);
	end();
}

TEST(frames_that_are_a_second_late_are_put_into_their_place)
{
	MAKE(0, { .time = 1000 * MS, .number = 1, .again = true, .comment = RETRANSMIT });
	MAKE(1, { .time = 2 * MS, .number = 1 }, { .time = 1000 * MS, .number = 1, .again = true },
	     { .time = 1005 * MS, .number = 2 },
	     { .time = 5 * MS + 1, .number = 1, .is_ack = true });
	CHECK(strstr(compare_with(1), "spurious: acknowledged in frame 4 of"));
	end();
}

/* The ACK comes after hundreds of later frames. */
TEST(frame_after_many_later_ones_is_put_into_its_place)
{
	static struct made frames[1000];

	MAKE(0, { .time = 900 * MS, .number = 1, .again = true, .comment = RETRANSMIT });
	frames[0] = (struct made){ .time = 2 * MS, .number = 1 };
	frames[998] = (struct made){ .time = 5 * MS, .number = 1, .is_ack = true };
	frames[999] = (struct made){ .time = 900 * MS, .number = 1, .again = true };
	for (uint32_t i = 1; i < 998; i++)
		frames[i] = (struct made){ .time = 10 * MS + 100000 * i, .number = 10 + i };
	make_file(1, frames, 1000);
	CHECK(strstr(compare_with(1), "spurious: acknowledged in frame 999 of"));
	end();
}

TEST(frames_that_come_later_are_missing_and_counted)
{
	MAKE(0, { .time = 1000 * MS, .number = 1, .again = true, .comment = RETRANSMIT },
	     { .time = 500 * MS, .number = 7, .comment = DROP });
	MAKE(1, { .time = 10 * MS, .number = 1 }, { .time = 100 * MS, .number = 3 },
	     { .time = 1000 * MS, .number = 1, .again = true }, { .time = 2500 * MS, .number = 2 },
	     { .time = 50 * MS, .number = 1, .is_ack = true });
	CHECK(strstr(compare_with(1), "but 1 of its packets come too late after later ones"));
	CHECK(strstr(strbuf_string(&compare.notes), ": 1 of 5 frames come more than a second"));
	CHECK(strstr(strbuf_string(&compare.notes), "reordercap"));
	end();
}

/* The second wire begins so long after the last frame of the first one; its clock is ahead. */
static const char *compare_parts(int64_t gap, int64_t ahead)
{
	int64_t start = 20 * MS + gap;

	MAKE(0, { .time = 5 * MS, .number = 8, .comment = DROP },
	     { .time = start + 11 * MS, .number = 1, .again = true, .comment = RETRANSMIT });
	MAKE(1, { .time = 5 * MS, .number = 8 }, { .time = 10 * MS, .number = 1 },
	     { .time = 20 * MS, .number = 1, .is_ack = true });
	MAKE(2, { .time = start + ahead, .number = 3 },
	     { .time = start + 11 * MS + ahead, .number = 1, .again = true });
	return compare_with(2);
}

TEST(file_of_a_rotated_capture_continues_the_one_before_it)
{
	CHECK(strstr(compare_parts(1 * MS, 0), "spurious: acknowledged in frame 3 of"));
	CHECK(compare.wires[1].continues && !compare.wires[1].takes_offset);
	end();
	CHECK(strstr(compare_parts(60000 * MS, 0), "spurious: acknowledged in frame 3 of"));
	end();
}

/* The second wire has several samples of its clock, which is ahead. */
static void check_clocks(int64_t gap, int64_t ahead, bool are_one)
{
	int64_t start = 20 * MS + gap;

	MAKE(0, { .time = 5 * MS, .number = 8, .comment = DROP },
	     { .time = start + 11 * MS, .number = 11, .again = true, .comment = RETRANSMIT },
	     { .time = start + 12 * MS, .number = 12, .again = true, .comment = RETRANSMIT },
	     { .time = start + 13 * MS, .number = 13, .again = true, .comment = RETRANSMIT });
	MAKE(1, { .time = 5 * MS, .number = 8 }, { .time = 20 * MS, .number = 1 });
	MAKE(2, { .time = start + ahead, .number = 3 },
	     { .time = start + 11 * MS + ahead, .number = 11, .again = true },
	     { .time = start + 12 * MS + ahead, .number = 12, .again = true },
	     { .time = start + 13 * MS + ahead, .number = 13, .again = true });
	compare_with(2);
	CHECK(llabs(compare.wires[1].offset.ns - ahead) < MS / 10);
	CHECK(compare.wires[1].continues == are_one);
	end();
}

/* 10 ms, and what a drift of 500 ppm makes of the time between them. */
TEST(clocks_that_differ_by_a_drift_are_one)
{
	check_clocks(1 * MS, 9 * MS, true);
	check_clocks(1 * MS, 11 * MS, false);
	check_clocks(30000 * MS, 24 * MS, true);
	check_clocks(30000 * MS, 26 * MS, false);
}

TEST(capture_that_begins_elsewhere_or_by_another_clock_continues_none)
{
	CHECK(!strstr(compare_parts(60000 * MS + 1, 0), "spurious"));
	CHECK(!compare.wires[1].continues);
	end();
	compare_parts(-1, 0); /* it begins before the end of the first one */
	CHECK(!compare.wires[1].continues);
	end();
	compare_parts(1 * MS, 3600000 * MS);
	CHECK(!compare.wires[1].continues);
	end();
}

TEST(part_of_another_link_type_continues_none)
{
	MAKE(0, { .time = 5 * MS, .number = 8, .comment = DROP });
	MAKE(1, { .time = 5 * MS, .number = 8 });
	link_type = 101; /* raw IP */
	MAKE(2, { .time = 6 * MS, .number = 9 });
	link_type = PCAPNG_LINKTYPE_ETHERNET;
	compare_with(2);
	CHECK(!compare.wires[1].continues);
	compare_free(&compare);
	other_link_type = 101;
	MAKE(2, { .time = 6 * MS, .number = 9 });
	other_link_type = 0;
	compare_with(2);
	CHECK(!compare.wires[1].continues);
	end();
}

/* A capture counts its losses at packets, in all, or both: the larger number is true. */
TEST(losses_at_packets_are_missing_packets)
{
	MAKE(0, { .time = 50 * MS, .number = 8, .comment = DROP });
	MAKE(1, { .time = 10 * MS, .number = 1 }, { .time = 60 * MS, .number = 2, .lost = 3 },
	     { .time = 70 * MS, .number = 3, .lost = 4 });
	CHECK(strstr(compare_with(1), "but 7 of its packets were lost"));
	end();
}

TEST(part_without_a_match_takes_the_clock_of_its_neighbour)
{
	const int64_t hour = 3600000 * MS;

	MAKE(0, { .time = 30 * MS, .number = 8, .comment = DROP });
	MAKE(1, { .time = 10 * MS + hour, .number = 1 });
	MAKE(2, { .time = 20 * MS + hour, .number = 3 }, { .time = 30 * MS + hour, .number = 8 });
	CHECK(strstr(compare_with(2), "dropped-after-wire: frame 2 of"));
	CHECK(compare.wires[0].takes_offset && llabs(compare.wires[0].offset.ns - hour) < 1 * MS);
	end();
	MAKE(0, { .time = 10 * MS, .number = 1, .comment = DROP });
	MAKE(1, { .time = 10 * MS + hour, .number = 1 });
	MAKE(2, { .time = 20 * MS + hour, .number = 3 });
	CHECK(strstr(compare_with(2), "dropped-after-wire: frame 1 of"));
	CHECK(compare.wires[1].takes_offset && llabs(compare.wires[1].offset.ns - hour) < 1 * MS);
	end();
}

TEST(unsorted_part_of_a_rotated_capture_is_put_into_order)
{
	MAKE(0, { .time = 61 * MS, .number = 1, .again = true, .comment = RETRANSMIT });
	MAKE(1, { .time = 10 * MS, .number = 1 }, { .time = 20 * MS, .number = 5 });
	MAKE(2, { .time = 61 * MS, .number = 1, .again = true },
	     { .time = 40 * MS, .number = 1, .is_ack = true });
	CHECK(strstr(compare_with(2), "spurious: acknowledged in frame 2 of"));
	CHECK(compare.wires[1].continues);
	end();
}
