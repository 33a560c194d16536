// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "report/annotation.h"
#include "report/report_reader.h"
#include "sink/sink.h"
#include "test.h"

#define HOSTILE "a\n\x1b[1m\" state=ESTABLISHED\\x41\xff"
#define REPORTS 64

typedef struct sink *(*open_lines)(FILE *out, struct sink_detail detail, struct error *error);

static struct error error;
static struct drop_report reports[REPORTS];
static size_t report_count;
static uint8_t frames[REPORTS][PACKET_FRAME_MAX];
static int fd = -1;

/* What the reader made of the last file. */
static int kinds[REPORTS];
static size_t kind_count;
static uint64_t lost_at_end;

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void put_packet(struct drop_report *report, uint8_t *frame, int family)
{
	uint8_t *ip = frame + 14, *tcp = ip + (family == AF_INET ? 20 : 40);

	memset(frame, 0, PACKET_FRAME_MAX);
	packet_put16(frame + 12, family == AF_INET ? 0x0800 : 0x86dd);
	ip[0] = family == AF_INET ? 0x45 : 0x60;
	ip[family == AF_INET ? 9 : 6] = IPPROTO_TCP;
	for (int i = 12; i < 20; i++)
		ip[i] = (uint8_t)next_random();
	packet_put16(tcp, (uint16_t)next_random());
	packet_put16(tcp + 2, (uint16_t)next_random());
	packet_put32(tcp + 4, (uint32_t)next_random());
	tcp[12] = 0x50;
	tcp[13] = (uint8_t)next_random();
	packet_parse(&report->packet, frame, (uint32_t)(tcp + 20 - frame),
		     (uint32_t)(tcp + 20 - frame) + 100);
}

static struct drop_report *add_report(int family)
{
	struct drop_report *report = &reports[report_count];

	*report = (struct drop_report){ .timestamp_ns = 1700000000123456789 + report_count };
	put_packet(report, frames[report_count], family);
	report_count++;
	return report;
}

static void set(struct drop_report *report, enum key key, const char *text, uint64_t number)
{
	if (key_table[key].type == VALUE_NUMBER)
		report_set_number(report, key, number);
	else
		report_set_text(report, key, text);
}

static void give_stack(struct drop_report *report, const char *from, uint64_t id, const char *stack)
{
	report_set_text(report, KEY_stack, from);
	report_set_number(report, KEY_stack_id, id);
	report->frames = stack;
}

/* Writes the reports as a capture does. */
static bool write_file(uint64_t lost)
{
	char path[64];
	struct sink_pcapng_config config = { .path = path, .comment = "", .snaplen = 512 };
	struct sink *sink;

	if (fd >= 0)
		close(fd);
	fd = memfd_create("capture", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sink = sink_pcapng_open(&config, &error);
	for (size_t i = 0; i < report_count; i++) {
		if (!sink || sink->add(sink, &reports[i]))
			return false;
	}
	return sink->close(sink, lost) == 0;
}

static char *print_reports(open_lines open, uint64_t lost)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct sink *sink = open(out, (struct sink_detail){ .stack = true, .tcp = true }, &error);

	for (size_t i = 0; i < report_count; i++)
		sink->add(sink, &reports[i]);
	sink->close(sink, lost);
	fclose(out);
	return text;
}

static char *print_file(open_lines open)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct sink *sink = open(out, (struct sink_detail){ .stack = true, .tcp = true }, &error);
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(fd));
	struct report_reader *from = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;

	kind_count = 0;
	lseek(fd, 0, SEEK_SET);
	while (pcapng_reader_next(reader, &item) > 0) {
		int kind = report_reader_take(from, &item, &report);

		if (kind == REPORT_NONE)
			continue;
		kinds[kind_count++ % REPORTS] = kind;
		if (kind == REPORT_WHOLE || kind == REPORT_DAMAGED)
			sink->add(sink, &report);
	}
	lost_at_end = report_reader_lost(from);
	sink->close(sink, lost_at_end);
	fclose(out);
	report_reader_free(from);
	pcapng_reader_free(reader);
	return text;
}

/* Whether text and JSON of the file are those of its reports, byte for byte. */
static bool reads_back(uint64_t lost)
{
	static const open_lines sinks[] = { sink_text_open, sink_json_open };
	bool same = write_file(lost);

	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < 2; i++) {
		char *live = print_reports(sinks[i], lost), *file = print_file(sinks[i]);

		if (strcmp(live, file) != 0) {
			printf("# live:\n%s# file:\n%s", live, file);
			same = false;
		}
		free(live);
		free(file);
	}
	return same;
}

TEST(bare_report_reads_back)
{
	report_count = 0;
	add_report(AF_INET);
	CHECK(reads_back(0));
	CHECK(kind_count == 1 && kinds[0] == REPORT_WHOLE && lost_at_end == 0);
}

TEST(report_with_every_key_reads_back)
{
	static const char *const texts[] = { HOSTILE, "", "plain", "tcpdropcap/1 event=x", "a b" };

	report_count = 0;
	for (size_t i = 0; i < 5; i++) {
		struct drop_report *report = add_report(i % 2 ? AF_INET : AF_INET6);

		for (enum key key = 0; key < KEY_COUNT; key++)
			set(report, key, texts[i], key == KEY_lost ? i : UINT64_MAX - key);
		report->ifname = "eth0";
		give_stack(report, "own", i, "  leaf+0x1 [m]\n  ?\n  root+0x2");
	}
	CHECK(reads_back(7));
	CHECK(lost_at_end == 7);
}

TEST(names_of_interfaces_read_back)
{
	static const char *const names[] = { "eth0",	  "e\\th",     "a\nb\x1b",
					     "\xff\\x41", "a b=\"c\"", "0123456789abcde",
					     NULL,	  "eth0" };

	report_count = 0;
	for (size_t i = 0; i < 8; i++) {
		struct drop_report *report = add_report(AF_INET);

		report->ifname = names[i];
		report_set_number(report, KEY_ifindex, i % 7);
	}
	CHECK(reads_back(0));
}

TEST(sampled_stacks_read_back)
{
	report_count = 0;
	give_stack(add_report(AF_INET), "own", 1, "  a+0x1\n  b+0x2");
	give_stack(add_report(AF_INET), "own", 2, "  c+0x1");
	give_stack(add_report(AF_INET), "sampled", 1, "  a+0x1\n  b+0x2");
	give_stack(add_report(AF_INET), "own", 4097, "  takes the place of 1");
	give_stack(add_report(AF_INET), "sampled", 2, "  c+0x1");
	give_stack(add_report(AF_INET), "sampled", 1, NULL);
	give_stack(add_report(AF_INET), "sampled", 99, NULL);
	give_stack(add_report(AF_INET), "none", 2, NULL);
	CHECK(reads_back(0));
}

TEST(generated_reports_read_back)
{
	static const char *const texts[] = { HOSTILE, "", "x", "\t", "caf\xc3\xa9", "\xe9", "\\" };
	static const char *const names[] = { "eth0", "\n\x1b[1m\\x41", "\xff", " ", NULL };
	static const char *const stacks[] = { "  a", "  a+0x1 [m]\n  \x1b[1m", "  ?", NULL };

	for (int round = 0; round < 50; round++) {
		report_count = 0;
		while (report_count < REPORTS) {
			struct drop_report *report = add_report(next_random() % 2 ? AF_INET
										  : AF_INET6);

			for (enum key key = 0; key < KEY_stack; key++) {
				if (next_random() % 3)
					set(report, key, texts[next_random() % 7], next_random());
			}
			report->ifname = names[next_random() % 5];
			/* A file numbers what it does not know 0. */
			report_set_number(report, KEY_ifindex, next_random() % 5);
			report_set_number(report, KEY_netns, next_random() % 3);
			if (next_random() % 2)
				give_stack(report, "own", report_count, stacks[next_random() % 4]);
			if (next_random() % 5 == 0)
				report_set_number(report, KEY_lost, next_random() % 100 + 1);
		}
		CHECK(reads_back(next_random() % 3));
	}
}

TEST(block_options_read_back)
{
	static const uint8_t types[] = { PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST,
					 PACKET_OTHERHOST };
	struct report_reader *from = report_reader_new();
	struct pcapng_reader *reader;
	struct drop_report report;
	struct pcapng_item item;
	size_t at = 0;

	report_count = 0;
	for (size_t i = 0; i < 16; i++) {
		struct drop_report *one = add_report(AF_INET);

		one->has_direction = i & 4;
		one->inbound = one->has_direction && i & 8;
		one->pkt_type = one->inbound ? types[i & 3] : 0;
		one->checksum_not_ready = i & 1;
		one->has_packet_id = i & 2;
		one->packet_id = one->has_packet_id ? UINT64_MAX - i : 0;
		one->has_queue = i & 1;
		one->queue = one->has_queue ? (uint32_t)i : 0;
	}
	CHECK(write_file(0));
	lseek(fd, 0, SEEK_SET);
	reader = pcapng_reader_new(pcapng_source_fd(fd));
	while (pcapng_reader_next(reader, &item) > 0) {
		if (report_reader_take(from, &item, &report) != REPORT_WHOLE)
			continue;
		CHECK(report.has_direction == reports[at].has_direction);
		CHECK(report.inbound == reports[at].inbound);
		CHECK(report.pkt_type == reports[at].pkt_type);
		CHECK(report.checksum_not_ready == reports[at].checksum_not_ready);
		CHECK(report.has_packet_id == reports[at].has_packet_id);
		CHECK(report.packet_id == reports[at].packet_id);
		CHECK(report.has_queue == reports[at].has_queue);
		CHECK(report.queue == reports[at].queue);
		at++;
	}
	CHECK(at == 16);
	pcapng_reader_free(reader);
	report_reader_free(from);
}

/* A packet with these comments, after a section and an interface of its own. */
static int take_comments(const char *first, const char *second, struct drop_report *report,
			 struct report_reader *from)
{
	struct pcapng_option list[2] = { { .code = PCAPNG_OPT_COMMENT, .value = first },
					 { .code = PCAPNG_OPT_COMMENT, .value = second } };
	struct pcapng_packet packet = { .caplen = 4, .len = 4, .data = "abcd" };
	struct pcapng_options none = { NULL, 0 };
	struct pcapng_writer *writer;
	static struct pcapng_reader *reader;
	struct pcapng_item item;
	uint32_t id;
	int kind = REPORT_NONE;

	list[0].length = (uint16_t)strlen(first);
	if (second)
		list[1].length = (uint16_t)strlen(second);
	packet.options = (struct pcapng_options){ list, second ? 2 : 1 };
	close(fd);
	fd = memfd_create("capture", 0);
	writer = pcapng_writer_new(pcapng_target_fd(fd));
	pcapng_writer_add_section(writer, none);
	pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 0, none, &id);
	pcapng_writer_add_packet(writer, &packet);
	pcapng_writer_free(writer);
	lseek(fd, 0, SEEK_SET);
	pcapng_reader_free(reader);
	reader = pcapng_reader_new(pcapng_source_fd(fd));
	while (kind == REPORT_NONE && pcapng_reader_next(reader, &item) > 0)
		kind = report_reader_take(from, &item, report);
	return kind;
}

TEST(foreign_comments_are_ignored)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;

	CHECK(take_comments("a note", NULL, &report, from) == REPORT_PLAIN);
	CHECK(report.packet.len == 4 && !report_has(&report, KEY_event));
	CHECK(take_comments("a note", "tcpdropcap/1 event=drop", &report, from) == REPORT_WHOLE);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK(take_comments("tcpdropcap/1 event=drop", "a note\nstack 1", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	report_reader_free(from);
}

TEST(damage_keeps_the_events_before_it)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;

	CHECK(take_comments("tcpdropcap/1 event=drop cpu=x uid=3", NULL, &report, from) ==
	      REPORT_DAMAGED);
	CHECK_STR(report_text(&report, KEY_event), "drop");
	CHECK(!report_has(&report, KEY_uid));
	report_reader_free(from);
}

TEST(stack_of_another_number_is_not_the_reports)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;

	CHECK(take_comments("tcpdropcap/1 stack=own stack_id=5", "stack 6\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	CHECK(take_comments("tcpdropcap/1 stack=own stack_id=5", "stack 5\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK_STR(report.frames, "  a");
	CHECK(take_comments("stack 5\n  a", "tcpdropcap/1 stack=own stack_id=5", &report, from) ==
	      REPORT_WHOLE);
	CHECK_STR(report.frames, "  a");
	CHECK(take_comments("tcpdropcap/1 stack=none stack_id=5", "stack 5\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	CHECK(take_comments("tcpdropcap/1 stack=own stack_id=5", "stack 5x\n  a", &report, from) ==
	      REPORT_WHOLE);
	CHECK(!report.frames);
	/* In a part of a file, the frames of a sampled stack may be in the same packet. */
	CHECK(take_comments("tcpdropcap/1 stack=sampled stack_id=5", "stack 5\n  a", &report,
			    from) == REPORT_WHOLE);
	CHECK_STR(report.frames, "  a");
	CHECK(!report_reader_shared(from));
	report_reader_free(from);
}

/* A second file after the first: its numbers are independent. */
TEST(sections_share_no_stacks)
{
	struct report_reader *from = report_reader_new();
	struct drop_report report;
	struct pcapng_reader *reader;
	struct pcapng_item item;
	char bytes[65536];
	size_t sampled = 0;
	ssize_t length;

	report_count = 0;
	give_stack(add_report(AF_INET), "own", 1, "  a");
	give_stack(add_report(AF_INET), "sampled", 1, NULL);
	CHECK(write_file(3));
	length = pread(fd, bytes, sizeof(bytes), 0);
	report_count = 0;
	give_stack(add_report(AF_INET), "sampled", 1, NULL);
	CHECK(write_file(5));
	length += pread(fd, bytes + length, sizeof(bytes) - (size_t)length, 0);
	reader = pcapng_reader_new_memory(bytes, (size_t)length);
	while (pcapng_reader_next(reader, &item) > 0) {
		if (report_reader_take(from, &item, &report) == REPORT_WHOLE &&
		    strcmp(report_text(&report, KEY_stack), "sampled") == 0) {
			CHECK(!report.frames == (sampled == 1));
			CHECK(report_reader_shared(from) == (sampled == 0));
			sampled++;
		}
	}
	CHECK(sampled == 2 && report_reader_lost(from) == 8);
	pcapng_reader_free(reader);
	report_reader_free(from);
}
