// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "filter/filter.h"
#include "test.h"

static struct filter filter;
static struct drop_report report;
static struct error error;

static bool matches(uint32_t pid, const char *comm)
{
	memset(&report, 0, sizeof(report));
	report_set_number(&report, KEY_owner_pid, pid);
	report_set_text(&report, KEY_owner, comm);
	return filter_matches(&filter, &report);
}

/* An event with the process on the CPU and, if requested, the owner. */
static bool matches_without_owner(void)
{
	memset(&report, 0, sizeof(report));
	report_set_number(&report, KEY_cpu_pid, 812);
	report_set_text(&report, KEY_cpu_comm, "nginx");
	return filter_matches(&filter, &report);
}

TEST(all_events_pass_an_empty_filter)
{
	filter = (struct filter){ 0 };
	CHECK(matches(812, "nginx") && matches_without_owner());
}

TEST(any_of_the_pids_passes)
{
	CHECK(filter_add_pid(&filter, "812", &error) == 0);
	CHECK(filter_add_pid(&filter, "2147483647", &error) == 0);
	CHECK(matches(812, "nginx") && matches(INT32_MAX, "x"));
	CHECK(!matches(811, "nginx") && !matches(8120, "nginx") && !matches(0, ""));
	CHECK(!matches_without_owner());
	filter_free(&filter);
}

TEST(any_of_the_comms_passes_as_a_whole)
{
	CHECK(filter_add_comm(&filter, "nginx", &error) == 0);
	CHECK(filter_add_comm(&filter, "a:b c", &error) == 0);
	CHECK(matches(1, "nginx") && matches(2, "a:b c"));
	CHECK(!matches(1, "ngin") && !matches(1, "nginx2") && !matches(1, "Nginx"));
	CHECK(!matches(1, "") && !matches_without_owner());
	filter_free(&filter);
}

TEST(pid_and_comm_must_both_pass)
{
	CHECK(filter_add_pid(&filter, "812", &error) == 0);
	CHECK(filter_add_comm(&filter, "nginx", &error) == 0);
	CHECK(matches(812, "nginx"));
	CHECK(!matches(812, "curl") && !matches(813, "nginx") && !matches_without_owner());
	filter_free(&filter);
	CHECK(matches(813, "curl") && matches_without_owner());
}

TEST(wrong_pids_are_refused)
{
	static const char *const texts[] = { "",	   "0",		 "x",
					     "1x",	   "0x10",	 " 1",
					     "1 ",	   "+1",	 "-1",
					     "1.0",	   "\n",	 "2147483648",
					     "4294967295", "4294967297", "99999999999999999999999",
					     "1\x1b" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CHECK(filter_add_pid(&filter, texts[i], &error) == -EINVAL);
		CHECK(strstr(error.text, "--pid") && strstr(error.text, "is not a process id"));
	}
	CHECK(filter.pid_count == 0 && matches_without_owner());
}

/* The kernel truncates names after 15 characters: a longer one would never match. */
TEST(comm_that_is_too_long_is_refused)
{
	CHECK(filter_add_comm(&filter, "123456789012345", &error) == 0);
	CHECK(filter_add_comm(&filter, "1234567890123456", &error) == -EINVAL);
	CHECK(strstr(error.text, "--comm") && strstr(error.text, "'1234567890123456'"));
	CHECK(strstr(error.text, "15"));
	CHECK(matches(1, "123456789012345") && filter.comms.count == 1);
	filter_free(&filter);
}

/* Whether an event of a file passes the conditions that the kernel side evaluates in a capture. */
static bool passes(const char *event, int family, uint64_t netns, const char *state,
		   const char *reason)
{
	memset(&report, 0, sizeof(report));
	report_set_text(&report, KEY_event, event);
	report.packet.family = family;
	if (netns)
		report_set_number(&report, KEY_netns, netns);
	if (state)
		report_set_text(&report, KEY_state, state);
	if (reason)
		report_set_text(&report, KEY_reason, reason);
	return filter_matches(&filter, &report);
}

TEST(events_of_a_file_are_selected)
{
	CHECK(passes("drop", AF_INET, 1, NULL, NULL) && passes("teleport", 0, 0, NULL, NULL));
	CHECK(filter_add_event(&filter, "drop", &error) == 0);
	CHECK(filter_add_event(&filter, "reset", &error) == 0);
	CHECK(passes("drop", AF_INET, 1, NULL, NULL) && passes("reset", AF_INET, 1, NULL, NULL));
	CHECK(!passes("synack", AF_INET, 1, NULL, NULL));
	CHECK(!passes("teleport", AF_INET, 1, NULL, NULL));
	report_unset(&report, KEY_event);
	CHECK(!filter_matches(&filter, &report));
	filter_free(&filter);
}

TEST(family_and_netns_are_selected)
{
	filter.family = AF_INET6;
	CHECK(passes("drop", AF_INET6, 1, NULL, NULL) && !passes("drop", AF_INET, 1, NULL, NULL));
	CHECK(!passes("drop", 0, 1, NULL, NULL));
	filter = (struct filter){ .netns = 4026532522 };
	CHECK(passes("drop", AF_INET, 4026532522, NULL, NULL));
	CHECK(!passes("drop", AF_INET, 1, NULL, NULL) && !passes("drop", AF_INET, 0, NULL, NULL));
	filter_free(&filter);
}

TEST(no_state_is_a_state)
{
	CHECK(filter_add_state(&filter, "established", &error) == 0);
	CHECK(passes("drop", AF_INET, 1, "ESTABLISHED", NULL));
	CHECK(!passes("drop", AF_INET, 1, "LISTEN", NULL) && !passes("drop", 0, 1, NULL, NULL));
	CHECK(!passes("drop", AF_INET, 1, "TELEPORTED", NULL));
	CHECK(filter_add_state(&filter, "NONE", &error) == 0);
	CHECK(passes("drop", AF_INET, 1, NULL, NULL));
	CHECK(!passes("drop", AF_INET, 1, "TELEPORTED", NULL));
	filter_free(&filter);
}

TEST(reasons_match_without_prefix_and_case)
{
	static const char *const names[] = { "no_socket", "SKB_DROP_REASON_NO_SOCKET",
					     "sk_rst_reason_NO_SOCKET", "NO_SOCKET" };

	for (size_t i = 0; i < 4; i++) {
		CHECK(filter_add_reason(&filter, names[i], &error) == 0);
		CHECK(passes("drop", AF_INET, 1, NULL, "NO_SOCKET"));
		CHECK(!passes("drop", AF_INET, 1, NULL, "NO_SOCKETS"));
		CHECK(!passes("drop", AF_INET, 1, NULL, "SOCKET"));
		CHECK(!passes("retransmit", AF_INET, 1, NULL, NULL));
		filter_free(&filter);
	}
	CHECK(filter_add_reason(&filter, "A", &error) == 0);
	CHECK(filter_add_reason(&filter, "B", &error) == 0);
	CHECK(passes("drop", 0, 1, NULL, "A") && passes("drop", 0, 1, NULL, "B"));
	filter_free(&filter);
}

TEST(causes_are_selected)
{
	CHECK(filter_add_cause(&filter, "Listen-Overflow", &error) == 0);
	CHECK(!passes("drop", AF_INET, 1, NULL, NULL) && !passes("drop", AF_INET, 1, NULL, "A"));
	report_set_text(&report, KEY_cause, "listen-overflow");
	CHECK(filter_matches(&filter, &report));
	report_set_text(&report, KEY_cause, "syn-queue-full");
	CHECK(!filter_matches(&filter, &report));
	report_set_text(&report, KEY_cause, "of-a-later-version");
	CHECK(!filter_matches(&filter, &report));
	CHECK(filter_add_cause(&filter, "syn-queue-full", &error) == 0);
	report_set_text(&report, KEY_cause, "syn-queue-full");
	CHECK(filter_matches(&filter, &report));
	CHECK(filter_add_cause(&filter, "overflow", &error) == -EINVAL);
	CHECK_STR(error.text, "--cause: 'overflow' is not one of listen-overflow, syn-queue-full, "
			      "listen-drop; did you mean 'listen-overflow'?");
	filter_free(&filter);
}

/*
 * What the kernel side has decided is not decided again: it knows reasons by number, states
 * unnamed.
 */
TEST(captured_events_are_filtered_by_the_rest_only)
{
	filter = (struct filter){ .family = AF_INET, .events = 1, .netns = 7, .states = 2 };
	CHECK(filter_add_reason(&filter, "A", &error) == 0);
	CHECK(!passes("reset", AF_INET6, 1, NULL, NULL));
	CHECK(filter_matches_captured(&filter, &report));
	CHECK(filter_add_pid(&filter, "1", &error) == 0);
	CHECK(!filter_matches_captured(&filter, &report));
	filter_free(&filter);
}

TEST(expression_is_one_of_the_filters)
{
	char *words[] = { "tcp" };

	filter.expression = expression_new(words, 1, &error);
	CHECK(filter.expression);
	CHECK(!passes("drop", AF_INET, 1, NULL, NULL)); /* no bytes */
	CHECK(!filter_matches_captured(&filter, &report));
	filter_free(&filter);
	CHECK(passes("drop", AF_INET, 1, NULL, NULL));
}

TEST(too_many_items_are_refused)
{
	char text[16];

	for (int i = 1; i <= FILTER_ITEMS_MAX; i++) {
		snprintf(text, sizeof(text), "%d", i);
		CHECK(filter_add_pid(&filter, text, &error) == 0);
		CHECK(filter_add_comm(&filter, text, &error) == 0);
	}
	CHECK(matches(1, "1") && matches(FILTER_ITEMS_MAX, text));
	CHECK(filter_add_pid(&filter, "99", &error) == -EINVAL && strstr(error.text, "--pid"));
	CHECK(filter_add_comm(&filter, "x", &error) == -EINVAL && strstr(error.text, "--comm"));
	CHECK(!matches(99, "1") && !matches(1, "x"));
	filter_free(&filter);
	filter_free(&filter);
}

static bool matches_ports(uint16_t sport, uint16_t dport, bool has_direction, bool inbound)
{
	report = (struct drop_report){ .has_direction = has_direction, .inbound = inbound };
	report.packet.tcp_at = 34;
	report.packet.sport = sport;
	report.packet.dport = dport;
	return filter_matches(&filter, &report);
}

/* TCP from port 7 in VXLAN. */
TEST(expression_is_about_the_outer_packet_unless_inner_is_requested)
{
	uint8_t frame[14 + 20 + 16 + 14 + 20 + 20] = { [12] = 0x08, 0, 0x45, [23] = 17 };
	static char *const words[] = { "tcp src port 7 and ether src 0:0:0:0:0:0" };

	packet_put16(frame + 36, 4789);
	frame[42] = 8;
	frame[50 + 6] = 2; /* the MAC address */
	frame[50 + 12] = 0x08;
	frame[64] = 0x45;
	frame[64 + 9] = 6;
	packet_put16(frame + 84, 7);
	frame[84 + 12] = 0x50;
	filter = (struct filter){ .expression = expression_new(words, 1, &error) };
	report = (struct drop_report){ 0 };
	packet_parse(&report.packet, frame, sizeof(frame), sizeof(frame));
	CHECK(filter.expression && report.packet.sport == 7);
	CHECK(!filter_matches(&filter, &report));
	filter.inner = true;
	CHECK(filter_matches(&filter, &report));
	packet_put16(frame + 84, 8);
	CHECK(!filter_matches(&filter, &report));
	filter_free(&filter);
}

TEST(local_port_is_the_senders_unless_the_packet_came_in)
{
	filter = (struct filter){ 0 };
	CHECK(filter_add_local_port(&filter, "443", &error) == 0);
	CHECK(filter_add_local_port(&filter, "0", &error) == 0);
	CHECK(matches_ports(443, 1, false, false) && matches_ports(0, 1, true, false));
	CHECK(!matches_ports(1, 443, false, false) && matches_ports(1, 443, true, true));
	CHECK(filter_add_remote_port(&filter, "65535", &error) == 0);
	CHECK(!matches_ports(443, 1, false, false) && matches_ports(443, 65535, false, false));
	CHECK(matches_ports(65535, 443, true, true));
	report.packet.tcp_at = 0;
	CHECK(!filter_matches(&filter, &report));
	filter_free(&filter);
}

TEST(port_is_a_number)
{
	static const char *const junk[] = { "", "x", "65536", "-1", " 1", "1 ", "80x", "http" };

	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		CHECK(filter_add_local_port(&filter, junk[i], &error) == -EINVAL);
		CHECK(strstr(error.text, "--lport") && strstr(error.text, "is not a port"));
		CHECK(filter_add_remote_port(&filter, junk[i], &error) == -EINVAL);
		CHECK(strstr(error.text, "--rport"));
	}
}
