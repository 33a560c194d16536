// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "filter/filter.h"
#include "test.h"

static struct error error;
static struct drop_report report;

/* A retransmission of nginx's, whose port is 443. */
static void set_report(void)
{
	memset(&report, 0, sizeof(report));
	report_set_text(&report, KEY_kind, "rto");
	report_set_text(&report, KEY_owner, "nginx");
	report_set_text(&report, KEY_cgroup, "/system.slice/nginx.service");
	report_set_number(&report, KEY_rto_us, 204000);
	report_set_number(&report, KEY_uid, 33);
	report.ifname = "eth0";
	report.packet.tcp_at = 1;
	report.packet.sport = 443;
}

/* Whether the report fulfills the conditions, which end with NULL. */
static bool fulfills(const char *const *conditions)
{
	struct where *where = NULL;
	bool result = true;

	set_report();
	for (; *conditions; conditions++)
		result &= where_add(&where, "--where", *conditions, &error) == 0;
	result = result && where_matches(where, &report);
	where_free(where);
	return result;
}

#define FULFILLS(...) fulfills((const char *const[]){ __VA_ARGS__, NULL })

TEST(no_condition_is_fulfilled)
{
	set_report();
	CHECK(where_matches(NULL, &report));
}

TEST(one_of_the_values_is_enough)
{
	CHECK(FULFILLS("kind=rto") && FULFILLS("kind==rto") && FULFILLS("kind=fast,rto"));
	CHECK(!FULFILLS("kind=fast") && !FULFILLS("kind=rt") && !FULFILLS("kind=RTO"));
	CHECK(FULFILLS("uid=33") && FULFILLS("uid=0,33") && FULFILLS("uid=033"));
	CHECK(!FULFILLS("uid=3") && !FULFILLS("uid!=1,33") && FULFILLS("uid!=1,2"));
}

TEST(all_conditions_must_hold)
{
	CHECK(FULFILLS("kind=rto", "owner=nginx") && !FULFILLS("kind=rto", "owner=curl"));
}

TEST(patterns_are_those_of_a_shell)
{
	CHECK(FULFILLS("owner~ng*") && FULFILLS("owner~a,n?inx") && !FULFILLS("owner~n"));
	CHECK(FULFILLS("owner!~c*") && !FULFILLS("owner!~*x") && FULFILLS("uid~3*"));
}

TEST(numbers_have_an_order)
{
	CHECK(FULFILLS("rto_us>200000") && !FULFILLS("rto_us>204000") &&
	      FULFILLS("rto_us>=204000"));
	CHECK(FULFILLS("rto_us<204001") && !FULFILLS("rto_us<204000") &&
	      FULFILLS("rto_us<=204000"));
	CHECK(FULFILLS("rto_us>9") && FULFILLS("lport=443") && FULFILLS("lport<=443"));
}

TEST(unknown_value_fulfills_only_negations)
{
	CHECK(FULFILLS("owner") && !FULFILLS("!owner") && FULFILLS("!reason") &&
	      !FULFILLS("reason"));
	CHECK(FULFILLS("reason!=X") && FULFILLS("reason!~*") && !FULFILLS("reason~*"));
	CHECK(!FULFILLS("cwnd<100") && !FULFILLS("cwnd>=0") && FULFILLS("ifname=eth0"));
}

static bool is_refused(const char *text, const char *why)
{
	struct where *where = NULL;
	int err = where_add(&where, "--where", text, &error);

	where_free(where);
	return err == -EINVAL && strstr(error.text, why);
}

TEST(wrong_conditions_are_named)
{
	CHECK(is_refused("colour=red", "--where: 'colour' is not a key; 'man tcpdropcap' "));
	CHECK(is_refused("resaon=X", "'resaon' is not a key; did you mean 'reason'? 'man "));
	CHECK(is_refused("", "'' is not a key") && is_refused("=x", "'' is not a key"));
	CHECK(is_refused("uid=root", "--where: 'root' is not a number, but uid is one"));
	CHECK(is_refused("uid=-1", "'-1' is not a number") && is_refused("uid>", "'' is not a"));
	CHECK(is_refused("uid=99999999999999999999", "is not a number"));
	CHECK(is_refused("owner<x", "owner is text: it has no order"));
	CHECK(is_refused("owner:x", "':x' after owner is not a condition: KEY=VALUE"));
	CHECK(is_refused("!owner=x", "'=x' after owner is not a condition"));
	CHECK(is_refused("owner=a,,b", "empty item"));
}

/* Such a condition would select nothing, or everything. */
TEST(values_that_no_event_can_have_are_refused)
{
	CHECK(is_refused("kind=rot", "--where: kind: 'rot' is not one of rto, fast, tlp, syn, "
				     "synack; did you mean 'rto'?"));
	CHECK(is_refused("event!=dropp", "'dropp' is not one of drop, "));
	CHECK(is_refused("event=drop,x", "'x' is not one of"));
	CHECK(is_refused("state=listen", "did you mean 'LISTEN'?"));
	CHECK(is_refused("old_state=x", "'x'") && is_refused("cause=x", "listen-overflow"));
	CHECK(is_refused("ca_state=loss", "did you mean 'Loss'?"));
	CHECK(FULFILLS("kind!~r*") || FULFILLS("kind~r*"));
}

static bool passes(int (*add)(struct filter *filter, const char *item, struct error *error),
		   const char *one, const char *other)
{
	struct filter filter = { 0 };
	bool result;

	set_report();
	result = !add(&filter, one, &error) && (!other || !add(&filter, other, &error)) &&
		 filter_matches_captured(&filter, &report) && filter_matches(&filter, &report);
	filter_free(&filter);
	return result;
}

TEST(options_have_conditions_of_their_own)
{
	struct filter filter = { 0 };

	CHECK(passes(filter_add_kind, "rto", NULL) && passes(filter_add_kind, "fast", "rto"));
	CHECK(!passes(filter_add_kind, "fast", "tlp") && passes(filter_add_uid, "33", "1"));
	CHECK(!passes(filter_add_uid, "3", NULL) && filter_add_uid(&filter, "root", &error));
	CHECK(strstr(error.text, "--uid: 'root' is not a number"));
	filter_free(&filter);
	CHECK(passes(filter_add_ifname, "eth0", NULL) && !passes(filter_add_ifname, "eth", "lo"));
	CHECK(passes(filter_add_ifname, "any", NULL));
	CHECK(passes(filter_add_cgroup, "/system.slice", NULL));
	CHECK(passes(filter_add_cgroup, "/other", "nginx"));
	CHECK(!passes(filter_add_cgroup, "/system", NULL) &&
	      !passes(filter_add_cgroup, "apache", NULL));
}

TEST(conditions_of_options_add_up)
{
	struct filter filter = { 0 };

	set_report();
	CHECK(!filter_add_kind(&filter, "rto", &error) && !filter_add_uid(&filter, "1", &error));
	CHECK(!filter_matches_captured(&filter, &report));
	CHECK(!filter_add_uid(&filter, "33", &error) && filter_matches_captured(&filter, &report));
	filter_free(&filter);
}
