// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "overview/cause.h"
#include "overview_case.h"
#include "pcapng/pcapng.h"
#include "test.h"

TEST(reasons_kinds_and_events_are_causes)
{
	struct overview overview;
	struct drop_report drop = case_report("drop", "XDP", NULL, "eth0");
	struct drop_report rto = case_report("retransmit", "rto", "nginx", "eth0");
	struct drop_report life = case_report("life", NULL, NULL, NULL);
	struct drop_report number = case_report("drop", NULL, NULL, NULL);
	const struct group *group;

	overview_init(&overview);
	report_set_number(&number, KEY_reason_code, 77);
	case_add(&overview, &drop, 3);
	case_add(&overview, &rto, 4);
	case_add(&overview, &life, 2);
	case_add(&overview, &number, 1);
	CHECK(!gather_end(&overview, 0));
	group = overview.causes.groups;
	CHECK_STR(cause_of(group)->word, "rto");
	CHECK(cause_of(group)->class == CLASS_RETRANSMIT && cause_explanation(cause_of(group)));
	group = group->hh.next;
	CHECK_STR(cause_of(group)->word, "XDP");
	CHECK_STR(cause_of(group)->event, "drop");
	CHECK_STR(cause_of(group)->interfaces.groups->name, "eth0");
	group = group->hh.next;
	CHECK_STR(cause_of(group)->word, "life");
	group = group->hh.next;
	CHECK_STR(cause_of(group)->word, "77");
	CHECK(!cause_explanation(cause_of(group)));
	CHECK(overview.all.total == 10 && overview.all.by_class[CLASS_OTHER] == 2);
	overview_free(&overview);
}

TEST(site_has_no_offset_but_its_module)
{
	struct overview overview;
	struct drop_report report = case_report("drop", "XDP", NULL, NULL);
	const struct cause *cause;

	overview_init(&overview);
	report_set_text(&report, KEY_at, "nft_do_chain+0x3e8 [nf_tables]");
	case_add(&overview, &report, 1);
	report_set_text(&report, KEY_at, "nft_do_chain+0x1 [nf_tables]");
	case_add(&overview, &report, 1);
	cause = cause_of(overview.causes.groups);
	CHECK(group_table_count(&cause->sites) == 1);
	CHECK_STR(cause->sites.groups->name, "nft_do_chain [nf_tables]");
	overview_free(&overview);
}

TEST(flow_is_one_in_both_directions_and_keeps_the_last_state)
{
	struct overview overview;
	struct drop_report report = case_report("retransmit", "rto", "nginx", NULL);
	const struct flow *flow;

	overview_init(&overview);
	case_set_flow(&report, 80, false);
	report_set_number(&report, KEY_cwnd, 10);
	report_set_text(&report, KEY_ca_state, "Loss");
	case_add(&overview, &report, 1);
	report_set_number(&report, KEY_cwnd, 1);
	case_add(&overview, &report, 1);
	report = case_report("drop", "XDP", NULL, NULL);
	case_set_flow(&report, 80, true);
	case_add(&overview, &report, 1);
	CHECK(group_table_count(&overview.flows) == 1);
	CHECK_STR(overview.flows.groups->name, "10.0.0.1:80 > 10.0.0.2:443");
	CHECK(overview.flows.groups->counts.by_class[CLASS_DROP] == 1);
	flow = flow_of(overview.flows.groups);
	CHECK(flow->present == 1U << FLOW_cwnd && flow->numbers[FLOW_cwnd] == 1);
	CHECK_STR(flow->ca_state, "Loss");
	CHECK_STR(flow->owner, "nginx");
	overview_free(&overview);
}

TEST(long_names_are_cut)
{
	struct overview overview;
	static char name[10000];
	struct drop_report report = case_report("drop", name, name, name);

	memset(name, 'x', sizeof(name) - 1);
	overview_init(&overview);
	report_set_text(&report, KEY_at, name);
	report_set_text(&report, KEY_cgroup, name);
	report_set_text(&report, KEY_state, name);
	report_set_text(&report, KEY_event, name);
	case_set_flow(&report, 80, true);
	case_add(&overview, &report, 2);
	CHECK(!gather_end(&overview, 0));
	CHECK(overview.owners.groups->length == 256 && overview.causes.groups->length < 520);
	CHECK(strlen(owner_of(overview.owners.groups)->cgroup) == 127);
	CHECK(strlen(flow_of(overview.flows.groups)->state) == OVERVIEW_TEXT - 1);
	overview_free(&overview);
}

TEST(owners_of_several_processes_say_so)
{
	struct overview overview;
	struct drop_report report = case_report("drop", "XDP", "nginx", NULL);

	overview_init(&overview);
	report_set_number(&report, KEY_owner_pid, 7);
	report_set_text(&report, KEY_cgroup, "/a");
	case_add(&overview, &report, 2);
	CHECK(!owner_of(overview.owners.groups)->several);
	report_set_number(&report, KEY_owner_pid, 8);
	report_set_text(&report, KEY_cgroup, "/b");
	case_add(&overview, &report, 1);
	CHECK(owner_of(overview.owners.groups)->several);
	CHECK(owner_of(overview.owners.groups)->several_cgroups);
	overview_free(&overview);
}

TEST(causes_beyond_the_limit_are_in_the_timeline_too)
{
	struct overview overview;
	struct drop_report report;
	uint64_t sum = 0;
	char reason[32];

	overview_init(&overview);
	for (int i = 0; i < 300; i++) {
		snprintf(reason, sizeof(reason), "REASON_%d", i);
		report = case_report("drop", reason, NULL, NULL);
		case_add(&overview, &report, 1);
	}
	CHECK(group_table_count(&overview.causes) == 256 && overview.causes.other.total == 44);
	for (size_t series = 0; series < overview.timeline.series_count; series++)
		sum += timeline_count(&overview.timeline, series, 0);
	CHECK(sum == 300);
	overview_free(&overview);
}

TEST(losses_are_those_of_events_and_of_the_end)
{
	struct overview overview;
	struct drop_report report = case_report("drop", "XDP", NULL, NULL);

	overview_init(&overview);
	report_set_number(&report, KEY_lost, 3);
	case_add(&overview, &report, 2);
	CHECK(!gather_end(&overview, 5));
	CHECK(overview.lost == 11);
	overview_free(&overview);
}

static const char section[] = "\x02\x00\x05\x00x86_6\0\0\0\x01\x00\x13\x00"
			      "command: a\nhooks: b\0\0\0\0";

TEST(section_says_what_was_captured)
{
	struct overview overview;
	struct pcapng_item item = { .type = PCAPNG_SECTION,
				    .options = (const uint8_t *)section,
				    .options_length = 12 + 4 + 20 };
	const struct group *group;

	overview_init(&overview);
	CHECK(!gather_block(&overview, &item));
	CHECK(!gather_block(&overview, &item));
	group = overview.about.groups;
	CHECK_STR(group->name, "Machine");
	CHECK_STR(group_second(group), "x86_6");
	group = group->hh.next;
	CHECK_STR(group->name, "Command");
	CHECK_STR(group_second(group), "a");
	group = group->hh.next;
	CHECK_STR(group_second(group), "hooks: b");
	CHECK(!group->hh.next);
	overview_free(&overview);
}
