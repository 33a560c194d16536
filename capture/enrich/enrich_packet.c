// SPDX-License-Identifier: GPL-2.0-or-later
#include "enrich_packet.h"
#include "skb_id.h"

static void name_device(const struct drop_event *event, struct drop_report *report)
{
	if (event->direction != EVENT_DIR_UNKNOWN) {
		report->has_direction = true;
		report->inbound = event->direction == EVENT_IN;
		report_set_text(report, KEY_dir, report->inbound ? "in" : "out");
	}
	if (event->netns)
		report_set_number(report, KEY_netns, event->netns);
	if (event->ifindex)
		report_set_number(report, KEY_ifindex, event->ifindex);
	if (event->ifname[0])
		report->ifname = event->ifname;
	report->pkt_type = event->pkt_type;
	report->has_queue = event->has_queue;
	report->queue = event->queue;
}

static void name_frame(const struct siphash_key *ids, const struct drop_event *event,
		       struct drop_report *report)
{
	report->packet = event->packet;
	report->checksum_not_ready = event->checksum_partial;
	report->has_packet_id = event->skb != 0;
	if (event->skb)
		report->packet_id = skb_id_of(ids, event->skb);
	report_set_text(report, KEY_hdr, event->synthesized ? "synthesized" : "wire");
	if (event->l2_absent)
		report_set_text(report, KEY_l2, "absent");
	if (event->length_clamped)
		report_set_number(report, KEY_skb_len, event->packet.len - event->packet.ip_at);
}

void enrich_packet(const struct siphash_key *ids, const struct drop_event *event,
		   struct drop_report *report)
{
	name_device(event, report);
	name_frame(ids, event, report);
}
