// SPDX-License-Identifier: GPL-2.0-or-later
/* The account of a capture in each form of output. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "account/account_text.h"
#include "pcapng/reader.h"
#include "sink/sink.h"
#include "test.h"

static struct error error;

static struct account_line lines[] = {
	{ .name = "TcpRetransSegs", .netns = 7, .counted = 3, .events = 3 },
	{ .name = "softnet drops", .counted = 2, .missing = 2, .state = ACCOUNT_SHARED },
	{ .name = "XDP aborted",
	  .netns = 7,
	  .device = "eth0",
	  .counted = 5,
	  .state = ACCOUNT_NOTED },
};

static const struct account account = { .lines = lines, .count = 3 };

static void add(struct sink *sink, const char *ifname)
{
	struct drop_report report = { .timestamp_ns = 1, .ifname = ifname };

	report.packet = (struct packet){ .data = (const uint8_t *)"abc", .caplen = 3, .len = 3 };
	report_set_text(&report, KEY_event, "drop");
	sink->add(sink, &report);
}

/* Writes a file with events on these devices, and the account unless NULL. Returns its bytes. */
static size_t write_file(const char *const *devices, size_t count, const struct account *written,
			 uint8_t *bytes, size_t size)
{
	struct sink_pcapng_config config = { .comment = "how", .snaplen = 256 };
	int fd = memfd_create("account", 0);
	char path[64];
	struct sink *sink;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	config.path = path;
	sink = sink_pcapng_open(&config, &error);
	for (size_t i = 0; sink && i < count; i++)
		add(sink, devices[i]);
	if (sink && written)
		sink->account(sink, written);
	if (sink)
		sink->close(sink, 0);
	got = pread(fd, bytes, size, 0);
	close(fd);
	return got > 0 ? (size_t)got : 0;
}

/* Reads the account from the comments; *blocks: how many blocks have some. */
static struct account read_back(const uint8_t *bytes, size_t size, size_t *blocks)
{
	struct pcapng_reader *reader = pcapng_reader_new_memory(bytes, size);
	struct account read = { 0 };
	struct pcapng_item item;

	*blocks = 0;
	while (pcapng_reader_next(reader, &item) == 1) {
		struct pcapng_option option;
		size_t at = 0, comments = 0;

		while (item.type == PCAPNG_STATISTICS && pcapng_item_option(&item, &at, &option)) {
			char *text;

			if (option.code != PCAPNG_OPT_COMMENT)
				continue;
			text = strndup(option.value, option.length);
			comments += account_read_comment(text, &read) == 0;
			free(text);
		}
		*blocks += comments > 0;
	}
	pcapng_reader_free(reader);
	return read;
}

TEST(a_file_has_the_account_in_the_statistics_of_one_interface)
{
	static const char *const devices[] = { "a", "b", "a" };
	static uint8_t bytes[65536];
	size_t size = write_file(devices, 3, &account, bytes, sizeof(bytes)), blocks;
	struct account read = read_back(bytes, size, &blocks);

	CHECK(blocks == 1 && read.count == 3);
	CHECK(memcmp(read.lines, lines, sizeof(lines)) == 0);
	account_free(&read);
}

TEST(a_file_without_events_has_the_account)
{
	static uint8_t bytes[65536];
	size_t size = write_file(NULL, 0, &account, bytes, sizeof(bytes)), blocks;
	struct account read = read_back(bytes, size, &blocks);

	CHECK(blocks == 1 && read.count == 3);
	account_free(&read);
}

TEST(a_file_without_an_account_has_no_comment_of_one)
{
	static uint8_t bytes[65536];
	size_t size = write_file(NULL, 0, NULL, bytes, sizeof(bytes)), blocks;
	struct account read = read_back(bytes, size, &blocks);

	CHECK(size > 0 && blocks == 0 && read.count == 0);
}

TEST(json_has_the_account_after_the_events)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct sink *sink = sink_json_open(out, (struct sink_detail){ 0 }, &error);

	CHECK(sink && sink->account);
	CHECK(sink->account(sink, &account) == 0);
	CHECK(sink->close(sink, 5) == 0);
	fclose(out);
	CHECK_STR(text, "{\"account\":\"TcpRetransSegs\",\"netns\":7,\"counted\":3,\"events\":3,"
			"\"state\":\"equal\"}\n"
			"{\"account\":\"softnet drops\",\"counted\":2,\"events\":0,"
			"\"state\":\"shared\",\"missing\":2}\n"
			"{\"account\":\"XDP aborted\",\"netns\":7,\"device\":\"eth0\","
			"\"counted\":5,\"events\":0,\"state\":\"noted\"}\n"
			"{\"lost\":5}\n");
	free(text);
}

TEST(lines_for_people_have_no_account)
{
	FILE *out = fopen("/dev/null", "w");
	struct sink *sink = sink_text_open(out, (struct sink_detail){ 0 }, &error);

	CHECK(sink && !sink->account);
	sink->close(sink, 0);
	fclose(out);
}
