// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of a recorder. */
#include <errno.h>

#include "options_case.h"
#include "test.h"

TEST(recorder_takes_a_size_or_a_time)
{
	static const struct {
		const char *text;
		uint64_t bytes;
		uint64_t seconds;
	} limits[] = {
		{ "1M", 1 << 20, 0 },	     { "2048k", 2 << 20, 0 },
		{ "2048K", 2 << 20, 0 },     { "3G", 3ULL << 30, 0 },
		{ "1g", 1 << 30, 0 },	     { "30s", 64 << 20, 30 },
		{ "5min", 64 << 20, 300 },   { "2h", 64 << 20, 7200 },
		{ "8M,5min", 8 << 20, 300 }, { "90s,16M", 16 << 20, 90 },
		{ "2d", 64 << 20, 172800 },
	};

	for (size_t i = 0; i < COUNT(limits); i++) {
		CHECK(PARSE("-w", "x", "--recorder", limits[i].text) == 0);
		CHECK(options.recorder.bytes == limits[i].bytes);
		CHECK(options.recorder.seconds == limits[i].seconds);
	}
	CHECK(options.recorder.after_s == 10 && options.recorder.pause_s == 60);
	CHECK(!options.recorder.triggers);
}

TEST(letters_are_not_confused)
{
	CHECK(PARSE("-w", "x", "--recorder", "5m") == -EINVAL &&
	      says("write M for mebibytes, min"));
	CHECK(PARSE("-w", "x", "--recorder", "1G,5m") == -EINVAL && says("'5m' may be"));
}

TEST(wrong_limits_are_refused)
{
	static const char *const wrong[] = {
		"",	 "64",	  "0M",		  "0s",		 "M",
		"m",	 "5x",	  "5 M",	  "5.5M",	 "-1M",
		"5Ms",	 "5MiB",  "5mins",	  "1T",		 "1M,",
		"1M,2M", "1s,2s", "99999999999G", "9999999999h", "99999999999999999999s"
	};

	for (size_t i = 0; i < COUNT(wrong); i++)
		CHECK(PARSE("-w", "x", "--recorder", wrong[i]) == -EINVAL && says("--recorder"));
	CHECK(PARSE("-w", "x", "--recorder", "1023k") == -EINVAL && says("less than 1M"));
}

TEST(recorder_has_its_options)
{
	CHECK(PARSE("-w", "x", "--recorder=1M", "--after=5", "--dump-pause", "2min", "--trigger",
		    "rate=9/s+owner=a", "--trigger=reason=B", "-W", "3", "-z", "gzip") == 0);
	CHECK(options.recorder.after_s == 5 && options.recorder.pause_s == 120);
	CHECK(options.recorder.triggers && options.rotate.files == 3);
	CHECK(PARSE("-w", "x", "--recorder=1M", "--after=0", "--dump-pause", "0") == 0);
	CHECK(!options.recorder.after_s && !options.recorder.pause_s);
	CHECK(PARSE("-w", "x", "--recorder=1M", "--after=5m") == -EINVAL && says("--after: '5m'"));
	CHECK(PARSE("-w", "x", "--recorder=1M", "--dump-pause=") == -EINVAL &&
	      says("--dump-pause"));
	CHECK(PARSE("-w", "x", "--recorder=1M", "--trigger=x") == -EINVAL && says("--trigger"));
}

TEST(recorder_that_makes_no_sense_is_refused)
{
	CHECK(PARSE("--recorder", "1M") == -EINVAL && says("--recorder: it needs -w"));
	CHECK(PARSE("--recorder", "1M", "-w", "-") == -EINVAL && says("--recorder: it needs -w"));
	CHECK(PARSE("--recorder", "1M", "-w", "x", "-C", "1") == -EINVAL && says("-C excludes it"));
	CHECK(PARSE("--recorder", "1M", "-w", "x", "-G", "1") == -EINVAL && says("-G excludes it"));
	CHECK(PARSE("--recorder", "1M", "-w", "x", "-c", "1") == -EINVAL && says("-c exclude"));
	CHECK(PARSE("--recorder", "1M", "-w", "x", "-r", "y") == -EINVAL && says("live capture"));
	CHECK(PARSE("--recorder", "1M", "-w", "%H", "-W", "3") == -EINVAL && says("no time in it"));
	CHECK(PARSE("--recorder", "1M", "-w", "x%%y", "-W", "3") == 0);
	CHECK(PARSE("-w", "x", "--after", "1") == -EINVAL && says("--after: it belongs to"));
	CHECK(PARSE("-w", "x", "--trigger", "rate=1/s") == -EINVAL &&
	      says("--trigger: it belongs"));
	CHECK(PARSE("-w", "x", "--dump-pause", "1") == -EINVAL && says("--dump-pause: it belongs"));
}
