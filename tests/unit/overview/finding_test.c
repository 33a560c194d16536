// SPDX-License-Identifier: GPL-2.0-or-later
#include "overview/finding.h"
#include "overview/phrase.h"
#include "overview_case.h"
#include "test.h"
#include "util/time.h"

#define N(name) NAME_BEGIN name NAME_END

/* Ends the overview and returns its sentences, of which there may be fewer. */
static struct findings find(struct overview *overview)
{
	struct findings findings = { .count = 0 };

	case_utc();
	if (gather_end(overview, 0) || findings_make(overview, &findings))
		test_failed = true;
	return findings;
}

static const char *text(const struct findings *findings, size_t i)
{
	return i < findings->count ? strbuf_string(&findings->list[i].text) : "";
}

/* The sentences before the explanation. */
static bool begins(const struct findings *findings, size_t i, const char *want)
{
	if (strncmp(text(findings, i), want, strlen(want)) == 0)
		return true;
	printf("# %s\n", text(findings, i));
	return false;
}

TEST(first_sentence_is_the_reason_of_most_drops)
{
	struct overview overview;
	struct drop_report most = case_report("drop", "NETFILTER_DROP", "nginx", "eth0");
	struct drop_report few = case_report("drop", "NO_SOCKET", NULL, "lo");
	struct findings findings;

	overview_init(&overview);
	report_set_text(&most, KEY_at, "nft_do_chain+0x1");
	case_set_flow(&most, 80, true);
	case_add(&overview, &few, 8);
	case_add(&overview, &most, 91);
	most.timestamp_ns += 125 * NS_PER_S;
	case_add(&overview, &most, 1);
	findings = find(&overview);
	CHECK(begins(
		&findings, 0,
		"92% of 100 drops (92) have the reason " N("NETFILTER_DROP") ", in " N(
			"nft_do_chain") ", received on " N("eth0") ", from 12:05:17 to "
								   "12:07:22. Sockets of " N(
									   "nginx") ". 80% of them are within 1 s from "
										    "12:05:17 on. A rule"));
	CHECK(findings.list[0].severity == EXPLAIN_WARN);
	CHECK(!strstr(text(&findings, 1), "NO_SOCKET")); /* less than 10% */
	findings_free(&findings);
	overview_free(&overview);
}

TEST(places_that_are_not_of_most_are_not_named)
{
	struct overview overview;
	struct drop_report a = case_report("drop", "NO_SOCKET", "a", "eth0");
	struct drop_report b = case_report("drop", "NO_SOCKET", "b", "eth1");
	struct findings findings;

	overview_init(&overview);
	case_add(&overview, &a, 3);
	case_add(&overview, &b, 2);
	findings = find(&overview);
	CHECK(begins(&findings, 0,
		     "All 5 drops have the reason " N("NO_SOCKET") ", at 12:05:17. No"));
	findings_free(&findings);
	overview_free(&overview);
}

/* 80% of two events are more than one: a share must not be rounded down. */
TEST(half_of_two_is_not_most)
{
	struct overview overview;
	struct drop_report in = case_report("drop", "NO_SOCKET", "a", "eth0");
	struct drop_report out = case_report("drop", "NO_SOCKET", "b", "eth1");
	struct findings findings;

	overview_init(&overview);
	case_set_flow(&in, 80, true);
	case_set_flow(&out, 81, false);
	case_add(&overview, &in, 1);
	case_add(&overview, &out, 1);
	findings = find(&overview);
	CHECK(begins(&findings, 0,
		     "All 2 drops have the reason " N("NO_SOCKET") ", at 12:05:17. No"));
	findings_free(&findings);
	overview_free(&overview);
}

TEST(share_of_a_place_is_named_if_it_is_not_all)
{
	struct overview overview;
	struct drop_report a = case_report("drop", "NO_SOCKET", NULL, "eth0");
	struct drop_report b = case_report("drop", "NO_SOCKET", NULL, "eth1");
	struct findings findings;

	overview_init(&overview);
	case_add(&overview, &a, 9);
	case_add(&overview, &b, 1);
	findings = find(&overview);
	CHECK(begins(&findings, 0,
		     "All 10 drops have the reason " N("NO_SOCKET") ", on " N(
			     "eth0") " (90%), at"));
	findings_free(&findings);
	overview_free(&overview);
}

TEST(small_share_begins_a_sentence)
{
	struct overview overview;
	struct drop_report report;
	struct findings findings;
	char reason[16];

	overview_init(&overview);
	for (int i = 0; i < 150; i++) {
		snprintf(reason, sizeof(reason), "R%03d", i);
		report = case_report("drop", reason, NULL, NULL);
		case_add(&overview, &report, 1);
	}
	findings = find(&overview);
	CHECK(begins(&findings, 0,
		     "Less than 1% of 150 drops (1) have the reason " N("R000") ", at"));
	CHECK(findings.count == 1);
	findings_free(&findings);
	overview_free(&overview);
}

TEST(one_drop_without_a_reason)
{
	struct overview overview;
	struct drop_report report = case_report("drop", NULL, NULL, NULL);
	struct findings findings;

	overview_init(&overview);
	case_add(&overview, &report, 1);
	findings = find(&overview);
	CHECK(begins(&findings, 0, "The only drop has no known reason, at 12:05:17."));
	findings_free(&findings);
	overview_free(&overview);
}

TEST(retransmissions_have_their_kinds_and_drops_of_their_connections)
{
	struct overview overview;
	struct drop_report drop = case_report("drop", "XDP", NULL, NULL);
	struct drop_report rto = case_report("retransmit", "rto", NULL, NULL);
	struct drop_report tlp = case_report("tlp", "tlp", NULL, NULL);
	struct findings findings;

	overview_init(&overview);
	case_set_flow(&drop, 80, true);
	case_set_flow(&rto, 80, false);
	case_set_flow(&tlp, 81, false);
	case_add(&overview, &drop, 1);
	case_add(&overview, &rto, 2);
	case_add(&overview, &tlp, 1);
	findings = find(&overview);
	CHECK_STR(text(&findings, 1),
		  "3 retransmissions: 2 " N("rto") ", 1 " N(
			  "tlp") ". 1 of 2 connections with "
				 "retransmissions has drops in this capture, too.");
	findings_free(&findings);
	overview_free(&overview);
}

TEST(without_drops_nothing_is_said_of_them)
{
	struct overview overview;
	struct drop_report rto = case_report("retransmit", "rto", NULL, NULL);
	struct findings findings;

	overview_init(&overview);
	case_set_flow(&rto, 80, false);
	case_add(&overview, &rto, 2);
	findings = find(&overview);
	CHECK(findings.count == 1);
	CHECK_STR(text(&findings, 0), "2 retransmissions, all " N("rto") ".");
	findings_free(&findings);
	overview_free(&overview);
}

TEST(worst_connection_is_named_with_its_state)
{
	struct overview overview;
	struct drop_report worst = case_report("retransmit", "rto", "nginx", NULL);
	struct drop_report other = case_report("retransmit", "rto", NULL, NULL);
	struct findings findings;

	overview_init(&overview);
	case_set_flow(&worst, 80, false);
	case_set_flow(&other, 81, false);
	report_set_text(&worst, KEY_ca_state, "Loss");
	report_set_number(&worst, KEY_cwnd, 1);
	report_set_number(&worst, KEY_rto_us, 1632000);
	report_set_number(&worst, KEY_lost_out, 4);
	case_add(&overview, &worst, 6);
	case_add(&overview, &other, 2);
	findings = find(&overview);
	CHECK_STR(
		text(&findings, 1),
		"75% of the drops, retransmissions and resets are of one connection, " N(
			"10.0.0.1:80 > 10.0.0.2:443") ", of " N("nginx") ". TCP at its last "
									 "event: state " N(
										 "Loss") ", congestion window 1 segment, timeout 1.6 s, 4 "
											 "considered lost.");
	findings_free(&findings);
	overview_free(&overview);
}

TEST(limits_are_said)
{
	struct overview overview;
	struct drop_report report = case_report("life", NULL, NULL, NULL);
	struct findings findings;

	overview_init(&overview);
	report_set_number(&report, KEY_lost, 1);
	case_add(&overview, &report, 1);
	overview.damage = "a.pcapng: block 7 <x>";
	findings = find(&overview);
	CHECK_STR(text(&findings, 0), "There are no drops, retransmissions and resets.");
	CHECK(begins(&findings, 1, "1 event was lost while the capture was made:"));
	CHECK_STR(text(&findings, 2), "A file could not be read to its end: " N("a.pcapng: block 7 "
										"<x>") ".");
	findings_free(&findings);
	overview_free(&overview);
}

TEST(empty_capture_says_so)
{
	struct overview overview;
	struct findings findings;

	overview_init(&overview);
	findings = find(&overview);
	CHECK(findings.count == 1);
	CHECK_STR(text(&findings, 0), "There are no events.");
	findings_free(&findings);
	overview_free(&overview);
}
