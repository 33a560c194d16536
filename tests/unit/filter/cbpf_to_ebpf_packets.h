/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CBPF_TO_EBPF_PACKETS_H
#define CBPF_TO_EBPF_PACKETS_H

/*
 * Frames of all kinds for the test of filters: those of samples/, and generated ones, the same in
 * each run. There are few addresses and ports, so that expressions match some frames.
 */

#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "filter/cbpf_to_ebpf.h"
#include "event/packet.h"
#include "pcapng/reader.h"

#define FRAME_COUNT 10000

/* An element of a map, so that a BPF program can read it too. */
struct test_frame {
	uint8_t bytes[(EBPF_FILTER_FRAME_MAX + 7) / 8 * 8];
	uint32_t caplen;
	uint32_t len;
	uint64_t verdict;
};

static inline uint32_t draw(uint32_t below)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

static inline uint16_t draw_port(void)
{
	static const uint16_t ports[] = { 0,	80,    443,   22,    53,    1023,
					  1024, 40000, 40005, 65535, 54930, 7045 };

	return draw(8) ? ports[draw(sizeof(ports) / sizeof(ports[0]))] : (uint16_t)draw(65536);
}

static inline void put_random(uint8_t *at, uint32_t length)
{
	while (length--)
		*at++ = (uint8_t)draw(256);
}

static inline void put_ipv4_address(uint8_t *at)
{
	static const uint8_t addresses[][4] = {
		{ 10, 0, 0, 1 },   { 10, 0, 0, 2 },    { 10, 99, 0, 1 },       { 10, 99, 0, 2 },
		{ 10, 1, 3, 21 },  { 192, 168, 1, 7 }, { 255, 255, 255, 255 }, { 224, 0, 0, 5 },
		{ 172, 16, 0, 9 }, { 10, 7, 1, 1 },
	};

	memcpy(at, addresses[draw(sizeof(addresses) / sizeof(addresses[0]))], 4);
	if (!draw(8))
		put_random(at, 4);
}

static inline void put_ipv6_address(uint8_t *at)
{
	static const uint8_t addresses[][16] = {
		{ 0xfd, 0x99, [15] = 1 },
		{ 0xfd, 0x99, [15] = 2 },
		{ 0x20, 0x01, 0x0d, 0xb8, [15] = 7 },
		{ 0x20, 0x01, 0x0d, 0xb8, 0x80, [15] = 7 },
		{ 0xff, 0x02, [15] = 1 },
	};

	memcpy(at, addresses[draw(sizeof(addresses) / sizeof(addresses[0]))], 16);
	if (!draw(8))
		put_random(at, 16);
}

/* Each function returns the end of what it wrote. */
static inline uint8_t *put_ethernet(uint8_t *at, uint16_t type)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0x99, 1 };

	if (draw(2)) { /* else zeros, as in a packet without a MAC header */
		memcpy(at, mac, 6);
		memcpy(at + 6, mac, 6);
		at[draw(2) ? 5 : 11] = (uint8_t)draw(4);
		if (!draw(8))
			memset(at, 0xff, 6);
	}
	at += 12;
	for (uint32_t tags = draw(20) ? 0 : 1 + draw(2); tags; tags--) {
		packet_put16(at, 0x8100);
		packet_put16(at + 2, (uint16_t)(7 + draw(2)));
		at += 4;
	}
	packet_put16(at, type);
	return at + 2;
}

static inline uint8_t *put_ipv4_header(uint8_t *at, uint8_t protocol)
{
	uint32_t words = draw(4) ? 5 : 5 + draw(11);

	put_random(at, words * 4);
	at[0] = (uint8_t)(0x40 | words);
	packet_put16(at + 2, draw(8) ? (uint16_t)(40 + draw(1500)) : 0);
	packet_put16(at + 6, draw(8) ? 0x4000 : (uint16_t)draw(65536));
	at[8] = draw(3) ? 64 : (uint8_t)draw(256);
	at[9] = protocol;
	put_ipv4_address(at + 12);
	put_ipv4_address(at + 16);
	return at + words * 4;
}

static inline uint8_t *put_ipv6_header(uint8_t *at, uint8_t protocol)
{
	static const uint8_t extensions[] = { 0, 43, 44, 60, 51 };
	uint8_t *next = at + 6;

	at[0] = (uint8_t)(0x60 | (draw(4) ? 0 : draw(16)));
	packet_put16(at + 4, draw(8) ? (uint16_t)(20 + draw(1500)) : 0);
	at[7] = draw(3) ? 64 : (uint8_t)draw(256);
	put_ipv6_address(at + 8);
	put_ipv6_address(at + 24);
	at += 40;
	for (uint32_t count = draw(4) ? 0 : 1 + draw(2); count; count--) {
		*next = extensions[draw(sizeof(extensions))];
		next = at;
		at[2] = draw(2) ? 0 : (uint8_t)draw(256); /* the offset of a fragment */
		at += 8;
	}
	*next = protocol;
	return at;
}

static inline uint8_t *put_tcp_header(uint8_t *at)
{
	static const uint8_t flags[] = { 2, 18, 16, 24, 4, 20, 17, 1, 0xc2 };
	uint32_t words = draw(3) ? 5 + draw(6) : draw(16);

	put_random(at, 60);
	packet_put16(at, draw_port());
	packet_put16(at + 2, draw_port());
	if (!draw(4))
		memset(at + 4, 0, draw(2) ? 4 : 8);
	at[12] = (uint8_t)(words << 4);
	at[13] = draw(8) ? flags[draw(sizeof(flags))] : (uint8_t)draw(256);
	memcpy(at + 20, (uint8_t[4]){ 2, 4, 5, 0xb4 }, draw(2) * 4);
	return at + (words < 5 ? 20 : words * 4);
}

static inline void generate_frame(struct test_frame *frame)
{
	static const uint8_t others[] = { 17, 1, 58, 47, 132, 50, 2 };
	static const uint32_t lengths[] = { 0, 1, 2, 1400, 70000 };
	uint8_t protocol = draw(8) ? 6 : others[draw(sizeof(others))], bytes[512] = { 0 }, *at;
	uint32_t kind = draw(20), length;

	if (kind == 0) { /* random bytes */
		put_random(bytes, 300);
		at = bytes + draw(300);
	} else if (kind < 12) {
		at = put_tcp_header(put_ipv4_header(put_ethernet(bytes, 0x0800), protocol));
	} else {
		at = put_tcp_header(put_ipv6_header(put_ethernet(bytes, 0x86dd), protocol));
	}
	length = (uint32_t)(at - bytes);
	frame->len = length + lengths[draw(sizeof(lengths) / sizeof(lengths[0]))];
	if (!draw(8))
		length = draw(length + 1); /* truncated anywhere */
	frame->caplen = length < EBPF_FILTER_FRAME_MAX ? length : EBPF_FILTER_FRAME_MAX;
	memcpy(frame->bytes, bytes, EBPF_FILTER_FRAME_MAX); /* bytes after caplen are not zero */
}

/* Returns the number of frames from the file. */
static inline uint32_t read_frames(const char *path, struct test_frame *frames, uint32_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(fd));
	struct pcapng_item item;
	uint32_t count = 0;

	while (reader && count < room && pcapng_reader_next(reader, &item) == 1) {
		struct test_frame *frame = &frames[count];

		if (item.type != PCAPNG_PACKET || item.caplen > EBPF_FILTER_FRAME_MAX)
			continue;
		memcpy(frame->bytes, item.data, item.caplen);
		frame->caplen = item.caplen;
		frame->len = item.len;
		count++;
	}
	pcapng_reader_free(reader);
	close(fd);
	return count;
}

/* Fills FRAME_COUNT frames, which are zero. Returns the number of frames from samples/. */
static inline uint32_t make_frames(struct test_frame *frames)
{
	glob_t found = { 0 };
	uint32_t count = 0, sampled;

	if (!glob("samples/*.pcapng", 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			count += read_frames(found.gl_pathv[i], frames + count,
					     FRAME_COUNT - count);
	}
	globfree(&found);
	sampled = count;
	while (count < FRAME_COUNT)
		generate_frame(&frames[count++]);
	return sampled;
}

#endif
