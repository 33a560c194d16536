// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "report/names.h"
#include "options.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PARSE(...)   parse_list((const char *const[]){ __VA_ARGS__, NULL })

static struct options options;
static struct error error;

/* Parses the arguments of the program; getopt may have stopped within those of the last call. */
static int parse_next(const char *const *list)
{
	static char copies[16][128];
	char *argv[17] = { copies[0] };
	int argc = 1;

	strcpy(copies[0], "tcpdropcap");
	for (; list[argc - 1]; argc++) {
		argv[argc] = copies[argc];
		snprintf(copies[argc], sizeof(copies[argc]), "%s", list[argc - 1]);
	}
	argv[argc] = NULL;
	error.text[0] = '\0';
	options_free(&options);
	return options_parse(OPTION_CAPTURE, argc, argv, &options, &error);
}

/* The same with getopt in the state of a new program. */
static int parse_list(const char *const *list)
{
	char *none[] = { "tcpdropcap", NULL };

	optind = 0;
	getopt(1, none, "");
	return parse_next(list);
}

static bool says(const char *part)
{
	return strstr(error.text, part) != NULL;
}

TEST(defaults_capture_everything_as_text)
{
	CHECK(parse_list((const char *const[]){ NULL }) == 0);
	CHECK(!options.write_path && options.count == 0 && options.filter.family == 0);
	CHECK(options.filter.events ==
	      (1U << EVENT_DROP | 1U << EVENT_RETRANSMIT | 1U << EVENT_SYNACK));
	CHECK(options.snaplen == SNAPLEN_MAX && options.ring_mib == 16);
	CHECK(options.filter.netns == 0 && options.filter.states == 0 &&
	      !options.filter.reasons.count);
	CHECK(options.stack == EVENT_STACKS_AUTO && !options.filter.pid_count &&
	      !options.filter.comms.count);
	CHECK(!options.all && !options.quiet && !options.verbose && !options.json);
	CHECK(!options.strict && !options.show_help && !options.show_version);
}

TEST(letters_and_names_mean_the_same)
{
	CHECK(PARSE("-w", "a.pcapng", "-c", "7", "-s", "64", "-B", "32", "-e", "drop", "-q",
		    "-v") == 0);
	CHECK_STR(options.write_path, "a.pcapng");
	CHECK(options.count == 7 && options.snaplen == 64 && options.ring_mib == 32);
	CHECK(options.filter.events == 1U << EVENT_DROP && options.quiet && options.verbose);
	CHECK(PARSE("--write=a.pcapng", "--count", "7", "--snaplen=64", "--buffer-size", "32",
		    "--events=drop", "--quiet", "--verbose") == 0);
	CHECK_STR(options.write_path, "a.pcapng");
	CHECK(options.count == 7 && options.snaplen == 64 && options.ring_mib == 32);
	CHECK(options.filter.events == 1U << EVENT_DROP && options.quiet && options.verbose);
	CHECK(PARSE("-qvc3", "-wx") == 0);
	CHECK(options.quiet && options.verbose && options.count == 3);
	CHECK_STR(options.write_path, "x");
}

TEST(flags_are_set)
{
	CHECK(PARSE("--all") == 0 && options.all);
	CHECK(PARSE("--json") == 0 && options.json);
	CHECK(PARSE("--strict") == 0 && options.strict);
	CHECK(PARSE("-V") == 0 && options.show_version);
	CHECK(PARSE("--version") == 0 && options.show_version);
	CHECK(PARSE("-h") == 0 && options.show_help);
	CHECK(PARSE("--help") == 0 && options.show_help);
	CHECK(PARSE("-w", "-") == 0);
	CHECK_STR(options.write_path, "-");
}

TEST(reasons_stay_text)
{
	CHECK(PARSE("--reason", "NO_SOCKET,tcp_flags") == 0);
	CHECK(options.filter.reasons.count == 2);
	CHECK_STR(options.filter.reasons.items[0], "NO_SOCKET");
	CHECK_STR(options.filter.reasons.items[1], "tcp_flags");
	CHECK(PARSE("--reason", "NO_SOCKET,") == -EINVAL && says("--reason") && says("empty"));
}

TEST(each_parse_begins_with_the_defaults)
{
	CHECK(PARSE("-4", "-q", "--state", "LISTEN", "-e", "drop") == 0);
	CHECK(PARSE("-v") == 0);
	CHECK(!options.filter.family && !options.quiet && !options.filter.states &&
	      options.verbose);
	CHECK(options.filter.events != 1U << EVENT_DROP);
}

TEST(failure_within_letters_does_not_affect_the_next_parse)
{
	CHECK(PARSE("-vvvvvvvvZqv") == -EINVAL);
	CHECK(parse_next((const char *const[]){ "-c", "3", NULL }) == 0);
	CHECK(options.count == 3 && !options.quiet);
}

TEST(numbers_at_their_limits)
{
	CHECK(PARSE("-c", "1") == 0 && options.count == 1);
	CHECK(PARSE("-c", "18446744073709551615") == 0 && options.count == UINT64_MAX);
	CHECK(PARSE("-s", "0") == 0 && options.snaplen == SNAPLEN_MAX);
	CHECK(PARSE("-s", "1") == 0 && options.snaplen == 1);
	CHECK(PARSE("-s", "256") == 0 && options.snaplen == 256);
	CHECK(PARSE("-s", "262144") == 0 && options.snaplen == SNAPLEN_MAX);
	CHECK(PARSE("-B", "1") == 0 && options.ring_mib == 1);
	CHECK(PARSE("-B", "2048") == 0 && options.ring_mib == 2048);
}

TEST(numbers_are_strict)
{
	static const char *const letters[] = { "-c", "-s", "-B" };
	static const char *const junk[] = {
		"",
		"x",
		"1x",
		"0x10",
		" 1",
		"1 ",
		"+1",
		"-1",
		"1.0",
		"1e3",
		"1k",
		"\t1",
		"18446744073709551616",
		"99999999999999999999999999",
		"-18446744073709551615",
	};

	for (size_t i = 0; i < COUNT(letters); i++) {
		for (size_t j = 0; j < COUNT(junk); j++) {
			CHECK(PARSE(letters[i], junk[j]) == -EINVAL);
			CHECK(says(letters[i]));
			CHECK(junk[j][0] == '\t' || says(junk[j]));
		}
	}
}

TEST(numbers_out_of_range_are_refused)
{
	CHECK(PARSE("-c", "0") == -EINVAL && says("-c"));
	CHECK(PARSE("-s", "262145") == -EINVAL && says("-s") && says("262144"));
	CHECK(PARSE("-s", "4294967296") == -EINVAL);
	CHECK(PARSE("-B", "0") == -EINVAL && says("-B"));
	CHECK(PARSE("-B", "4096") == -EINVAL && says("2048"));
	CHECK(PARSE("-B", "3") == -EINVAL && says("-B") && says("power of two"));
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
	CHECK(PARSE("--pid", "812,1", "--pid=4294967295", "--comm", "nginx,my app") == 0);
	CHECK(options.filter.pid_count == 3 && options.filter.pids[0] == 812);
	CHECK(options.filter.pids[1] == 1 && options.filter.pids[2] == UINT32_MAX);
	CHECK(options.filter.comms.count == 2);
	CHECK_STR(options.filter.comms.items[0], "nginx");
	CHECK_STR(options.filter.comms.items[1], "my app");
	CHECK(parse_list((const char *const[]){ NULL }) == 0);
	CHECK(!options.filter.pid_count && !options.filter.comms.count);
}

TEST(wrong_pids_are_refused)
{
	static const char *const lists[] = {
		"0", "x", "1,x", "-1", " 1", "4294967296", "1,,2", ""
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

/* Each option without a function stores its value in the member that its row names. */
TEST(flags_and_texts_are_stored)
{
	CHECK(PARSE("--quiet", "--verbose", "--json", "--strict", "--probe", "--all") == 0);
	CHECK(options.quiet && options.verbose && options.json && options.strict);
	CHECK(options.probe && options.all && !options.folded && !options.show_help);
	CHECK(!options.read_path && !options.write_path && !options.by && !options.netns);
	CHECK(PARSE("--completion", "zsh", "-r", "x") == 0);
	CHECK_STR(options.completion, "zsh");
	CHECK_STR(options.read_path, "x");
	CHECK(PARSE("--completion", "ksh") == -EINVAL && says("--completion") && says("fish"));
}

TEST(stack_is_auto_all_or_none)
{
	CHECK(PARSE("-v") == 0 && options.stack == EVENT_STACKS_AUTO);
	CHECK(PARSE("--stack=all") == 0 && options.stack == EVENT_STACKS_ALL);
	CHECK(PARSE("--stack", "none") == 0 && options.stack == EVENT_STACKS_NONE);
	CHECK(PARSE("--stack", "none", "--stack", "auto") == 0 &&
	      options.stack == EVENT_STACKS_AUTO);
	CHECK(PARSE("--stack", "n") == -EINVAL && says("--stack") && says("'n'"));
	CHECK(PARSE("--stack", "") == -EINVAL && says("--stack"));
}

TEST(netns_of_no_such_name_is_refused)
{
	CHECK(PARSE("--netns", "no-such-netns") == -ENOENT);
	CHECK(says("--netns") && says("no-such-netns"));
}

TEST(missing_argument_names_the_option)
{
	static const char *const letters[] = { "-w", "-c", "-e", "-s", "-B" };
	static const char *const names[] = { "--write",	      "--count", "--events", "--snaplen",
					     "--buffer-size", "--netns", "--reason", "--state",
					     "--stack",	      "--pid",	 "--comm" };

	for (size_t i = 0; i < COUNT(letters); i++) {
		CHECK(PARSE(letters[i]) == -EINVAL && says(letters[i]) && says("argument"));
		CHECK(PARSE("-q", letters[i]) == -EINVAL && says(letters[i]));
	}
	for (size_t i = 0; i < COUNT(names); i++)
		CHECK(PARSE("-q", names[i]) == -EINVAL && says(names[i]) && says("argument"));
}

TEST(unknown_option_is_named)
{
	CHECK(PARSE("--frobnicate") == -EINVAL && says("--frobnicate") && says("unknown"));
	CHECK(PARSE("-q", "--frobnicate=3", "-v") == -EINVAL && says("--frobnicate"));
	CHECK(PARSE("-Z") == -EINVAL && says("-Z") && says("unknown"));
	CHECK(PARSE("-qZv") == -EINVAL && says("-Z"));
	CHECK(PARSE("--s", "1") == -EINVAL && says("--s")); /* ambiguous */
}

TEST(argument_to_a_flag_is_not_called_unknown)
{
	CHECK(PARSE("--json=yes") == -EINVAL);
	CHECK(says("--json") && !says("unknown"));
}

/* getopt also finds options after other arguments. */
TEST(bad_option_after_an_argument_is_named)
{
	CHECK(PARSE("file", "--frobnicate") == -EINVAL);
	CHECK(says("'file'") || says("--frobnicate"));
	CHECK(PARSE("file", "--count") == -EINVAL);
	CHECK(says("'file'") || says("--count"));
	CHECK(PARSE("file", "--json=yes") == -EINVAL);
	CHECK(says("'file'") || says("--json"));
}

TEST(letter_beyond_ascii_is_named)
{
	CHECK(PARSE("-\xc3\xa9x") == -EINVAL);
	CHECK(says("-\xc3\xa9") || says("-\\xc3"));
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

TEST(options_of_a_capture_exclude_a_file)
{
	CHECK(PARSE("-r", "a", "--all") == -EINVAL && says("--all") && says("-r"));
	CHECK(PARSE("-B", "16", "-r", "a") == -EINVAL && says("--buffer-size"));
	CHECK(PARSE("-r", "a", "-s", "0") == -EINVAL && says("--snaplen"));
	CHECK(PARSE("-r", "a", "--stack", "none") == -EINVAL && says("--stack"));
}

TEST(each_command_has_its_own_options)
{
	static char *const count[] = { "count",	 "--by", "flow", "--interval", "5",
				       "--json", "-r",	 "x",	 NULL };
	static char *const writes[] = { "count", "-w", "x", NULL };
	static char *const both[] = { "count", "--json", "--folded", NULL };
	static char *const files[] = { "compare", "-v", "--json", "-w", "x", "a", "b", NULL };
	static char *const live[] = { "compare", "--netns", "1", "a", "b", NULL };

	CHECK(PARSE("--by", "flow") == -EINVAL && says("--by") && says("unknown"));
	CHECK(PARSE("--folded") == -EINVAL);
	options_free(&options);
	CHECK(options_parse(OPTION_COUNT, 6, (char **)count, &options, &error) == 0);
	CHECK_STR(options.by, "flow");
	CHECK(options.interval_s == 5 && options.json);
	options_free(&options);
	CHECK(options_parse(OPTION_COUNT, 8, (char **)count, &options, &error) == -EINVAL);
	CHECK(says("--interval") && says("-r"));
	options_free(&options);
	CHECK(options_parse(OPTION_COUNT, 3, (char **)writes, &options, &error) == -EINVAL);
	CHECK(says("-w"));
	options_free(&options);
	CHECK(options_parse(OPTION_COUNT, 3, (char **)both, &options, &error) == -EINVAL);
	CHECK(says("--folded"));
	options_free(&options);
	CHECK(options_parse(OPTION_COMPARE, 7, (char **)files, &options, &error) == 0);
	CHECK(options.verbose && options.json && options.word_count == 2);
	CHECK_STR(options.write_path, "x");
	CHECK_STR(options.words[1], "b");
	options_free(&options);
	CHECK(options_parse(OPTION_COMPARE, 5, (char **)live, &options, &error) == -EINVAL);
	CHECK(says("--netns") && says("unknown"));
}

TEST(top_takes_its_options_and_leaves_the_numbers_as_words)
{
	const char *all[] = { "tcpdropcap", "-p", "7,8",    "--cgroup", "docker", "--sort", "rx",
			      "-C",	    "-S", "--json", "-6",	"5",	  "3",	    NULL };
	const char *bad[] = { "tcpdropcap", "-p", "x", NULL };

	CHECK(options_parse(OPTION_TOP, 13, (char **)all, &options, &error) == 0);
	CHECK(options.filter.pid_count == 2 && options.filter.pids[1] == 8);
	CHECK_STR(options.cgroup, "docker");
	CHECK(options.sort == TOP_SORT_RX && options.no_clear && options.no_summary);
	CHECK(options.json && options.filter.family == AF_INET6 && !options.filter.expression);
	CHECK(options.word_count == 2);
	CHECK_STR(options.words[0], "5");
	CHECK(options_parse(OPTION_TOP, 3, (char **)bad, &options, &error) == -EINVAL);
	CHECK(says("-p") || says("--pid"));
}

TEST(messages_escape_control_characters)
{
	CHECK(PARSE("-c", "\x1b[1m") == -EINVAL && !says("\x1b") && says("\\x1b"));
	CHECK(PARSE("tcp \x1b[1m") == -EINVAL && !says("\x1b") && says("\\x1b"));
	CHECK(PARSE("--events", "\n") == -EINVAL && !says("\n"));
}

TEST(help_lists_every_option)
{
	static const char *const names[] = {
		"-r, --read",	 "-w, --write", "-c, --count",	     "-4, --ipv4", "-6, --ipv6",
		"-e, --events",	 "--netns",	"--reason",	     "--state",	   "--all",
		"-s, --snaplen", "--stack",	"-B, --buffer-size", "--json",	   "-q, --quiet",
		"-v, --verbose", "--strict",	"-V, --version",     "-h, --help", "--pid",
		"--comm",
	};
	char *help = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&help, &size);

	options_print(OPTION_CAPTURE, out);
	fclose(out);
	for (size_t i = 0; i < COUNT(names); i++)
		CHECK(strstr(help, names[i]));
	for (const char *line = help; *line; line += strcspn(line, "\n") + 1)
		CHECK(strcspn(line, "\n") <= 100);
	free(help);
}
