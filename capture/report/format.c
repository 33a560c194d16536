// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "format.h"
#include "frames.h"
#include "util/time.h"

/* IPv4 without inet_ntop(): that calls sprintf(), which took a tenth of the time of `count`. */
void format_address(struct strbuf *out, const struct packet *packet, bool sender)
{
	const uint8_t *address = sender ? packet->saddr : packet->daddr;
	char ip[INET6_ADDRSTRLEN];

	if (packet->family != AF_INET) {
		strbuf_add(out, inet_ntop(packet->family, address, ip, sizeof(ip)));
		return;
	}
	for (int i = 0; i < 4; i++) {
		strbuf_add_bytes(out, ".", i > 0);
		strbuf_add_number(out, address[i]);
	}
}

void format_endpoint(struct strbuf *out, const struct packet *packet, bool sender)
{
	bool ipv6 = packet->family == AF_INET6;

	strbuf_add_bytes(out, "[", ipv6);
	format_address(out, packet, sender);
	strbuf_add(out, ipv6 ? "]:" : ":");
	if (packet->tcp_at)
		strbuf_add_number(out, sender ? packet->sport : packet->dport);
	else
		strbuf_add(out, "?");
}

void format_clock(struct strbuf *out, uint64_t timestamp_ns)
{
	time_t seconds = (time_t)(timestamp_ns / NS_PER_S);
	struct tm tm;
	char clock[16];

	localtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	strbuf_add(out, clock);
}

void format_flow(struct strbuf *out, const struct packet *packet)
{
	format_endpoint(out, packet, true);
	strbuf_add(out, " > ");
	format_endpoint(out, packet, false);
}

void format_owner(struct strbuf *out, const struct drop_report *report)
{
	const char *owner = report_text(report, KEY_owner), *comm = owner;
	enum key pid = owner ? KEY_owner_pid : KEY_cpu_pid;

	if (!owner)
		comm = report_text(report, KEY_cpu_comm);
	strbuf_add(out, owner ? "" : "(");
	if (report_has(report, pid))
		strbuf_add_number(out, report_number(report, pid));
	else
		strbuf_add(out, "?");
	strbuf_add(out, "/");
	strbuf_add_printable(out, comm ? comm : "?");
	strbuf_add(out, owner ? "" : ")");
}

void format_column(struct strbuf *out, const char *value, int width)
{
	struct strbuf column = { 0 };

	strbuf_add_printable(&column, value ? value : "-");
	strbuf_addf(out, "%-*s ", width, strbuf_string(&column));
	out->failed |= column.failed;
	strbuf_free(&column);
}

void format_frames(struct strbuf *out, const char *frames, const char *separator,
		   void (*add)(struct strbuf *out, const char *frame))
{
	struct strbuf frame = { 0 };
	const char *start;
	size_t length;

	for (bool first = true; frames_next(&frames, &start, &length); first = false) {
		strbuf_clear(&frame);
		strbuf_add_bytes(&frame, start, length);
		out->failed |= frame.failed;
		strbuf_add(out, first ? "" : separator);
		add(out, strbuf_string(&frame));
	}
	strbuf_free(&frame);
}
