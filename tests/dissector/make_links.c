// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes the file that links_test.sh reads with tshark: drops and retransmissions below each kind of
 * headers that may precede TCP.
 *
 *   make_links          write the pcapng file to standard output
 *   make_links cases    print "FRAME FORM NAME" of every packet in the file
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pcapng/pcapng.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The headers before TCP, outermost first. */
static const struct form {
	const char *name;
	bool raw; /* no Ethernet header */
	unsigned char tags;
	unsigned char version;
	bool extended; /* options of IPv4 and TCP, extension headers of IPv6 */
} forms[] = {
	{ "ipv4", false, 0, 4, false },	     { "ipv4_options", false, 0, 4, true },
	{ "ipv6", false, 0, 6, false },	     { "ipv6_extended", false, 0, 6, true },
	{ "vlan_ipv4", false, 1, 4, false }, { "vlan_ipv6", false, 1, 6, false },
	{ "qinq_ipv6", false, 2, 6, true },  { "raw_ipv4", true, 0, 4, false },
	{ "raw_ipv6", true, 0, 6, false },   { "raw_ipv6_extended", true, 0, 6, true },
};

enum {
	FIN = 0x01,
	SYN = 0x02,
	ACK = 0x10,
};

#define DROP  "tcpdropcap/1 event=drop"
#define AGAIN "tcpdropcap/1 event=retransmit kind=rto"

/* The numbers wrap between the drop and its retransmission, which begins two bytes later. */
#define SEQ(n) (0xfffffffeU + (n))

static const struct segment {
	const char *name;
	const char *comment;
	unsigned char port, host; /* added to the client's port, and to the server's address */
	bool other_way;
	uint32_t seq;
	unsigned char length, flags;
} segments[] = {
	{ "drop", DROP, 0, 0, false, SEQ(0), 4, ACK },
	{ "other_port", AGAIN, 1, 0, false, SEQ(0), 4, ACK },
	{ "other_host", AGAIN, 0, 1, false, SEQ(0), 4, ACK },
	{ "other_way", AGAIN, 0, 0, true, SEQ(0), 4, ACK },
	{ "before_it", AGAIN, 0, 0, false, SEQ(-4), 4, ACK },
	{ "after_it", AGAIN, 0, 0, false, SEQ(4), 4, ACK },
	{ "ack_drop", DROP, 0, 0, false, SEQ(40), 0, ACK },
	{ "ack_again", AGAIN, 0, 0, false, SEQ(40), 4, ACK },
	{ "again", AGAIN, 0, 0, false, SEQ(2), 4, ACK },
	{ "fin_drop", DROP, 0, 0, false, SEQ(60), 0, FIN | ACK },
	{ "fin_again", AGAIN, 0, 0, false, SEQ(60), 0, FIN | ACK },
	{ "syn_drop", DROP, 9, 0, false, SEQ(80), 0, SYN },
	{ "syn_again", AGAIN, 9, 0, false, SEQ(80), 0, SYN },
};

struct bytes {
	unsigned char data[256];
	size_t length;
};

static void put(struct bytes *bytes, const void *data, size_t length)
{
	memcpy(bytes->data + bytes->length, data, length);
	bytes->length += length;
}

static void put8(struct bytes *bytes, unsigned int value)
{
	bytes->data[bytes->length++] = (unsigned char)value;
}

static void put16(struct bytes *bytes, unsigned int value)
{
	put8(bytes, value >> 8);
	put8(bytes, value);
}

static void put32(struct bytes *bytes, uint32_t value)
{
	put16(bytes, value >> 16);
	put16(bytes, value & 0xffff);
}

static void put_ethernet(struct bytes *bytes, const struct form *form)
{
	static const unsigned char addresses[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };

	put(bytes, addresses, sizeof(addresses));
	for (unsigned int tag = form->tags; tag > 0; tag--) {
		put16(bytes, tag == 2 ? 0x88a8 : 0x8100);
		put16(bytes, 100 + tag);
	}
	put16(bytes, form->version == 4 ? 0x0800 : 0x86dd);
}

static void put_ipv4(struct bytes *bytes, const struct form *form, const struct segment *segment,
		     size_t payload)
{
	unsigned int header = form->extended ? 24 : 20;
	unsigned char addresses[] = { 192, 0, 2, 1, 192, 0, 2, (unsigned char)(2 + segment->host) };

	put16(bytes, 0x4000 | header / 4 << 8);
	put16(bytes, (unsigned int)(header + payload));
	put32(bytes, 1 << 16 | 0x4000); /* don't fragment */
	put32(bytes, 64 << 24 | 6 << 16);
	put(bytes, addresses + (segment->other_way ? 4 : 0), 4);
	put(bytes, addresses + (segment->other_way ? 0 : 4), 4);
	if (form->extended)
		put32(bytes, 0x01010101); /* four no-operation options */
}

/*
 * Extension headers. Their contents are not a valid header if they are taken for one: options of a
 * type for experiments (RFC 4727), and a routing header of such a type.
 */
static const unsigned char hop_by_hop[8] = { 60, 0, 0x1e, 4, 255, 255, 255, 255 };
static const unsigned char destination[16] = { 43,  1,	 0x1e, 12,  255, 255, 255, 255,
					       255, 255, 255,  255, 255, 255, 255, 255 };
static const unsigned char routing[8] = { 51, 0, 253, 0, 0, 0, 0, 0 };
static const unsigned char authentication[24] = { 44, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 };
static const unsigned char fragment[8] = { 6 }; /* of a packet with one fragment */

static void put_ipv6(struct bytes *bytes, const struct form *form, const struct segment *segment,
		     size_t payload)
{
	const size_t extended = sizeof(hop_by_hop) + sizeof(destination) + sizeof(routing) +
				sizeof(authentication) + sizeof(fragment);
	unsigned char client[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 };
	unsigned char server[16] = { 0x20, 1, 0x0d,
				     0xb8, [15] = (unsigned char)(2 + segment->host) };

	put32(bytes, 0x60000000);
	put16(bytes, (unsigned int)(payload + (form->extended ? extended : 0)));
	put16(bytes, form->extended ? 64 : 6 << 8 | 64);
	put(bytes, segment->other_way ? server : client, 16);
	put(bytes, segment->other_way ? client : server, 16);
	if (!form->extended)
		return;
	put(bytes, hop_by_hop, sizeof(hop_by_hop));
	put(bytes, destination, sizeof(destination));
	put(bytes, routing, sizeof(routing));
	put(bytes, authentication, sizeof(authentication));
	put(bytes, fragment, sizeof(fragment));
}

static void put_tcp(struct bytes *bytes, const struct form *form, const struct segment *segment)
{
	unsigned int client = (unsigned int)(40000 + 16 * (form - forms) + segment->port);
	unsigned int header = form->extended ? 32 : 20;

	put16(bytes, segment->other_way ? 80 : client);
	put16(bytes, segment->other_way ? client : 80);
	put32(bytes, segment->seq);
	put32(bytes, 1);
	put16(bytes, header / 4 << 12 | segment->flags);
	put16(bytes, 256);
	put32(bytes, 0);
	for (unsigned int at = 20; at < header; at += 4)
		put32(bytes, 0x01010101);
}

/* Like a capture has it: cut after the TCP header, with the true length. */
static int write_segment(struct pcapng_writer *writer, uint32_t interface_id,
			 const struct form *form, const struct segment *segment)
{
	const struct pcapng_option comment = { PCAPNG_OPT_COMMENT,
					       (uint16_t)strlen(segment->comment), segment->comment,
					       0 };
	struct bytes bytes = { .length = 0 };
	size_t payload = (form->extended ? 32 : 20) + segment->length;

	if (!form->raw)
		put_ethernet(&bytes, form);
	if (form->version == 4)
		put_ipv4(&bytes, form, segment, payload);
	else
		put_ipv6(&bytes, form, segment, payload);
	put_tcp(&bytes, form, segment);

	struct pcapng_packet packet = {
		.interface_id = interface_id,
		.timestamp = 1700000000000000000ULL,
		.caplen = (uint32_t)bytes.length,
		.len = (uint32_t)bytes.length + segment->length,
		.data = bytes.data,
		.options = { &comment, 1 },
	};
	return pcapng_writer_add_packet(writer, &packet);
}

static int write_file(void)
{
	static const uint8_t nanoseconds = 9;
	const struct pcapng_option tsresol = { PCAPNG_IF_TSRESOL, 1, &nanoseconds, 0 };
	const struct pcapng_options none = { NULL, 0 }, interface = { &tsresol, 1 };
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(STDOUT_FILENO));
	uint32_t ethernet = 0, raw = 0;
	int err;

	if (!writer)
		return 1;
	err = pcapng_writer_add_section(writer, none);
	if (!err)
		err = pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 262144,
						  interface, &ethernet);
	if (!err)
		err = pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_RAW, 262144, interface,
						  &raw);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		for (size_t j = 0; !err && j < ARRAY_SIZE(segments); j++)
			err = write_segment(writer, forms[i].raw ? raw : ethernet, &forms[i],
					    &segments[j]);
	}
	return pcapng_writer_free(writer) || err ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return write_file();
	if (argc != 2 || strcmp(argv[1], "cases") != 0) {
		fputs("usage: make_links [cases]\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(segments); j++)
			printf("%zu %s %s\n", i * ARRAY_SIZE(segments) + j + 1, forms[i].name,
			       segments[j].name);
	}
	return 0;
}
