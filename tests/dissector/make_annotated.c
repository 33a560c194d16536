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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/keys.h"
#include "pcapng/pcapng.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define FRAMES_10 \
	"\n  a+0x1\n  b+0x2\n  c+0x3\n  d+0x4\n  e+0x5\n  f+0x6\n  g+0x7\n  h+0x8\n  i+0x9\n  j+0xa"

enum {
	MAX_COMMENTS = 6,
	COMMENT_LIMIT = 65535, /* bytes of an option */
	BENCH_LINE = 260
};

struct annotated_packet {
	const char *name;
	const char *comments[MAX_COMMENTS];
};

/* The schema of the annotations in the file; the table is in schema 1, except some of schema 2. */
static unsigned int schema;

/* Filled before use: every key with its own value, and as much text as an option can have. */
static char every_key[8192];
static char longest[COMMENT_LIMIT + 1];

static const struct annotated_packet packets[] = {
	{ "every_key", { every_key } },
	{ "longest", { longest } },

	{ "drop",
	  { "tcpdropcap/1 event=drop reason=NETFILTER_DROP reason_code=12 at=nft_do_chain+0x3b8 "
	    "dir=in state=ESTABLISHED owner_pid=812 owner=nginx owner_src=exact stack=own "
	    "stack_id=12",
	    "stack 12\n  nft_do_chain+0x3b8 [nf_tables]\n  nf_hook_slow+0x41\n  ip_rcv+0x8c" } },
	{ "drop_bare", { "tcpdropcap/1 event=drop" } },
	{ "drop_unnamed", { "tcpdropcap/1 event=drop reason_code=77 owner_pid=9" } },
	{ "drop_place", { "tcpdropcap/1 event=drop at=tcp_v4_rcv+0x10 owner=sshd" } },
	{ "retransmit",
	  { "tcpdropcap/1 event=retransmit kind=rto state=ESTABLISHED owner_pid=101 owner=curl "
	    "owner_src=listener bytes_acked=18446744073709551615 stack=none" } },
	{ "retransmit_failed",
	  { "tcpdropcap/1 event=retransmit kind=fast err=EHOSTUNREACH state=FIN_WAIT1" } },
	{ "synack", { "tcpdropcap/1 event=synack kind=synack state=NEW_SYN_RECV" } },
	{ "tlp", { "tcpdropcap/1 event=tlp kind=tlp state=ESTABLISHED" } },
	{ "reset_out", { "tcpdropcap/1 event=reset reason=NO_SOCKET dir=out" } },
	{ "reset_in", { "tcpdropcap/1 event=reset dir=in state=ESTABLISHED" } },
	{ "other_event", { "tcpdropcap/1 event=teleport state=LISTEN" } },
	{ "version_only", { "tcpdropcap/1" } },

	{ "sampled", { "tcpdropcap/1 event=drop stack=sampled stack_id=12" } },
	{ "sampled_unseen", { "tcpdropcap/1 event=drop stack=sampled stack_id=99" } },
	{ "own_again",
	  { "tcpdropcap/1 event=drop stack=own stack_id=12", "stack 12\n  after_rotation+0x1" } },
	{ "sampled_again", { "tcpdropcap/1 event=drop stack=sampled stack_id=12" } },
	{ "sampled_in_a_part",
	  { "tcpdropcap/1 event=drop stack=sampled stack_id=77", "stack 77\n  repeated+0x1" } },
	{ "sampled_after_it", { "tcpdropcap/1 event=drop stack=sampled stack_id=77" } },
	{ "own_deep",
	  { "tcpdropcap/1 event=drop stack=own stack_id=40",
	    "stack 40" FRAMES_10 FRAMES_10 FRAMES_10 FRAMES_10 "\n  last_frame+0xff" } },
	{ "own_after_note",
	  { "a note\nof two lines", "tcpdropcap/1 event=drop stack=own stack_id=3",
	    "stack 3\n  one_frame+0x0" } },
	{ "own_empty", { "tcpdropcap/1 event=drop stack=own stack_id=4", "stack 4" } },
	{ "stack_not_ours",
	  { "tcpdropcap/1 event=drop stack=none", "stack 12\n  forged_frame+0x1" } },
	{ "stack_other_id",
	  { "tcpdropcap/1 event=drop stack=own stack_id=5", "stack 6\n  other_frame+0x1" } },

	{ "link_drop", { "tcpdropcap/1 event=drop uid=50" } },
	{ "link_other_flow", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_other_seq", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_ack_alone", { "tcpdropcap/1 event=drop" } },
	{ "link_again", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_once_more", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_no_ack", { "tcpdropcap/1 event=retransmit kind=rto" } },

	{ "explained_chat", { "tcpdropcap/1 event=drop reason=TCP_OFOMERGE" } },
	{ "explained_error",
	  { "tcpdropcap/1 event=drop reason=NEIGH_FAILED reason_code=9 dir=out" } },
	{ "explained_reset", { "tcpdropcap/1 event=reset reason=TCP_ABORT_ON_DATA dir=out" } },
	{ "late_no_state", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in uid=60" } },
	{ "late_closed", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in state=TIME_WAIT" } },
	{ "late_fin", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in" } },
	{ "late_rst", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in" } },
	{ "late_hostile",
	  { "tcpdropcap/1 event=drop reason=NO_SOCKET owner=\"x dir=in state=CLOSE\" uid=61" } },

	{ "plain", { NULL } },
	{ "foreign", { "the client hangs here" } },
	{ "foreign_lines", { "look at this:\nowner=forged state=ESTABLISHED" } },
	{ "foreign_alike", { "tcpdropcap/one state=ESTABLISHED", "tcpdropcap/1.2 state=LISTEN" } },

	{ "value_space", { "tcpdropcap/1 event=drop owner=\"a state=ESTABLISHED\" uid=1" } },
	{ "value_newline", { "tcpdropcap/1 event=drop owner=\"a\\nstate=ESTABLISHED\" uid=2" } },
	{ "value_quote", { "tcpdropcap/1 event=drop owner=\"a\\\" state=ESTABLISHED\" uid=3" } },
	{ "value_backslash",
	  { "tcpdropcap/1 event=drop owner=\"a\\\\\" "
	    "cpu_comm=\"\\\\\\\" state=ESTABLISHED\" uid=4" } },
	{ "value_escape", { "tcpdropcap/1 event=drop owner=\"\\x1b[31mred\\x7f\\t\\r\" uid=5" } },
	{ "value_bytes", { "tcpdropcap/1 event=drop owner=\"\\xff\\xc3(\" uid=6" } },
	{ "value_nul", { "tcpdropcap/1 event=drop owner=\"a\\x00b\" uid=7" } },
	{ "value_utf8", { "tcpdropcap/1 event=drop owner=na\xc3\xafve uid=8" } },
	{ "value_utf8_escaped", { "tcpdropcap/1 event=drop owner=\"na\\xc3\\xafve\" uid=9" } },
	{ "value_percent", { "tcpdropcap/1 event=drop owner=%s%n%5d uid=15" } },
	{ "value_equals", { "tcpdropcap/1 event=drop cgroup=\"/a=b\" uid=10" } },
	{ "value_empty", { "tcpdropcap/1 event=drop owner=\"\" uid=11" } },
	{ "value_lead",
	  { "tcpdropcap/1 event=drop owner=\"tcpdropcap/1 state=ESTABLISHED\" uid=12" } },

	{ "unknown_keys", { "tcpdropcap/1 event=drop color=blue shape=\"a b\" uid=13" } },
	{ "newer", { "tcpdropcap/3 event=drop state=LISTEN future=\"x y\" uid=14" } },

	{ "malformed_unterminated", { "tcpdropcap/1 event=drop uid=20 owner=\"a state=LISTEN" } },
	{ "malformed_end", { "tcpdropcap/1 event=drop uid=21 owner=\"a\\" } },
	{ "malformed_escape", { "tcpdropcap/1 event=drop owner=\"a\\qb\" uid=22" } },
	{ "malformed_hex", { "tcpdropcap/1 event=drop owner=\"a\\x4 \" uid=23" } },
	{ "malformed_hex_case", { "tcpdropcap/1 event=drop owner=\"\\xFF\" uid=24" } },
	{ "malformed_token", { "tcpdropcap/1 event=drop nonsense uid=25" } },
	{ "malformed_no_key", { "tcpdropcap/1 event=drop =5 uid=26" } },
	{ "malformed_no_value", { "tcpdropcap/1 event=drop owner= uid=27" } },
	{ "malformed_number", { "tcpdropcap/1 event=drop owner_pid=12x uid=28" } },
	{ "malformed_negative", { "tcpdropcap/1 event=drop owner_pid=-1 uid=29" } },
	{ "malformed_overflow",
	  { "tcpdropcap/1 event=drop owner_pid=18446744073709551616 uid=30" } },
	{ "malformed_duplicate", { "tcpdropcap/1 event=drop state=LISTEN state=CLOSE uid=31" } },
	{ "malformed_duplicate_unknown", { "tcpdropcap/1 event=drop color=1 color=2 uid=32" } },
	{ "malformed_bare_quote", { "tcpdropcap/1 event=drop uid=33 owner=a\"b state=LISTEN\"" } },
	{ "malformed_after_quote",
	  { "tcpdropcap/1 event=drop uid=34 owner=\"a\"b state=LISTEN\"" } },
	{ "malformed_bare_backslash",
	  { "tcpdropcap/1 event=drop uid=35 owner=a\\b state=LISTEN" } },
	{ "malformed_bare_equals", { "tcpdropcap/1 event=drop uid=36 owner=a=b state=LISTEN" } },
	{ "malformed_control", { "tcpdropcap/1 event=drop uid=37 owner=a\x1b[31m state=LISTEN" } },
	{ "malformed_quoted_control",
	  { "tcpdropcap/1 event=drop uid=38 owner=\"a\x1b[31m\" state=LISTEN" } },
	{ "malformed_lines", { "tcpdropcap/1 event=drop uid=39\nstate=LISTEN" } },
	{ "malformed_no_title", { "tcpdropcap/2 event=drop state=LISTEN" } },
	{ "malformed_part", { "tcpdropcap/2 Event: event=drop cgroup[2]=a uid=200" } },
	{ "malformed_part_missing",
	  { "tcpdropcap/2 Event: event=drop uid=201", "tcpdropcap/2 Socket: cgroup[1/3]=a",
	    "tcpdropcap/2 Socket: cgroup[3/3]=c" } },
	{ "malformed_part_twice",
	  { "tcpdropcap/2 Event: event=drop uid=202", "tcpdropcap/2 Socket: cgroup[1/2]=a",
	    "tcpdropcap/2 Socket: cgroup[1/2]=a" } },
	{ "malformed_key_of_another",
	  { "tcpdropcap/2 Event: event=drop uid=203", "tcpdropcap/2 Socket: uid=204 cpu=9" } },
	{ "malformed_stack_missing",
	  { "tcpdropcap/2 Event: event=drop uid=205 stack=own stack_id=50",
	    "tcpdropcap/2 Stack 50, frames 1-2 of 4:\n  a+0x1\n  b+0x2" } },
	{ "malformed_stack_twice",
	  { "tcpdropcap/2 Event: event=drop uid=206 stack=own stack_id=50",
	    "tcpdropcap/2 Stack 50, frames 1-2 of 2:\n  a+0x1\n  b+0x2",
	    "tcpdropcap/2 Stack 50, frames 1-2 of 2:\n  a+0x1\n  b+0x2" } },
	{ "malformed_stack_short",
	  { "tcpdropcap/2 Event: event=drop uid=207 stack=own stack_id=50",
	    "tcpdropcap/2 Stack 50, frames 1-3 of 3:\n  a+0x1\n  b+0x2" } },

	{ "many_comments",
	  { "tcpdropcap/2 Packet dropped: event=drop reason=NETFILTER_DROP at=x+0x1 dir=in",
	    "tcpdropcap/2 Socket: uid=300 cgroup[1/2]=/a", "a note of a user",
	    "tcpdropcap/2 Socket: cgroup[2/2]=\"/b c\"", "tcpdropcap/2 CPU: cpu=3" } },
	{ "many_comments_shuffled",
	  { "tcpdropcap/2 Stack 60, frames 3-4 of 4:\n  r+0x3\n  s+0x4",
	    "tcpdropcap/2 CPU: cpu=3 stack=own stack_id=60", "tcpdropcap/2 Socket: cgroup[2/2]=/b",
	    "tcpdropcap/2 Packet dropped: event=drop reason=SHUFFLED at=x+0x1 dir=in",
	    "tcpdropcap/2 Socket: uid=301 cgroup[1/2]=/a",
	    "tcpdropcap/2 Stack 60, frames 1-2 of 4:\n  p+0x1\n  q+0x2" } },
	{ "frame_in_parts",
	  { "tcpdropcap/2 Event: event=drop uid=302 stack=own stack_id=61",
	    "tcpdropcap/2 Stack 61, frame 1 of 3:\n  p+0x1",
	    "tcpdropcap/2 Stack 61, frame 2 of 3, part 1/2:\n  long_",
	    "tcpdropcap/2 Stack 61, frame 2 of 3, part 2/2:\n  name+0x2",
	    "tcpdropcap/2 Stack 61, frame 3 of 3:\n  q+0x3" } },
	{ "frame_in_parts_sampled",
	  { "tcpdropcap/2 Event: event=drop uid=303 stack=sampled stack_id=61" } },
};

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

static void append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, size - length, format, args);
	va_end(args);
}

/* The nth key, counted from 1, is NAME-value or the number 1000 + n. */
static void fill_every_key(void)
{
	enum {
		TEXT,
		NUMBER
	};
	static const struct {
		const char *name;
		int type;
	} keys[] = {
#define KEY(id, type, group, unit, description) { #id, type },
		ANNOTATION_KEYS(KEY)
#undef KEY
	};

	append(every_key, sizeof(every_key), "tcpdropcap/1"); /* in_schema() changes it */
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		append(every_key, sizeof(every_key), " %s=", keys[i].name);
		if (keys[i].type == NUMBER)
			append(every_key, sizeof(every_key), "%zu", 1001 + i);
		else
			append(every_key, sizeof(every_key), "%s-value", keys[i].name);
	}
}

static void fill_longest(void)
{
	size_t length;

	append(longest, sizeof(longest),
	       "tcpdropcap/%s event=drop uid=100 cgroup=", schema == 1 ? "1" : "2 Event:");
	length = strlen(longest);
	memset(longest + length, 'a', COMMENT_LIMIT - length);
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

	for (size_t i = 0; i < MAX_COMMENTS && packets[index].comments[i]; i++)
		comments[i] = in_schema(packets[index].comments[i]);
	err = write_packet(writer, index, bytes, (const char *const *)comments);
	for (size_t i = 0; i < MAX_COMMENTS; i++)
		free(comments[i]);
	return err;
}

static int write_cases(struct pcapng_writer *writer)
{
	int err = 0;

	fill_every_key();
	fill_longest();
	for (size_t i = 0; !err && i < ARRAY_SIZE(packets); i++) {
		unsigned char bytes[sizeof(plain_ack)];

		memcpy(bytes, plain_ack, sizeof(bytes));
		make_segment(bytes, packets[i].name);
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
		for (size_t i = 0; i < ARRAY_SIZE(packets); i++)
			printf("%zu %s\n", i + 1, packets[i].name);
		return 0;
	}
	fputs("usage: make_annotated 1 | 2 | keys | groups | cases | bench N\n", stderr);
	return 2;
}
