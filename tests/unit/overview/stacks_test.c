// SPDX-License-Identifier: GPL-2.0-or-later
#include "overview/stacks.h"
#include "report/fold.h"
#include "test.h"

TEST(root_comes_first_and_offsets_go)
{
	struct strbuf out = { 0 };

	fold_frames("  leaf+0x1f\n  middle+0x2 [nf_tables]\n  root+0x3", &out);
	CHECK_STR(strbuf_string(&out), "root;middle [nf_tables];leaf");
	strbuf_free(&out);
}

TEST(hostile_frames_stay_one_frame_each)
{
	static const char hostile[] = "  a;b+0x1\n\n  \033[1m\n  ?";
	struct group_table frames = { .groups_max = 9, .bytes_max = 1000 }, stacks = frames;
	struct group *group;

	group_count(&frames, hostile, strlen(hostile), CLASS_DROP, 5, &group);
	CHECK(!fold_stacks(&frames, &stacks) && group_table_count(&stacks) == 1);
	CHECK_STR(stacks.groups->name, "[unknown];\\x1b[1m;[unknown];a:b");
	group_table_free(&frames);
	group_table_free(&stacks);
}

TEST(stacks_that_differ_in_offsets_are_one)
{
	struct group_table frames = { .groups_max = 9, .bytes_max = 1000 }, stacks = frames;
	struct group *group;

	group_count(&frames, "  a+0x1\n  b+0x2", 15, CLASS_DROP, 5, &group);
	group_count(&frames, "  a+0x9\n  b+0x2", 15, CLASS_DROP, 6, &group);
	frames.groups_max = 2;
	group_count(&frames, "  c", 3, CLASS_DROP, 7, &group);
	CHECK(!fold_stacks(&frames, &stacks));
	CHECK(group_table_count(&stacks) == 1 && stacks.groups->counts.total == 2);
	CHECK_STR(stacks.groups->name, "b;a");
	CHECK(stacks.other.total == 1);
	group_table_free(&frames);
	group_table_free(&stacks);
}
