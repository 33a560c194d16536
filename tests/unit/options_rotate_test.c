// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of captures of several files, and of several files that are read. */
#include <errno.h>
#include <string.h>

#include "options_case.h"
#include "test.h"

TEST(sizes_have_the_units_of_tcpdump)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} sizes[] = {
		{ "1", 1000000 },  { "20", 20000000 }, { "3k", 3072 },	  { "3K", 3072 },
		{ "2m", 2 << 20 }, { "2M", 2 << 20 },  { "1g", 1 << 30 }, { "5G", 5ULL << 30 },
	};
	static const char *const wrong[] = { "",
					     "0",
					     "-1",
					     "k",
					     "1kk",
					     "1T",
					     "1.5",
					     "1kB",
					     " 1",
					     "0k",
					     "9223372036854775807",
					     "9223372036G",
					     "99999999999999999999" };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK(PARSE("-w", "x", "-C", sizes[i].text) == 0);
		CHECK(options.rotate.bytes == sizes[i].bytes);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(PARSE("-w", "x", "-C", wrong[i]) == -EINVAL && says("-C"));
}

TEST(rotation_has_letters_and_names)
{
	CHECK(PARSE("-w", "x", "-C", "1", "-G", "60", "-W", "5", "-z", "gzip") == 0);
	CHECK(options.rotate.bytes == 1000000 && options.rotate.seconds == 60);
	CHECK(options.rotate.files == 5);
	CHECK_STR(options.rotate_command, "gzip");
	CHECK(PARSE("-w", "x", "--file-size=1", "--file-seconds=60", "--file-count=5",
		    "--post-command=gzip", "--duration=7") == 0);
	CHECK(options.rotate.bytes == 1000000 && options.rotate.seconds == 60);
	CHECK(options.rotate.files == 5 && options.duration_s == 7);
	CHECK_STR(options.rotate_command, "gzip");
	CHECK(PARSE("-w", "x") == 0);
	CHECK(!rotation_is_asked(&options.rotate) && !options.duration_s);
}

TEST(times_have_units)
{
	static const struct {
		const char *text;
		uint32_t seconds;
	} times[] = {
		{ "1", 1 },	  { "86400", 86400 }, { "90s", 90 },   { "5min", 300 },
		{ "24h", 86400 }, { "1d", 86400 },    { "01h", 3600 },
	};
	static const char *const wrong[] = {
		"0",	"0s",  "0d",   "5m", "5M",    "5 s",	"5sec",
		"1.5h", "-1s", "1h30", "h",  "3651d", "87601h", "99999999999999999999d"
	};

	for (size_t i = 0; i < COUNT(times); i++) {
		CHECK(PARSE("-w", "x", "-G", times[i].text, "--duration", times[i].text) == 0);
		CHECK(options.rotate.seconds == times[i].seconds);
		CHECK(options.duration_s == times[i].seconds);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		CHECK(PARSE("--duration", wrong[i]) == -EINVAL && says("--duration: '"));
		CHECK(PARSE("-w", "x", "-G", wrong[i]) == -EINVAL && says("-G: '"));
	}
	CHECK(says("is not a time from 1 to 315360000 seconds: give a number of seconds, or one "
		   "with s, min, h or d"));
}

#define PARSE_INTERVAL(...) \
	PARSE("-w", "x", "--recorder=1M", "--openmetrics", "y", "--interval", __VA_ARGS__)

TEST(interval_is_a_day_at_most)
{
	CHECK(PARSE_INTERVAL("1d") == 0 && options.interval_s == 86400);
	CHECK(PARSE_INTERVAL("2min") == 0 && options.interval_s == 120);
	CHECK(PARSE_INTERVAL("25h") == -EINVAL && says("from 1 to 86400 seconds"));
}

TEST(rotation_that_makes_no_sense_is_refused)
{
	CHECK(PARSE("-C", "1") == -EINVAL && says("needs -w"));
	CHECK(PARSE("-w", "-", "-G", "1") == -EINVAL && says("needs -w"));
	CHECK(PARSE("-w", "x", "-W", "1") == -EINVAL && says("-W"));
	CHECK(PARSE("-w", "x", "-z", "gzip") == -EINVAL && says("-z"));
	CHECK(PARSE("-w", "x", "-r", "y", "-C", "1") == -EINVAL && says("live capture"));
	CHECK(PARSE("-r", "y", "--duration", "1") == -EINVAL && says("live capture"));
	CHECK(PARSE("-w", "x", "-G", "0") == -EINVAL && says("-G"));
	CHECK(PARSE("-w", "x", "-C", "1", "-W", "0") == -EINVAL && says("-W"));
	CHECK(PARSE("--duration", "0") == -EINVAL && says("--duration"));
}

TEST(json_may_be_written_to_a_file)
{
	CHECK(PARSE("--json", "-w", "x") == 0 && options.json);
	CHECK_STR(options.write_path, "x");
}

TEST(files_that_are_read_are_a_list)
{
	CHECK(PARSE("-r", "b", "--read=a", "-rb") == 0);
	CHECK(options.read_count == 3);
	CHECK_STR(options.read_paths[0], "b");
	CHECK_STR(options.read_paths[1], "a");
	CHECK_STR(options.read_path, "b");
	CHECK(PARSE("-q") == 0 && !options.read_count && !options.read_path);
}
