// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_case.h"
#include "test.h"

/* Events that have no packet, only headers made from a socket. */

TEST(a_change_of_state_has_no_verdict_and_no_frame)
{
	static const char *const kinds[] = { "state", "life" };
	const struct story_packet packet = { .seq = 1001, .len = 0, .ack = 5001 };

	for (size_t i = 0; i < 2; i++) {
		size_t event;

		story_begin();
		story_frame(1000, packet);
		event = story_event(1010, kinds[i], packet,
				    (struct story_event){ .synthesized = true });
		CHECK_STR(story_verdict(event), "unknown: a change of state has no packet");
		CHECK(!story_result(event).has_matched_frame);
	}
}
