// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes files for a benchmark: WIRE, a pcap file of PACKETS packets with 128 bytes each; DROPS, a
 * pcapng file of EVENTS events about these packets.
 *
 *   make_wire PACKETS EVENTS WIRE DROPS [SHAPE]
 *
 * SHAPE: mixed (the default): 200 connections, every second event a retransmission of a segment
 * that is on the wire, the others drops of frames; unsorted: the same, but neighbours of the wire
 * are out of order; repeated: drops of one segment that is sent again and again; flood: drops of
 * SYNs, each from another client; sack: retransmissions in connections with segments at random
 * places of a window of 1 GiB, and each second frame acknowledges three such places (SACK).
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pcapng/pcapng.h"

#define CONNECTIONS 200
#define CAPLEN	    128
#define HEADERS	    66 /* Ethernet, IP, TCP with timestamps */
#define SACKS	    28 /* three SACK blocks */
#define DISORDER    64 /* a power of two: frames that are written in reverse */
#define PAYLOAD	    1448
#define START_S	    1700000000U

enum shape {
	MIXED,
	REPEATED,
	FLOOD,
	UNSORTED,
	SACK,
	SHAPES,
};

static const char *const shape_names[] = { "mixed", "repeated", "flood", "unsorted", "sack" };

static enum shape shape;

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static int is_mixed(void)
{
	return shape == MIXED || shape == UNSORTED;
}

/* A pseudo-random number that is the same for one i. */
static uint32_t scattered(uint32_t i)
{
	i = (i ^ i >> 16) * 0x7feb352dU;
	i = (i ^ i >> 15) * 0x846ca68bU;
	return i ^ i >> 16;
}

static uint32_t length_of(uint32_t i)
{
	if (shape == SACK)
		return HEADERS + (i % 2 ? SACKS : PAYLOAD);
	if (shape == FLOOD)
		return HEADERS;
	return HEADERS + (is_mixed() && i / CONNECTIONS % 2 ? 0 : PAYLOAD);
}

/* Makes a SYN of client i. */
static void make_syn(uint8_t *frame, uint32_t i)
{
	put32(frame + 26, 0x0b000000 + i / 60000);
	put16(frame + 34, 1000 + i % 60000);
	put32(frame + 38, i * 2654435761U);
	put32(frame + 42, 0);
	frame[47] = 2;
}

/* Makes of a packet of one connection a segment, or an acknowledgement with SACK blocks. */
static void make_sack(uint8_t *frame, uint32_t i)
{
	put16(frame + 18, i + 1);
	put16(frame + (i % 2 ? 36 : 34), 10000 + i / 2 % CONNECTIONS);
	if (i % 2 == 0) {
		put32(frame + 38, 1001 + scattered(i) % (1 << 30));
		return;
	}
	memcpy(frame + 26, "\x0a\0\0\2\x0a\0\0\1", 8);
	put16(frame + 34, 80);
	put32(frame + 38, 5001);
	put32(frame + 42, 1001);
	frame[46] = 0xf0;
	memcpy(frame + HEADERS, "\1\1\5\x1a", 4);
	for (uint32_t block = 0; block < 3; block++) {
		uint32_t place = 1001 + scattered(3 * i + block) % (1 << 30);

		put32(frame + HEADERS + 4 + 8 * block, place);
		put32(frame + HEADERS + 8 + 8 * block, place + PAYLOAD);
	}
}

/*
 * Makes packet i of the wire: data of connection i % CONNECTIONS, or in every second turn the
 * acknowledgement of that data.
 */
static void make_frame(uint8_t *frame, uint32_t packet)
{
	uint32_t i = is_mixed() ? packet : 0;
	uint32_t connection = i % CONNECTIONS, turn = i / CONNECTIONS;
	uint32_t done = (turn + 1) / 2 * PAYLOAD;

	memset(frame, 0, CAPLEN);
	memcpy(frame, "\2\0\0\0\0\1\2\0\0\0\0\2\x08", 13);
	frame[14] = 0x45;
	put16(frame + 16, length_of(packet) - 14);
	put16(frame + 18, turn + 1);
	memcpy(frame + 20, "\x40\0\x40\6", 4);
	memcpy(frame + 26, turn % 2 ? "\x0a\0\0\2\x0a\0\0\1" : "\x0a\0\0\1\x0a\0\0\2", 8);
	put16(frame + (turn % 2 ? 36 : 34), 10000 + connection);
	put16(frame + (turn % 2 ? 34 : 36), 80);
	put32(frame + 38, turn % 2 ? 5001 : 1001 + done);
	put32(frame + 42, turn % 2 ? 1001 + done : 5001);
	frame[46] = 0x80;
	frame[47] = 0x10;
	put16(frame + 48, 500);
	memcpy(frame + 54, "\1\1\x08\x0a", 4);
	put32(frame + 58, 1000 + i / 1000);
	put32(frame + 62, 1000 + i / 1000);
	if (shape == FLOOD)
		make_syn(frame, packet);
	if (shape == SACK)
		make_sack(frame, packet);
}

/* The packet that is frame at of the file. */
static uint32_t packet_at(uint32_t at, uint32_t packets)
{
	uint32_t other = at ^ (DISORDER - 1);

	return shape == UNSORTED && other < packets ? other : at;
}

static void write_wire(const char *path, uint32_t packets)
{
	const uint32_t head[] = { 0xa1b2c3d4, 4U << 16 | 2, 0, 0, 262144, 1 };
	FILE *file = fopen(path, "wb");
	uint8_t frame[CAPLEN];

	if (!file)
		exit(1);
	fwrite(head, sizeof(head), 1, file);
	for (uint32_t at = 0; at < packets; at++) {
		uint32_t i = packet_at(at, packets);
		uint32_t len = length_of(i), caplen = len < CAPLEN ? len : CAPLEN;
		uint32_t record[] = { START_S + i / 100000, i % 100000 * 10, caplen, len };

		make_frame(frame, i);
		fwrite(record, sizeof(record), 1, file);
		fwrite(frame, caplen, 1, file);
	}
	if (fclose(file))
		exit(1);
}

static int add_event(struct pcapng_writer *writer, uint32_t i, int drop)
{
	uint8_t frame[CAPLEN];
	const char *comment = drop ? "tcpdropcap/1 event=drop reason=NETFILTER_DROP dir=in hdr=wire"
				   : "tcpdropcap/1 event=retransmit kind=fast dir=out hdr=wire";
	struct pcapng_option option = { .code = PCAPNG_OPT_COMMENT,
					.length = (uint16_t)strlen(comment),
					.value = comment };
	struct pcapng_packet packet = {
		.timestamp = ((uint64_t)START_S * 1000000 + (uint64_t)i * 10 + 5) * 1000,
		.caplen = HEADERS,
		.len = length_of(i),
		.data = frame,
		.options = { &option, 1 },
	};

	make_frame(frame, i);
	if (!drop) { /* retransmitted later, with an IP ID that is not on the wire */
		packet.timestamp += 2000000;
		put16(frame + 18, 60000);
		put32(frame + 58, 1000 + i / 1000 + 2);
	}
	return pcapng_writer_add_packet(writer, &packet);
}

static void write_drops(const char *path, uint32_t packets, uint32_t events)
{
	const uint8_t nanoseconds = 9;
	struct pcapng_option option = { .code = PCAPNG_IF_TSRESOL,
					.length = 1,
					.value = &nanoseconds };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), err;
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(fd));
	uint32_t id, step = packets / events;

	if (fd < 0 || !writer)
		exit(1);
	err = pcapng_writer_add_section(writer, (struct pcapng_options){ 0 });
	if (!err)
		err = pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 262144,
						  (struct pcapng_options){ &option, 1 }, &id);
	for (uint32_t i = 0; !err && i < events; i++) {
		uint32_t at = i * step + i * 37 % step; /* all connections */

		if (is_mixed() && at / CONNECTIONS % 2) /* data, no acknowledgement */
			at -= CONNECTIONS;
		if (shape == SACK)
			at &= ~1U;
		err = add_event(writer, at, shape != SACK && (!is_mixed() || i % 4 < 2));
	}
	if (err || pcapng_writer_free(writer) || close(fd))
		exit(1);
}

int main(int argc, char **argv)
{
	uint32_t packets = argc >= 5 ? (uint32_t)atoi(argv[1]) : 0;
	uint32_t events = argc >= 5 ? (uint32_t)atoi(argv[2]) : 0;

	if (!events || packets < events || argc > 6)
		return 2;
	while (argc == 6 && shape < SHAPES && strcmp(argv[5], shape_names[shape]) != 0)
		shape++;
	if (shape == SHAPES)
		return 2;
	write_wire(argv[3], packets);
	write_drops(argv[4], packets, events);
	return 0;
}
