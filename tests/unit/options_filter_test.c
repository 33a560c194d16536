// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that choose events, and the expression. */
#include <errno.h>
#include <sys/socket.h>

#include "options_case.h"
#include "report/names.h"
#include "test.h"

TEST(reasons_stay_text)
{
	CHECK(PARSE("--reason", "NO_SOCKET,tcp_flags") == 0);
	CHECK(options.filter.reasons.count == 2);
	CHECK_STR(options.filter.reasons.items[0], "NO_SOCKET");
	CHECK_STR(options.filter.reasons.items[1], "tcp_flags");
	CHECK(PARSE("--reason", "NO_SOCKET,") == -EINVAL && says("--reason") && says("empty"));
}

TEST(families_exclude_each_other)
{
	CHECK(PARSE("-4") == 0 && options.filter.family == AF_INET);
	CHECK(PARSE("-6") == 0 && options.filter.family == AF_INET6);
	CHECK(PARSE("--ipv4") == 0 && options.filter.family == AF_INET);
	CHECK(PARSE("--ipv6") == 0 && options.filter.family == AF_INET6);
	CHECK(PARSE("-4", "-4") == 0 && options.filter.family == AF_INET);
	CHECK(PARSE("-4", "-6") == -EINVAL && says("-4") && says("-6"));
	CHECK(PARSE("-64") == -EINVAL && says("-4") && says("-6"));
}

TEST(events_are_a_list)
{
	CHECK(PARSE("-e", "drop") == 0 && options.filter.events == 1U << EVENT_DROP);
	CHECK(PARSE("-e", "synack,retransmit") == 0);
	CHECK(options.filter.events == (1U << EVENT_SYNACK | 1U << EVENT_RETRANSMIT));
	CHECK(PARSE("-e", "drop,drop") == 0 && options.filter.events == 1U << EVENT_DROP);
	CHECK(PARSE("-e", "drop", "-e", "tlp") == 0);
	CHECK(options.filter.events == (1U << EVENT_DROP | 1U << EVENT_TLP));
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		CHECK(PARSE("-e", event_kind_name(kind)) == 0);
		CHECK(options.filter.events == 1U << kind);
	}
}

TEST(unknown_events_are_refused_with_the_known_ones)
{
	CHECK(PARSE("-e", "drop,lost") == -EINVAL);
	CHECK(says("--events") && says("'lost'"));
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++)
		CHECK(says(event_kind_name(kind)));
	CHECK(PARSE("-e", "Drop") == -EINVAL);
	CHECK(PARSE("-e", "dro") == -EINVAL);
	CHECK(PARSE("-e", " drop") == -EINVAL);
}

TEST(empty_list_items_are_refused)
{
	static const char *const lists[] = { "", ",", "drop,", ",drop", "drop,,synack" };

	for (size_t i = 0; i < COUNT(lists); i++)
		CHECK(PARSE("--events", lists[i]) == -EINVAL && says("--events") && says("empty"));
	CHECK(PARSE("--state", "LISTEN,") == -EINVAL && says("--state"));
}

TEST(states_are_a_list)
{
	CHECK(PARSE("--state", "ESTABLISHED") == 0 && options.filter.states == 1U << 1);
	CHECK(PARSE("--state", "none,listen") == 0 &&
	      options.filter.states == (1U << 0 | 1U << 10));
	CHECK(PARSE("--state", "OPEN") < 0);
	CHECK(says("--state") && says("'OPEN'") && says("ESTABLISHED") && says("NEW_SYN_RECV") &&
	      says("NONE"));
}

TEST(owners_are_lists)
{
	CHECK(PARSE("--pid", "812,1", "--pid=2147483647", "--comm", "nginx,my app") == 0);
	CHECK(options.filter.pid_count == 3 && options.filter.pids[0] == 812);
	CHECK(options.filter.pids[1] == 1 && options.filter.pids[2] == INT32_MAX);
	CHECK(options.filter.comms.count == 2);
	CHECK_STR(options.filter.comms.items[0], "nginx");
	CHECK_STR(options.filter.comms.items[1], "my app");
	CHECK(parse_list((const char *const[]){ NULL }) == 0);
	CHECK(!options.filter.pid_count && !options.filter.comms.count);
}

TEST(wrong_pids_are_refused)
{
	static const char *const lists[] = {
		"0", "x", "1,x", "-1", " 1", "2147483648", "1,,2", ""
	};

	for (size_t i = 0; i < COUNT(lists); i++)
		CHECK(PARSE("--pid", lists[i]) == -EINVAL && says("--pid"));
}

TEST(comm_has_15_characters_at_most)
{
	CHECK(PARSE("--comm", "123456789012345") == 0);
	CHECK(PARSE("--comm", "1234567890123456") == -EINVAL);
	CHECK(says("--comm") && says("'1234567890123456'") && says("15"));
	CHECK(PARSE("--comm", "nginx,1234567890123456") == -EINVAL);
	CHECK(PARSE("--comm", "nginx,") == -EINVAL && says("--comm") && says("empty"));
}

TEST(netns_of_no_such_name_is_refused)
{
	CHECK(PARSE("--netns", "no-such-netns") == -ENOENT);
	CHECK(says("--netns") && says("no-such-netns"));
}

TEST(words_are_an_expression)
{
	CHECK(PARSE("-q") == 0 && !options.filter.expression);
	CHECK(PARSE("tcp", "port", "80") == 0);
	CHECK_STR(expression_text(options.filter.expression), "tcp port 80");
	CHECK(PARSE("-w", "x", "host 10.0.0.1 and tcp port 443", "-q") == 0 && options.quiet);
	CHECK_STR(expression_text(options.filter.expression), "host 10.0.0.1 and tcp port 443");
	CHECK(PARSE("--", "tcp") == 0 && options.filter.expression);
	CHECK(PARSE("tcp and and") == -EINVAL && says("expression 'tcp and and': ") &&
	      says("syntax error"));
	CHECK(PARSE("--", "-q") == -EINVAL && says("'-q'"));
	CHECK(PARSE("-") == -EINVAL);
	CHECK(PARSE("tcp and and", "--help") == 0 && options.show_help);
}

TEST(all_events_of_a_file_are_read_by_default)
{
	CHECK(PARSE("-r", "a.pcapng") == 0 && options.filter.events == 0);
	CHECK_STR(options.read_path, "a.pcapng");
	CHECK(PARSE("--read=-", "-e", "drop") == 0 && options.filter.events == 1U << EVENT_DROP);
	CHECK(PARSE("-r", "a", "-w", "b", "-4", "--state", "NONE", "--pid", "1", "-c", "1") == 0);
}
