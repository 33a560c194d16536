// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "fold.h"

/* Appends "name [module]" of "  name+0x1f [module]". A ";" in a name would separate two frames. */
static void fold_frame(const char *frame, size_t length, struct strbuf *folded)
{
	const char *end = frame + length, *offset, *module;
	struct strbuf name = { 0 }, printed = { 0 };

	while (frame < end && *frame == ' ')
		frame++;
	offset = memmem(frame, (size_t)(end - frame), "+0x", 3);
	module = offset ? memchr(offset, ' ', (size_t)(end - offset)) : NULL;
	strbuf_add_bytes(&name, frame, (size_t)((offset ? offset : end) - frame));
	if (module)
		strbuf_add_bytes(&name, module, (size_t)(end - module));
	for (size_t i = 0; i < name.length; i++) {
		if (name.data[i] == ';')
			name.data[i] = ':';
	}
	strbuf_add_printable(&printed, strbuf_string(&name));
	strbuf_add(folded, printed.length ? printed.data : "?");
	folded->failed |= name.failed || printed.failed;
	strbuf_free(&name);
	strbuf_free(&printed);
}

void fold_frames(const char *frames, struct strbuf *folded)
{
	const char *end = frames + strlen(frames), *start;

	while (end > frames) {
		start = memrchr(frames, '\n', (size_t)(end - frames));
		start = start ? start + 1 : frames;
		fold_frame(start, (size_t)(end - start), folded);
		end = start > frames ? start - 1 : frames;
		if (end > frames)
			strbuf_add(folded, ";");
	}
}

int fold_stacks(const struct group_table *frames, struct group_table *stacks)
{
	struct strbuf folded = { 0 };
	struct group *group;
	int err = 0;

	for (const struct group *from = frames->groups; !err && from; from = from->hh.next) {
		strbuf_clear(&folded);
		fold_frames(from->name, &folded);
		err = folded.failed ? -ENOMEM
				    : group_find(stacks, folded.data, folded.length, &group);
		if (!err)
			event_counts_merge(group ? &group->counts : &stacks->other, &from->counts);
	}
	event_counts_merge(&stacks->other, &frames->other);
	strbuf_free(&folded);
	return err;
}
