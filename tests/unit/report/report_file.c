// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report_file.h"
#include "sink/sink.h"
#include "xorshift.h"

struct drop_report reports[REPORTS_MAX];
size_t report_count;
int report_fd = -1;
uint64_t report_random = 0x9e3779b97f4a7c15;

static uint8_t frames[REPORTS_MAX][PACKET_FRAME_MAX];

static void put_packet(struct drop_report *report, uint8_t *frame, int family)
{
	uint8_t *ip = frame + 14, *tcp = ip + (family == AF_INET ? 20 : 40);

	memset(frame, 0, PACKET_FRAME_MAX);
	packet_put16(frame + 12, family == AF_INET ? 0x0800 : 0x86dd);
	ip[0] = family == AF_INET ? 0x45 : 0x60;
	ip[family == AF_INET ? 9 : 6] = IPPROTO_TCP;
	for (int i = 12; i < 20; i++)
		ip[i] = (uint8_t)xorshift(&report_random);
	packet_put16(tcp, (uint16_t)xorshift(&report_random));
	packet_put16(tcp + 2, (uint16_t)xorshift(&report_random));
	packet_put32(tcp + 4, (uint32_t)xorshift(&report_random));
	tcp[12] = 0x50;
	tcp[13] = (uint8_t)xorshift(&report_random);
	packet_parse(&report->packet, frame, (uint32_t)(tcp + 20 - frame),
		     (uint32_t)(tcp + 20 - frame) + 100);
}

struct drop_report *add_report(int family)
{
	struct drop_report *report = &reports[report_count];

	*report = (struct drop_report){ .timestamp_ns = 1700000000123456789 + report_count };
	put_packet(report, frames[report_count], family);
	report_count++;
	return report;
}

void give_stack(struct drop_report *report, const char *from, uint64_t id, const char *stack)
{
	report_set_text(report, KEY_stack, from);
	report_set_number(report, KEY_stack_id, id);
	report->frames = stack;
}

void new_report_file(void)
{
	if (report_fd >= 0)
		close(report_fd);
	report_fd = memfd_create("capture", 0);
}

bool write_reports(uint64_t lost)
{
	static struct error error;
	char path[64];
	struct sink_pcapng_config config = { .path = path, .comment = "", .snaplen = 512 };
	struct sink *sink;

	new_report_file();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", report_fd);
	sink = sink_pcapng_open(&config, &error);
	for (size_t i = 0; i < report_count; i++) {
		if (!sink || sink->add(sink, &reports[i]))
			return false;
	}
	return sink->close(sink, lost) == 0;
}
