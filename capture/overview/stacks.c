// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "report/fold.h"
#include "stacks.h"

int fold_stacks(const struct group_table *frames, struct group_table *stacks)
{
	struct strbuf folded = { 0 }, printable = { 0 };
	struct group *group;
	int err = 0;

	for (const struct group *from = frames->groups; !err && from; from = from->hh.next) {
		strbuf_clear(&folded);
		strbuf_clear(&printable);
		fold_frames(from->name, &folded);
		strbuf_add_printable(&printable, strbuf_string(&folded));
		err = folded.failed || printable.failed
			      ? -ENOMEM
			      : group_find(stacks, strbuf_string(&printable), printable.length,
					   &group);
		if (!err)
			event_counts_merge(group ? &group->counts : &stacks->other, &from->counts);
	}
	event_counts_merge(&stacks->other, &frames->other);
	strbuf_free(&folded);
	strbuf_free(&printable);
	return err;
}
