// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes the file that dissector_test.sh reads with tshark: one packet for each case of an
 * annotation.
 *
 *   make_annotated 1|2      write the pcapng file to standard output, annotations in this schema
 *   make_annotated keys     print "NAME TYPE" of every key of capture/report/keys.h
 *   make_annotated groups   print "NAME TITLE" of every key: the title of its group
 *   make_annotated cases    print "FRAME NAME" of every packet in the file
 *   make_annotated bench N  write N packets like those of a capture, each with a stack of 16 frames
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/keys.h"
#include "annotated_cases.h"
#include "pcapng/pcapng.h"

enum {
	BENCH_LINE = 260
};

/* The schema of the annotations in the file. */
static unsigned int schema;

/*
 * The packets of the links: a flow, a sequence number and a payload length. All others are equal.
 */
static const struct segment {
	const char *name;
	unsigned char port, seq, length;
} segments[] = {
	{ "link_drop", 1, 10, 4 },	{ "link_other_flow", 2, 10, 4 },
	{ "link_other_seq", 1, 14, 4 }, { "link_ack_alone", 1, 40, 0 },
	{ "link_again", 1, 8, 4 },	{ "link_once_more", 1, 10, 4 },
	{ "link_no_ack", 1, 40, 4 },
};

static void make_segment(unsigned char *bytes, const char *name)
{
	if (strcmp(name, "late_fin") == 0)
		bytes[47] |= 0x01;
	if (strcmp(name, "late_rst") == 0)
		bytes[47] |= 0x04;
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		if (strcmp(segments[i].name, name) != 0)
			continue;
		bytes[17] = (unsigned char)(40 + segments[i].length);
		bytes[35] = segments[i].port;
		bytes[41] = segments[i].seq;
	}
}

/* Ethernet, IPv4, TCP without payload: 192.0.2.1:40000 > 192.0.2.2:80 ACK. */
static const unsigned char plain_ack[] = {
	0x02, 0,  0,	0, 0,  2, 0x02, 0, 0,	0, 0,	 1,    0x08, 0x00, 0x45, 0, 0,	  40,
	0,    1,  0x40, 0, 64, 6, 0,	0, 192, 0, 2,	 1,    192,  0,	   2,	 2, 0x9c, 0x40,
	0,    80, 0,	0, 0,  1, 0,	0, 0,	1, 0x50, 0x10, 1,    0,	   0,	 0, 0,	  0,
};

static int write_packet(struct pcapng_writer *writer, size_t index, const unsigned char *bytes,
			const char *const *comments)
{
	struct pcapng_option list[MAX_COMMENTS];
	struct pcapng_packet packet = {
		.timestamp = 1700000000000000000ULL + index * 1000000,
		.caplen = sizeof(plain_ack),
		.len = sizeof(plain_ack),
		.data = bytes,
		.options = { .list = list },
	};

	for (size_t i = 0; i < MAX_COMMENTS && comments[i]; i++) {
		list[i].code = PCAPNG_OPT_COMMENT;
		list[i].length = (uint16_t)strlen(comments[i]);
		list[i].value = comments[i];
		packet.options.count = i + 1;
	}
	return pcapng_writer_add_packet(writer, &packet);
}

/*
 * Converts a comment of schema 1 to the schema of the file; copies any other comment. The caller
 * frees it.
 */
static char *in_schema(const char *comment)
{
	size_t frames = 0;
	char *text;

	for (const char *line = comment; (line = strchr(line, '\n')); line++)
		frames++;
	if (schema == 1 || (comment[0] == 's' && !frames) ||
	    (strncmp(comment, "tcpdropcap/1", 12) != 0 && strncmp(comment, "stack ", 6) != 0) ||
	    comment[12] == '.')
		return strdup(comment);
	if (comment[0] == 't')
		return asprintf(&text, "tcpdropcap/2 Event:%s", comment + 12) < 0 ? NULL : text;
	comment += 6;
	return asprintf(&text, "tcpdropcap/2 Stack %.*s, frames 1-%zu of %zu:%s",
			(int)strcspn(comment, "\n"), comment, frames, frames,
			strchr(comment, '\n')) < 0
		       ? NULL
		       : text;
}

static int write_case(struct pcapng_writer *writer, size_t index, const unsigned char *bytes)
{
	char *comments[MAX_COMMENTS] = { NULL };
	int err;

	for (size_t i = 0; i < MAX_COMMENTS && annotated_packets[index].comments[i]; i++)
		comments[i] = in_schema(annotated_packets[index].comments[i]);
	err = write_packet(writer, index, bytes, (const char *const *)comments);
	for (size_t i = 0; i < MAX_COMMENTS; i++)
		free(comments[i]);
	return err;
}

static int write_cases(struct pcapng_writer *writer)
{
	int err = 0;

	annotated_fill(schema);
	for (size_t i = 0; !err && i < annotated_count; i++) {
		unsigned char bytes[sizeof(plain_ack)];

		memcpy(bytes, plain_ack, sizeof(bytes));
		make_segment(bytes, annotated_packets[i].name);
		err = write_case(writer, i, bytes);
	}
	return err;
}

/* The comments of one packet, like those of a capture. */
static void format_bench(char lines[MAX_COMMENTS][BENCH_LINE], size_t i)
{
	static const char *const stack[] = {
		"1-6 of 16:\n  nft_do_chain+0x3b8 [nf_tables]\n"
		"  nft_do_chain_inet+0x43 [nf_tables]\n  nf_hook_slow+0x43\n"
		"  ip_local_deliver+0xd5\n  __netif_receive_skb_one_core+0x8d\n"
		"  process_backlog+0x83",
		"7-14 of 16:\n  __napi_poll+0x31\n  net_rx_action+0x13b\n"
		"  handle_softirqs+0xcd\n  do_softirq.part.0+0x3b\n  __local_bh_enable_ip+0x64\n"
		"  __dev_queue_xmit+0x34c\n  ip_finish_output2+0x192\n  ip_output+0x5f",
		"15-16 of 16:\n  __ip_queue_xmit+0x16b\n  __tcp_transmit_skb+0xa10",
	};
	const char *event = i % 2 ? "Segment retransmitted: event=retransmit kind=rto"
				  : "Packet dropped: event=drop reason=NETFILTER_DROP "
				    "reason_code=12 at=nft_do_chain+0x3b8";

	snprintf(lines[0], BENCH_LINE,
		 "tcpdropcap/2 %s dir=in state=ESTABLISHED owner_pid=%zu owner=peer "
		 "owner_src=exact sock=rx_sk uid=0 cgroup=/system.slice/peer.service "
		 "netns=4026532591 ifindex=2",
		 event, 1000 + i % 7);
	snprintf(lines[1], BENCH_LINE,
		 "tcpdropcap/2 TCP state: ca_state=Open cwnd=%zu ssthresh=2147483647 srtt_us=%zu "
		 "rttvar_us=11 rto_us=204000 retransmits=0 packets_out=46 retrans_out=0 "
		 "lost_out=45 sacked_out=1 snd_wnd=1277952 rcv_wnd=65536 rmem=0",
		 10 + i % 100, i % 1000);
	snprintf(lines[2], BENCH_LINE,
		 "tcpdropcap/2 TCP state: rcvbuf=131072 wmem=68032 sndbuf=69120 backlog=1664 "
		 "bytes_acked=%zu bytes_received=0 total_retrans=1 cc=bbr cpu=1 cpu_pid=10118 "
		 "cpu_comm=peer hdr=wire stack=own stack_id=%zu",
		 i * 1448, 1 + i % 50);
	for (size_t part = 0; part < ARRAY_SIZE(stack); part++)
		snprintf(lines[3 + part], BENCH_LINE, "tcpdropcap/2 Stack %zu, frames %s",
			 1 + i % 50, stack[part]);
}

/* Every second packet is a drop, the next one its retransmission, with the same sequence number. */
static int write_bench(struct pcapng_writer *writer, size_t count)
{
	unsigned char bytes[sizeof(plain_ack)];
	char lines[MAX_COMMENTS][BENCH_LINE];
	const char *comments[MAX_COMMENTS];
	int err = 0;

	for (size_t i = 0; i < MAX_COMMENTS; i++)
		comments[i] = lines[i];
	memcpy(bytes, plain_ack, sizeof(bytes));
	bytes[47] |= 0x01; /* FIN: a sequence number that can be retransmitted */
	for (size_t i = 0; !err && i < count; i++) {
		bytes[34] = (unsigned char)(0x80 | (i >> 17));
		bytes[35] = (unsigned char)(i >> 9);
		bytes[40] = (unsigned char)(i >> 1);
		format_bench(lines, i);
		err = write_packet(writer, i, bytes, comments);
	}
	return err;
}

/* Writes the cases, or `bench` packets if that is not 0. */
static int write_file(size_t bench)
{
	static const uint8_t nanoseconds = 9;
	const struct pcapng_option tsresol = { PCAPNG_IF_TSRESOL, 1, &nanoseconds, 0 };
	const struct pcapng_options none = { NULL, 0 }, interface = { &tsresol, 1 };
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(STDOUT_FILENO));
	uint32_t interface_id;
	int err;

	if (!writer)
		return 1;
	err = pcapng_writer_add_section(writer, none);
	if (!err)
		err = pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 262144,
						  interface, &interface_id);
	if (!err)
		err = bench ? write_bench(writer, bench) : write_cases(writer);
	return pcapng_writer_free(writer) || err ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && (argv[1][0] == '1' || argv[1][0] == '2')) {
		schema = (unsigned int)(argv[1][0] - '0');
		return write_file(0);
	}
	if (argc == 3 && strcmp(argv[1], "bench") == 0)
		return write_file(strtoul(argv[2], NULL, 10));
	if (argc == 2 && strcmp(argv[1], "keys") == 0) {
#define KEY(id, type, group, unit, description) puts(#id " " #type);
		ANNOTATION_KEYS(KEY)
#undef KEY
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "groups") == 0) {
		static const char *const titles[] = {
#define GROUP(id, title) [GROUP_##id] = title,
			ANNOTATION_GROUPS(GROUP)
#undef GROUP
		};
#define KEY(id, type, group, unit, description) printf(#id " %s\n", titles[GROUP_##group]);
		ANNOTATION_KEYS(KEY)
#undef KEY
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "cases") == 0) {
		for (size_t i = 0; i < annotated_count; i++)
			printf("%zu %s\n", i + 1, annotated_packets[i].name);
		return 0;
	}
	fputs("usage: make_annotated 1 | 2 | keys | groups | cases | bench N\n", stderr);
	return 2;
}
