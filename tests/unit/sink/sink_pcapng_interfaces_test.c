// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <unistd.h>

#include "report/report_reader.h"
#include "sink/interfaces.h"
#include "sink/sink.h"
#include "test.h"

#define PER_FILE 65536 /* tcpdropcap(8), FILE */
#define DEVICES	 100000

/* What a reader finds in the file. */
static struct {
	size_t sections, interfaces, packets, named, numbered, with_frames, statistics, others;
	uint64_t lost;
} found;

static void take_report(const struct drop_report *report)
{
	char name[16];

	snprintf(name, sizeof(name), "eth%llu",
		 (unsigned long long)report_number(report, KEY_ifindex));
	found.packets++;
	found.numbered += report_number(report, KEY_ifindex) == found.packets;
	found.named += report->ifname && strcmp(report->ifname, name) == 0;
	found.with_frames += report->frames && strcmp(report->frames, "  a+0x1") == 0;
}

static bool is_of_other_devices(const struct pcapng_item *item)
{
	static const char start[] = "other devices (a file has 65536 interfaces at most;";
	struct pcapng_option option;
	size_t at = 0;

	while (item->type == PCAPNG_INTERFACE && pcapng_item_option(item, &at, &option)) {
		if (option.code == PCAPNG_IF_DESCRIPTION && option.length > strlen(start) &&
		    memcmp(option.value, start, strlen(start)) == 0)
			return true;
	}
	return false;
}

static void read_file(int fd)
{
	struct pcapng_reader *reader = pcapng_reader_new(pcapng_source_fd(fd));
	struct report_reader *reports = report_reader_new();
	static struct drop_report report;
	struct pcapng_item item;

	memset(&found, 0, sizeof(found));
	lseek(fd, 0, SEEK_SET);
	while (pcapng_reader_next(reader, &item) > 0) {
		if (report_reader_take(reports, &item, &report) == REPORT_WHOLE)
			take_report(&report);
		found.sections += item.type == PCAPNG_SECTION;
		found.interfaces += item.type == PCAPNG_INTERFACE;
		found.others += is_of_other_devices(&item);
		found.statistics += item.type == PCAPNG_STATISTICS;
	}
	found.lost = report_reader_lost(reports);
	report_reader_free(reports);
	pcapng_reader_free(reader);
}

/* One event of each device, all of one stack; a loss is named by each hundredth, and at the end. */
static void write_file(const char *path)
{
	static const uint8_t frame[60];
	struct sink_pcapng_config config = { .path = path, .comment = "", .snaplen = 256 };
	struct drop_report report = { .ifname = "", .frames = "  a+0x1" };
	struct error error;
	struct sink *sink = sink_pcapng_open(&config, &error);
	char name[16];

	CHECK(sink);
	packet_parse(&report.packet, frame, sizeof(frame), sizeof(frame));
	report.ifname = name;
	report_set_text(&report, KEY_event, "drop");
	report_set_number(&report, KEY_stack_id, 1);
	for (uint32_t i = 1; i <= DEVICES; i++) {
		snprintf(name, sizeof(name), "eth%u", i);
		report_set_text(&report, KEY_stack, i == 1 ? "own" : "sampled");
		report_set_number(&report, KEY_ifindex, i);
		report_unset(&report, KEY_lost);
		if (i % 100 == 0)
			report_set_number(&report, KEY_lost, 3);
		CHECK(sink->add(sink, &report) == 0);
	}
	CHECK(sink->close(sink, 5) == 0);
}

TEST(file_has_an_interface_for_devices_beyond_its_limit)
{
	char path[] = "/tmp/sink_interfaces_XXXXXX";
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	write_file(path);
	read_file(fd);
	CHECK(found.sections == 1);
	CHECK(found.interfaces == PER_FILE && found.others == 1);
	CHECK(found.packets == DEVICES && found.numbered == DEVICES);
	CHECK(found.named == PER_FILE - 1); /* the others have no name, rather than a wrong one */
	CHECK(found.with_frames == DEVICES);
	CHECK(found.statistics == PER_FILE);
	CHECK(found.lost == 5);
	close(fd);
	unlink(path);
}

static struct interface_key key_of(uint32_t netns, uint32_t ifindex, const char *name)
{
	struct interface_key key = { .netns = netns, .ifindex = ifindex };

	snprintf(key.name, sizeof(key.name), "%s", name);
	return key;
}

TEST(interface_is_a_name_of_an_index_of_a_namespace)
{
	struct interface_key keys[] = {
		key_of(1, 2, "eth0"), key_of(1, 3, "eth0"), key_of(2, 2, "eth0"),
		key_of(1, 2, "eth1"), key_of(0, 0, ""),	    key_of(1, 2, "0123456789abcde"),
	};
	size_t count = sizeof(keys) / sizeof(keys[0]);
	struct interfaces *interfaces = interfaces_new();

	for (size_t i = 0; i < count; i++) {
		CHECK(!interfaces_find(interfaces, &keys[i]));
		CHECK(interfaces_add(interfaces, &keys[i])->id == i);
	}
	for (size_t i = count; i-- > 0;) {
		CHECK(interfaces_find(interfaces, &keys[i])->id == i);
	}
	keys[0].named_id = 7; /* the namespace has a name, or another one */
	CHECK(!interfaces_find(interfaces, &keys[0]));
	interfaces_clear(interfaces);
	CHECK(interfaces_count(interfaces) == 0);
	CHECK(!interfaces_find(interfaces, &keys[count - 1]));
	CHECK(interfaces_add(interfaces, &keys[0])->id == 0);
	interfaces_free(interfaces);
}

TEST(changed_interfaces_are_taken_once_in_their_order)
{
	struct interfaces *interfaces = interfaces_new();
	struct interface *own[3];

	for (uint32_t i = 0; i < 3; i++) {
		struct interface_key key = key_of(1, i + 1, "eth0");

		own[i] = interfaces_add(interfaces, &key);
	}
	CHECK(!interfaces_take_changed(interfaces));
	interfaces_note_change(interfaces, own[1]);
	interfaces_note_change(interfaces, own[0]);
	interfaces_note_change(interfaces, own[1]);
	CHECK(interfaces_changed(interfaces) == 2);
	CHECK(interfaces_take_changed(interfaces) == own[1]);
	interfaces_note_change(interfaces, own[1]);
	CHECK(interfaces_take_changed(interfaces) == own[0]);
	CHECK(interfaces_take_changed(interfaces) == own[1]);
	CHECK(!interfaces_take_changed(interfaces) && interfaces_changed(interfaces) == 0);
	interfaces_note_change(interfaces, own[2]);
	CHECK(interfaces_take_changed(interfaces) == own[2]);
	interfaces_note_change(interfaces, own[2]);
	interfaces_clear(interfaces);
	CHECK(interfaces_changed(interfaces) == 0);
	interfaces_free(interfaces);
}
