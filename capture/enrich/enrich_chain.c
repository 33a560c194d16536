// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "enrich_chain.h"

static const char *const tunnel_names[] = {
	[TUNNEL_IPIP] = "ipip",	    [TUNNEL_SIT] = "sit",   [TUNNEL_IPIP6] = "ipip6",
	[TUNNEL_IP6IP6] = "ip6ip6", [TUNNEL_GRE] = "gre",   [TUNNEL_VXLAN] = "vxlan",
	[TUNNEL_GENEVE] = "geneve", [TUNNEL_MPLS] = "mpls", [TUNNEL_PPPOE] = "pppoe",
};

/* The table has no explicit size, so that the assertion fails if a row is missing. */
_Static_assert(sizeof(tunnel_names) == TUNNEL_COUNT * sizeof(char *), "each tunnel has a name");
_Static_assert(CHAIN_NAMES_BYTES > PACKET_CHAIN_MAX * sizeof("geneve"), "there is room for all");

/* A list that is not complete is left out. */
static void name_tunnels(char *text, const struct packet *packet, struct drop_report *report)
{
	char *at = text;

	if (!packet->tunnel_count || packet->tunnel_count > PACKET_CHAIN_MAX)
		return;
	for (unsigned int i = 0; i < packet->tunnel_count; i++)
		at += sprintf(at, "%s%s", i ? "," : "", tunnel_names[packet->tunnels[i]]);
	report_set_text(report, KEY_tunnel, text);
}

static void name_vlans(char *text, const struct packet *packet, struct drop_report *report)
{
	char *at = text;

	if (!packet->vlan_count || packet->vlan_count > PACKET_CHAIN_MAX)
		return;
	for (unsigned int i = 0; i < packet->vlan_count; i++)
		at += sprintf(at, "%s%u", i ? "," : "", packet->vlans[i]);
	report_set_text(report, KEY_vlan, text);
}

void enrich_chain(struct chain_names *names, const struct drop_event *event,
		  struct drop_report *report)
{
	const struct packet *packet = &event->packet;

	name_tunnels(names->tunnel, packet, report);
	name_vlans(names->vlan, packet, report);
	if (packet->has_vni)
		report_set_number(report, KEY_vni, packet->vni);
	if (!event->has_fragment_ports || packet->tcp_at)
		return;
	report_set_number(report, KEY_frag_sport, event->fragment_sport);
	report_set_number(report, KEY_frag_dport, event->fragment_dport);
}
