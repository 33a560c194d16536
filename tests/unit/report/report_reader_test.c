// SPDX-License-Identifier: GPL-2.0-or-later
/* Text and JSON of a file are those of the capture; report_reader_comments_test.c has comments. */
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report/report_reader.h"
#include "report_file.h"
#include "sink/sink.h"
#include "test.h"
#include "xorshift.h"

#define HOSTILE "a\n\x1b[1m\" state=ESTABLISHED\\x41\xff"

typedef struct sink *(*open_lines)(FILE *out, struct sink_detail detail, struct error *error);

static struct error error;

/* What the reader made of the last file. */
static int kinds[REPORTS_MAX];
static size_t kind_count;
static uint64_t lost_at_end;

static void set(struct drop_report *report, enum key key, const char *text, uint64_t number)
{
	if (key_table[key].type == VALUE_NUMBER)
		report_set_number(report, key, number);
	else
		report_set_text(report, key, text);
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
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(report_fd));
	struct report_reader *from = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;

	kind_count = 0;
	lseek(report_fd, 0, SEEK_SET);
	while (pcapng_reader_next(reader, &item) > 0) {
		int kind = report_reader_take(from, &item, &report);

		if (kind == REPORT_NONE)
			continue;
		kinds[kind_count++ % REPORTS_MAX] = kind;
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
	bool same = write_reports(lost);

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
		while (report_count < REPORTS_MAX) {
			struct drop_report *report =
				add_report(xorshift(&report_random) % 2 ? AF_INET : AF_INET6);

			for (enum key key = 0; key < KEY_stack; key++) {
				if (xorshift(&report_random) % 3)
					set(report, key, texts[xorshift(&report_random) % 7],
					    xorshift(&report_random));
			}
			report->ifname = names[xorshift(&report_random) % 5];
			/* A file numbers what it does not know 0. */
			report_set_number(report, KEY_ifindex, xorshift(&report_random) % 5);
			report_set_number(report, KEY_netns, xorshift(&report_random) % 3);
			if (xorshift(&report_random) % 2)
				give_stack(report, "own", report_count,
					   stacks[xorshift(&report_random) % 4]);
			if (xorshift(&report_random) % 5 == 0)
				report_set_number(report, KEY_lost,
						  xorshift(&report_random) % 100 + 1);
		}
		CHECK(reads_back(xorshift(&report_random) % 3));
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
	CHECK(write_reports(0));
	lseek(report_fd, 0, SEEK_SET);
	reader = pcapng_reader_new(pcapng_source_fd(report_fd));
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
