// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "overview_case.h"
#include "test.h"

void case_utc(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
}

struct drop_report case_report(const char *event, const char *word, const char *owner,
			       const char *ifname)
{
	bool has_reason = event && (strcmp(event, "drop") == 0 || strcmp(event, "reset") == 0);
	struct drop_report report;

	report_clear(&report);
	report.timestamp_ns = CASE_TIME;
	report.ifname = ifname;
	if (event)
		report_set_text(&report, KEY_event, event);
	if (word)
		report_set_text(&report, has_reason ? KEY_reason : KEY_kind, word);
	if (owner)
		report_set_text(&report, KEY_owner, owner);
	return report;
}

void case_set_flow(struct drop_report *report, uint16_t port, bool inbound)
{
	static const uint8_t local[] = { 10, 0, 0, 1 }, remote[] = { 10, 0, 0, 2 };
	struct packet *packet = &report->packet;

	report->has_direction = true;
	report->inbound = inbound;
	packet->family = AF_INET;
	packet->tcp_at = 34;
	memcpy(inbound ? packet->daddr : packet->saddr, local, sizeof(local));
	memcpy(inbound ? packet->saddr : packet->daddr, remote, sizeof(remote));
	packet->sport = inbound ? 443 : port;
	packet->dport = inbound ? port : 443;
}

void case_add(struct overview *overview, const struct drop_report *report, int count)
{
	for (int i = 0; i < count; i++) {
		if (gather_report(overview, report))
			test_failed = true;
	}
}
