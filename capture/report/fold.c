// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "fold.h"

/* Appends one frame, "  name+0x1f [module]" or "  ?". A ";" in a name would separate two frames. */
static void fold_frame(const char *frame, size_t length, struct strbuf *folded)
{
	const char *end = frame + length, *plus, *module;

	while (frame < end && *frame == ' ')
		frame++;
	module = memchr(frame, ' ', (size_t)(end - frame));
	plus = memmem(frame, (size_t)(end - frame), "+0x", 3);
	if (frame == end || (end - frame == 1 && *frame == '?')) {
		strbuf_add(folded, "[unknown]");
		return;
	}
	for (const char *at = frame; at < end; at++) {
		if (at == plus)
			at = module && module > plus ? module : end;
		if (at < end)
			strbuf_add_bytes(folded, *at == ';' ? ":" : at, 1);
	}
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
