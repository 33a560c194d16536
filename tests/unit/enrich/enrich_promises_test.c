// SPDX-License-Identifier: GPL-2.0-or-later
/* Values whose units and limits tcpdropcap(8) names. */
#include <netinet/in.h>

#include "enrich/enrich.h"
#include "test.h"

static struct drop_report report;

static struct clock *clock_of_test(void)
{
	static struct clock *clock;

	if (!clock)
		clock = clock_new();
	return clock;
}

static bool has_segs(uint16_t segs)
{
	static struct drop_event event;
	struct enrich_sources sources = { .clock = clock_of_test() };
	struct enrich *enrich = enrich_new(&sources);
	bool has;

	event.segs = segs;
	event.frame[12] = 0x08;
	event.frame[14] = 0x45;
	event.frame[23] = IPPROTO_TCP;
	event.frame[46] = 0x50;
	packet_parse(&event.packet, event.frame, 54, 154);
	if (!enrich)
		return false;
	enrich_event(enrich, &event, &report);
	has = report_has(&report, KEY_segs) && report_number(&report, KEY_segs) == segs;
	enrich_free(enrich);
	return has;
}

/* The kernel side counts the losses of a CPU from the start of the capture. */
TEST(each_loss_is_counted_once)
{
	static struct drop_event event;
	struct enrich_sources sources = { .clock = clock_of_test() };
	struct enrich *enrich = enrich_new(&sources);

	CHECK(enrich);
	for (int i = 0; i < 2; i++) {
		event.lost_on_cpu = 1;
		enrich_event(enrich, &event, &report);
		enrich_written(enrich);
		CHECK(enrich_lost(enrich) == 1);
	}
	event.lost_on_cpu = 4;
	enrich_event(enrich, &event, &report);
	enrich_written(enrich);
	CHECK(enrich_lost(enrich) == 4);
	enrich_free(enrich);
}

TEST(packet_of_two_segments_and_more_has_their_number)
{
	CHECK(!has_segs(0) && !has_segs(1));
	CHECK(has_segs(2) && has_segs(65535));
}
