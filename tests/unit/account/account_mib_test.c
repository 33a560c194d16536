// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "account/account_mib.h"
#include "account/account_reading.h"
#include "account_case.h"
#include "test.h"
#include "util/strbuf.h"

static struct strbuf got;

static void note(void *context, const char *name, uint64_t value)
{
	(void)context;
	strbuf_addf(&got, "%s=%llu ", name, (unsigned long long)value);
}

static const char *parse(void (*parser)(char *text, account_counter *found, void *context),
			 const char *text)
{
	char *copy = strdup(text);

	strbuf_clear(&got);
	parser(copy, note, NULL);
	free(copy);
	return strbuf_string(&got);
}

TEST(groups_of_snmp_are_put_before_the_names)
{
	CHECK_STR(parse(account_parse_mib,
			"Ip: InDiscards OutDiscards\nIp: 3 18446744073709551615\n"
			"Tcp: MaxConn RetransSegs\nTcp: -1 7\n"),
		  "IpInDiscards=3 IpOutDiscards=18446744073709551615 TcpMaxConn="
		  "18446744073709551615 TcpRetransSegs=7 ");
}

TEST(a_damaged_file_of_counters_gives_what_is_whole)
{
	CHECK_STR(parse(account_parse_mib, ""), "");
	CHECK_STR(parse(account_parse_mib, "Tcp: A B C\nTcp: 1 x"), "TcpA=1 ");
	CHECK_STR(parse(account_parse_mib, "Tcp: A\nUdp: 1\nUdp: 2\n"), "Udp1=2 ");
	CHECK_STR(parse(account_parse_mib, "no colon\nTcp: A B\nTcp: 1"), "TcpA=1 ");
	CHECK_STR(parse(account_parse_list, "Ip6A   \t 7\nIp6B\nIp6C x\n 5\nIp6D 8"),
		  "Ip6A=7 Ip6D=8 ");
}

TEST(columns_are_hexadecimal_and_a_line_a_cpu)
{
	CHECK_STR(parse(account_parse_columns,
			"entries  clashres drop\n0000000a  00000000 00000010\n0000000a 1 2\n"),
		  "entries=10 clashres=0 drop=16 entries=10 clashres=1 drop=2 ");
	CHECK_STR(parse(account_parse_columns, "drop"), "");
	CHECK_STR(parse(account_parse_softnet, "0001 000000ff 3\n1 2\nx\n\n1 g\n"),
		  "dropped=255 dropped=2 ");
}

TEST(counters_are_added_to_the_rows_that_have_them)
{
	struct account_values values = { 0 };

	account_values_add(&values, ACCOUNT_MIB, false, "TcpExtTCPRcvQDrop", 3);
	account_values_add(&values, ACCOUNT_MIB, false, "TcpExtTCPOFODrop", 4);
	account_values_add(&values, ACCOUNT_MIB, false, "TcpExtTCPFullUndo", 9);
	account_values_add(&values, ACCOUNT_DEVICES, false, "rx_dropped", 5);
	account_values_add(&values, ACCOUNT_QDISCS, false, "drops", 6);
	account_values_add(&values, ACCOUNT_CONNTRACK, false, "drop", 1);
	account_values_add(&values, ACCOUNT_CONNTRACK, false, "insert_failed", 1);
	CHECK(values.rows[row_of("TcpExtTCPRcvQDrop+TcpExtTCPOFODrop")] == 7);
	CHECK(values.rows[row_of("rx_dropped")] == 5);
	CHECK(values.rows[row_of("qdisc drops")] == 6);
	CHECK(values.rows[row_of("conntrack drops")] == 2);
}

TEST(failed_retransmissions_are_subtracted_where_they_are_no_events)
{
	struct account_values values = { 0 };

	account_values_add(&values, ACCOUNT_MIB, true, "TcpRetransSegs", 10);
	account_values_add(&values, ACCOUNT_MIB, true, "TcpExtTCPRetransFail", 3);
	CHECK(values.rows[row_of("TcpRetransSegs")] == 7);
	account_values_add(&values, ACCOUNT_MIB, false, "TcpExtTCPRetransFail", 3);
	CHECK(values.rows[row_of("TcpRetransSegs")] == 7);
}

/* The kernel's own file, and one that it lacks: no error. */
TEST(a_reading_of_the_own_namespace_has_its_number)
{
	const struct account_scope scope = { .netns_fd = -1 };
	struct account_reader *reader = account_reader_start(&scope);
	struct account_reading *reading = account_reader_end(reader);

	CHECK(reading);
	CHECK(reading->count > 0);
	CHECK(account_reading_find(reading, reading->namespaces[0].netns) ==
	      &reading->namespaces[0]);
	CHECK(!account_reading_find(reading, 1));
	account_reading_free(reading);
}
