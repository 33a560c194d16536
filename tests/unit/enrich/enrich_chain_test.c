// SPDX-License-Identifier: GPL-2.0-or-later
#include "enrich/enrich_chain.h"
#include "test.h"

/* The keys of tags, tunnels and fragments. */

static struct drop_event event;
static struct drop_report report;
static struct chain_names names;

static const char *name(enum key key)
{
	const char *value;

	report = (struct drop_report){ 0 };
	enrich_chain(&names, &event, &report);
	value = report_text(&report, key);
	return value ? value : "absent";
}

TEST(plain_packet_gets_no_key)
{
	event = (struct drop_event){ .packet = { .tcp_at = 34 } };
	name(KEY_tunnel);
	for (enum key key = 0; key < KEY_COUNT; key++)
		CHECK(!report_has(&report, key));
}

TEST(tunnels_and_tags_are_lists)
{
	event = (struct drop_event){
		.packet = { .tunnel_count = 2,
			    .tunnels = { TUNNEL_VXLAN, TUNNEL_SIT },
			    .has_vni = true,
			    .vni = 16777215,
			    .vlan_count = 2,
			    .vlans = { 4094, 0 } },
	};
	CHECK_STR(name(KEY_tunnel), "vxlan,sit");
	CHECK_STR(name(KEY_vlan), "4094,0");
	CHECK(report_number(&report, KEY_vni) == 16777215);
	event.packet.vni = 0;
	CHECK_STR(name(KEY_tunnel), "vxlan,sit");
	CHECK(report_has(&report, KEY_vni) && !report_number(&report, KEY_vni));
}

TEST(longest_list_fits_and_one_that_is_not_whole_is_absent)
{
	event = (struct drop_event){ .packet = { .tunnel_count = PACKET_CHAIN_MAX,
						 .vlan_count = PACKET_CHAIN_MAX } };
	for (int i = 0; i < PACKET_CHAIN_MAX; i++) {
		event.packet.tunnels[i] = TUNNEL_IP6IP6;
		event.packet.vlans[i] = 4095;
	}
	CHECK(strlen(name(KEY_tunnel)) == PACKET_CHAIN_MAX * 7 - 1);
	CHECK(strlen(name(KEY_vlan)) == PACKET_CHAIN_MAX * 5 - 1);
	event.packet.tunnel_count++;
	event.packet.vlan_count++;
	CHECK_STR(name(KEY_tunnel), "absent");
	CHECK_STR(name(KEY_vlan), "absent");
}

TEST(ports_of_the_first_fragment_are_for_later_ones)
{
	event = (struct drop_event){ .has_fragment_ports = true,
				     .fragment_sport = 65535,
				     .fragment_dport = 443 };
	name(KEY_tunnel);
	CHECK(report_number(&report, KEY_frag_sport) == 65535);
	CHECK(report_number(&report, KEY_frag_dport) == 443);
	event.packet.tcp_at = 34;
	name(KEY_tunnel);
	CHECK(!report_has(&report, KEY_frag_sport) && !report_has(&report, KEY_frag_dport));
}
