// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line; options_filter_test.c has the filters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <string.h>

#include "options_case.h"
#include "test.h"

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
	CHECK(PARSE("-vvvvvvvvQqv") == -EINVAL);
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
	CHECK(PARSE("--stack", "none", "--stack", "auto") == -EINVAL && says("given twice"));
	CHECK(PARSE("--stack", "n") == -EINVAL && says("--stack") && says("'n'"));
	CHECK(PARSE("--stack", "") == -EINVAL && says("--stack"));
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
	CHECK(PARSE("-Q") == -EINVAL && says("-Q") && says("unknown"));
	CHECK(PARSE("-qQv") == -EINVAL && says("-Q"));
	CHECK(PARSE("--s", "1") == -EINVAL && says("--s: several options begin with this"));
	CHECK(says("--snaplen") && says("--stack"));
	CHECK(PARSE("--netsn=3") == -EINVAL &&
	      says("--netsn: unknown option; did you mean --netns?"));
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

TEST(interval_is_a_second_to_a_day)
{
	static const char *const right[] = { "1", "86400" }, *const wrong[] = { "0", "86401", "" };

	for (size_t i = 0; i < COUNT(right); i++) {
		char *const count[] = { "count", "--interval", (char *)right[i], NULL };

		options_free(&options);
		CHECK(options_parse(OPTION_COUNT, 3, (char **)count, &options, &error) == 0);
		CHECK(options.interval_s == (uint64_t)atoll(right[i]));
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char *const count[] = { "count", "--interval", (char *)wrong[i], NULL };

		options_free(&options);
		CHECK(options_parse(OPTION_COUNT, 3, (char **)count, &options, &error) == -EINVAL);
		CHECK(says("--interval"));
	}
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
